"""Days, ids and pages: the small decisions, values in and a decision out."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from library.core.clock import local_day, week_start
from library.core.ids import ID_LENGTH, new_id
from library.core.paging import MAX_PAGE, Page, clean_number


def test_the_week_begins_on_the_chinese_monday() -> None:
    sunday_evening_utc = datetime(2026, 11, 22, 16, 0, tzinfo=UTC)  # already Monday in China
    assert local_day(sunday_evening_utc) == date(2026, 11, 23)
    assert local_day(sunday_evening_utc - timedelta(seconds=1)) == date(2026, 11, 22)
    assert week_start(date(2026, 11, 22)) == date(2026, 11, 16)
    assert week_start(date(2026, 11, 23)) == date(2026, 11, 23)


def test_ids_sort_by_time_and_never_repeat() -> None:
    ids = [new_id() for _ in range(2000)]
    assert len(set(ids)) == len(ids)
    assert {len(i) for i in ids} == {ID_LENGTH}
    milliseconds = [i[:9] for i in ids]
    assert milliseconds == sorted(milliseconds)


def test_page_numbers_are_kept_in_bounds() -> None:
    assert [clean_number(n) for n in (-5, 0, 1, 7, 10**12)] == [1, 1, 1, 7, MAX_PAGE]
    assert [Page((), 1, 10, total).last for total in (0, 1, 10, 11)] == [1, 1, 1, 2]
