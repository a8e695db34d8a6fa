"""Dates, ids, pages, weeks, reviewing, intake: the small decisions, values in and a decision out."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from library.access import rules as access
from library.catalog.permits import LessonState
from library.catalog.rules import clean_language, first_words, parse_date, shared_topics
from library.core.clock import local_day, week_start
from library.core.errors import Conflict, Invalid, TooLarge
from library.core.ids import ID_LENGTH, new_id
from library.core.paging import MAX_PAGE, Page, clean_number
from library.intake.rules import STEP_KINDS, Limits, StepView, check_upload, overall_percent
from library.people import rules as people
from library.review import rules as review

# ---------------------------------------------------------------------- days


@given(st.dates(date(1921, 1, 1), date(2200, 12, 31)), st.sampled_from(["-", "/", "."]))
def test_every_day_is_read_as_it_is_written(day: date, mark: str) -> None:
    assert parse_date(day.strftime(f"%Y{mark}%m{mark}%d")) == day
    assert parse_date(f" {day.year}年{day.month}月{day.day}日 ") == day
    assert parse_date(f"{day.isoformat()}T09:30:00+08:00") == day


@pytest.mark.parametrize(
    "text",
    ["2026-13-01", "2026-02-30", "昨天", "26-1-1", "1920-12-31", "2201-1-1", "20261122", "2026-11-22x", "９"],
)
def test_what_is_no_day_is_refused(text: str) -> None:
    with pytest.raises(Invalid) as refused:
        parse_date(text)
    assert refused.value.code == "date_unreadable"


@given(st.text(max_size=30))
def test_no_text_crashes_the_date_reader(text: str) -> None:
    try:
        day = parse_date(text)
    except Invalid:
        return
    assert day is None or 1921 <= day.year <= 2200


def test_the_week_begins_on_the_chinese_monday() -> None:
    sunday_evening_utc = datetime(2026, 11, 22, 16, 0, tzinfo=UTC)  # already Monday in China
    assert local_day(sunday_evening_utc) == date(2026, 11, 23)
    assert local_day(sunday_evening_utc - timedelta(seconds=1)) == date(2026, 11, 22)
    assert week_start(date(2026, 11, 22)) == date(2026, 11, 16)
    assert week_start(date(2026, 11, 23)) == date(2026, 11, 23)


# ---------------------------------------------------------------------- ids, pages, words


def test_ids_sort_by_time_and_never_repeat() -> None:
    ids = [new_id() for _ in range(2000)]
    assert len(set(ids)) == len(ids)
    assert {len(i) for i in ids} == {ID_LENGTH}
    milliseconds = [i[:9] for i in ids]
    assert milliseconds == sorted(milliseconds)


def test_page_numbers_are_kept_in_bounds() -> None:
    assert [clean_number(n) for n in (-5, 0, 1, 7, 10**12)] == [1, 1, 1, 7, MAX_PAGE]
    assert [Page((), 1, 10, total).last for total in (0, 1, 10, 11)] == [1, 1, 1, 2]


def test_first_words_end_with_a_sign_that_more_follows() -> None:
    assert first_words([" 同志们 ", "", "大家好"]) == "同志们 大家好"
    assert first_words(["党" * 50], 36) == "党" * 35 + "…"


def test_a_topic_is_shared_by_more_than_half() -> None:
    assert shared_topics([("党史", "党史", "党建")]) == ["党史", "党建"]
    assert shared_topics([("党史",), ("党史", "党建")]) == ["党史"]
    assert shared_topics([("党史",), ("党建",)]) == []
    assert shared_topics([("党史",), ("党建", "党史"), ()]) == ["党史"]
    assert shared_topics([("党史",), (), ()]) == []
    assert shared_topics([]) == []


def test_a_language_we_have_no_pages_for_is_refused() -> None:
    assert clean_language("en") == "en"
    with pytest.raises(Invalid):
        clean_language("fr")


# ---------------------------------------------------------------------- publishing


@pytest.mark.parametrize("state", list(LessonState))
@pytest.mark.parametrize("playable", [True, False])
@pytest.mark.parametrize("has_words", [True, False])
def test_publishing_and_withdrawing(state: LessonState, playable: bool, has_words: bool) -> None:
    if state is LessonState.PUBLISHED:
        with pytest.raises(Conflict, match="already_published"):
            review.published(state, playable=playable, has_words=has_words)
        assert review.withdrawn(state) is LessonState.WITHDRAWN
        return
    with pytest.raises(Conflict, match="not_published"):
        review.withdrawn(state)
    if playable or has_words:
        assert review.published(state, playable=playable, has_words=has_words) is LessonState.PUBLISHED
    else:
        with pytest.raises(Conflict, match="nothing_to_publish"):
            review.published(state, playable=playable, has_words=has_words)


# ---------------------------------------------------------------------- uploads and their progress

GIB = 1024**3
LIMITS = Limits(max_upload_bytes=4 * GIB, quota_bytes=10 * GIB, keep_free_bytes=GIB)


@pytest.mark.parametrize("name", ["党课.mp4", "A.MOV", "../../x.mkv", "-rf.webm", "讲话.mp3", "a.b.c.wav"])
def test_what_devices_record_may_be_uploaded(name: str) -> None:
    check_upload(name, GIB, 0, 100 * GIB, LIMITS)


@pytest.mark.parametrize(
    ("name", "size", "used", "free", "code"),
    [
        ("党课.pdf", GIB, 0, 100 * GIB, "upload_type"),
        ("党课", GIB, 0, 100 * GIB, "upload_type"),
        ("a.mp4", 0, 0, 100 * GIB, "empty_file"),
        ("a.mp4", 4 * GIB + 1, 0, 100 * GIB, "upload_size"),
        ("a.mp4", GIB, 9 * GIB + 1, 100 * GIB, "upload_quota"),
        ("a.mp4", GIB, 0, 3 * GIB - 1, "disk_room"),
    ],
)
def test_what_cannot_be_taken_is_refused_before_the_first_byte(
    name: str, size: int, used: int, free: int, code: str
) -> None:
    with pytest.raises((Invalid, TooLarge)) as refused:
        check_upload(name, size, used, free, LIMITS)
    assert refused.value.code == code


def test_the_last_bytes_of_a_quota_may_be_used() -> None:
    check_upload("a.mp4", GIB, 9 * GIB, 3 * GIB, LIMITS)


steps = st.builds(
    StepView,
    st.sampled_from(STEP_KINDS),
    st.integers(1, 5),
    st.sampled_from(["waiting", "running", "done", "failed"]),
    st.floats(0, 100),
)


@given(st.lists(steps, max_size=12))
def test_progress_stays_between_nothing_and_all(known: list[StepView]) -> None:
    percent = overall_percent(known)
    assert 0 <= percent <= 100
    if any(step.state != "done" for step in known):
        assert percent < 100


def test_progress_is_whole_when_every_step_is_done() -> None:
    done = [StepView(kind, 1, "done", 100.0) for kind in STEP_KINDS]
    assert overall_percent(done) == 100
    assert overall_percent(done[:3]) < 100  # how many clips there are is not known yet
    half = [StepView(s.kind, s.n, "running", 50.0) if s.kind == "clip" else s for s in done]
    assert overall_percent(half) == 57.0


# ---------------------------------------------------------------------- people


@pytest.mark.parametrize("name", ["", "  ", "王 书记", "a" * 81, "\u200b"])
def test_a_user_name_that_cannot_be_typed_again_is_refused(name: str) -> None:
    with pytest.raises(Invalid):
        people.clean_username(name)


def test_user_names_fold() -> None:
    assert people.clean_username(" ＷangShuji ") == "wangshuji"


@pytest.mark.parametrize("password", ["short", "12345678", "PASSWORD", "aaaaaaaabb", "wang.shuji", "x" * 257])
def test_a_weak_password_is_refused(password: str) -> None:
    with pytest.raises(Invalid):
        people.check_password(password, "wang.shuji")


def test_long_passwords_and_sentences_are_welcome() -> None:
    people.check_password("不忘初心，牢记使命", "wang")
    people.check_password("correct horse battery staple" * 5, "wang")


@given(st.integers(0, 10**7), st.integers(0, 10_000))
def test_a_guesser_waits_longer_and_never_more_than_a_quarter_of_an_hour(failures: int, since_s: int) -> None:
    now = datetime(2026, 11, 22, tzinfo=UTC)
    wait_s = access.wait_s(failures, now - timedelta(seconds=since_s), now)
    assert 0 <= wait_s <= 900
    assert access.wait_s(failures + 1, now, now) >= access.wait_s(failures, now, now)
    if failures < access.FREE_FAILURES:
        assert wait_s == 0


def test_waiting_does_not_overflow_after_a_thousand_guesses() -> None:
    now = datetime(2026, 11, 22, tzinfo=UTC)
    assert access.wait_s(2000, now, now) == 900.0
