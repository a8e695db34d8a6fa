"""A year of records: read as people write it, told where it is unclear, and the same twice is once."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import timedelta

import openpyxl
import pytest
from sqlalchemy import func, select

from library.core.clock import CHINA
from library.core.database import Database
from library.core.errors import Invalid
from library.core.lists.outcomes import Outcome
from library.evidence.tables import Evidence
from library.gatherings import marking, queries
from library.gatherings.importing import actions as importing
from library.gatherings.importing.lists import Named, Row, read_names, read_records, read_when
from library.gatherings.marking import Said
from library.gatherings.rules import Counts, GatheringState, Mark
from library.gatherings.tables import Gathering, RollChange, RollEntry
from tests.library.gatherings.branch import branch, planned
from tests.support import factories as make
from tests.support.databases import NOW

HEADS = (
    "会议类型",
    "党支部",
    "时间",
    "地点",
    "主持人",
    "记录人",
    "参加人员",
    "缺席人员及原因",
    "列席人员",
    "备注",
)


def workbook(*rows: tuple[object, ...]) -> bytes:
    """A workbook whose branch is one merged cell beside all rows."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(("2026年会议记录汇总",))
    sheet.append(HEADS)
    for row in rows:
        sheet.append(row)
    sheet.merge_cells(start_row=3, end_row=2 + len(rows), start_column=2, end_column=2)
    data = io.BytesIO()
    book.save(data)
    return data.getvalue()


def test_how_people_write() -> None:
    assert read_names("张三、李四（出差），王五：病假；赵 六") == (
        *(Named("张三"), Named("李四", "出差"), Named("王五", "病假"), Named("赵六")),
    )
    assert read_names("张三(在外务工、联系不上) 李四") == (Named("张三", "在外务工、联系不上"), Named("李四"))
    assert read_names("无") == read_names("全体党员") == ()
    for row, said in (
        (Row(1, "", when="2026-03-05 19:30-21:00"), "03-05 19:30 03-05 21:00"),
        (Row(1, "", when="2026年3月5日下午3点至4点半"), "03-05 15:00 03-05 16:30"),
        (Row(1, "", when="2026.3.5", starts="9:00", ends="10：15"), "03-05 09:00 03-05 10:15"),
    ):
        when = read_when(row, CHINA)
        shown = " ".join(f"{one.astimezone(CHINA):%m-%d %H:%M}" for one in (when.starts_at, when.ends_at))
        assert (shown, when.guessed) == (said, ())
    assert read_when(Row(1, "", when="2026-03-05"), CHINA).guessed == ("starts", "ends")
    for wrong in ("三月五日", "2026-03-05 21:00-19:30", "2026-13-05", ""):
        with pytest.raises(Invalid, match="listed_when"):
            read_when(Row(1, "", when=wrong), CHINA)


@pytest.mark.slow
def test_a_year_comes_in_once(db: Database) -> None:
    with db.write() as session:
        its = branch(session, count=4)
        names = [one.name for one in its.members]
        twins = [make.person(session, name="王伟") for _ in range(2)]
        assert len(twins) == 2
        data = workbook(
            ("支委会", its.node.name, "2026-03-02 19:30-20:30", "会议室", *names[:2], "、".join(names[:3])),
            (
                *("支部党员大会", None, "2026-03-09 19:30-21:00", "村礼堂", names[0], names[1]),
                *("、".join([*names[:2], "王伟", "无名氏"]), f"{names[2]}（出差）", "镇里的老李"),
            ),
            ("主题党日", None, "2026-04-05", "广场", names[0], None, "全体", "无", None, "随手记"),
            ("舞会", None, "2026-04-06 19:00-20:00"),
            ("党课", None, "2027-04-06 19:00-20:00"),
        )
        listed = read_records(data, "记录.xlsx")
        assert listed.ignored == ("备注",)
        for outcome in (Outcome.NEW, Outcome.UNCHANGED):
            done = importing.bring(session, its.desk, listed.rows)
            assert [one.outcome for one in done] == [*[outcome] * 3, *[Outcome.WRONG] * 2]
        assert [one.reason.code for one in done if one.reason] == ["gathering_kind", "listed_to_come"]
        told = [{remark.code: remark.count for remark in one.told} for one in done]
        assert told[1] == {"listed_unknown": 1, "listed_alike": 1, "listed_silent": 1}
        assert told[2] == {"listed_starts_guessed": 1, "listed_ends_guessed": 1}
        counts = queries.counts_of(session, [one.gathering_id for one in done[:3]])
        assert counts[done[0].gathering_id] == Counts(due=3, present=3, there=3)
        assert counts[done[1].gathering_id] == Counts(
            due=4, present=2, absent=1, unmarked=1, guests=1, there=3
        )
        assert counts[done[2].gathering_id].present == 4
        one = session.get_one(Gathering, done[1].gathering_id)
        assert (one.state, one.chair_id) == (GatheringState.ENDED, its.members[0].person_id)
        before = session.scalar(select(func.count()).select_from(Evidence))
        assert before == 3 + 2 + 4
        assert session.scalar(select(func.count()).select_from(RollChange)) == 3 + 4 + 4

        # Somebody puts one right by hand, and the list comes again with another mistake put right.
        entry = session.scalars(
            select(RollEntry).where(
                RollEntry.gathering_id == one.id, RollEntry.person_id == its.members[2].person_id
            )
        ).one()
        made_up = Said("by-hand-0001", Mark.MADE_UP, entry.id, "看了录像")
        marking.say_one(session, its.desk, one.id, made_up)
        again = [replace(row, absent=f"{names[2]}（出差）、{names[3]}（病假）") for row in listed.rows[1:2]]
        (done_again,) = importing.bring(session, its.desk, again)
        assert done_again.outcome is Outcome.CHANGED
        assert {remark.code for remark in done_again.told} == {
            *("listed_by_hand", "listed_unknown", "listed_alike"),
        }
        assert queries.counts_of(session, [one.id])[one.id] == Counts(
            due=4, present=2, absent=1, made_up=1, guests=1, there=3
        )


def test_what_was_kept_here_is_not_doubled(db: Database) -> None:
    with db.write() as session:
        its = branch(session, count=2)
        planned(session, its)
        starts = (NOW + timedelta(minutes=30)).astimezone(CHINA)
        row = Row(2, "集中学习", its.node.name, when=f"{starts:%Y-%m-%d %H:%M}-23:00", present="全体")
        later = replace(its.desk, now=NOW + timedelta(days=1))
        (done,) = importing.bring(session, later, [row])
        assert done.reason is not None
        assert done.reason.code == "listed_there"
        twice = [
            replace(row, when="2026-03-05 9:00-10:00"),
            replace(row, line=3, when="2026-03-05 9:00-11:00"),
        ]
        assert [one.outcome for one in importing.bring(session, later, twice)] == [Outcome.NEW, Outcome.WRONG]


def test_one_guest_who_was_named_twice_stopped_the_whole_list(db: Database) -> None:
    with db.write() as session:
        its = branch(session, count=3)
        names = [one.name for one in its.members]
        row = Row(
            3,
            kind="党课",
            branch=its.node.name,
            when="2026-03-09 19:30-21:00",
            present="、".join(names[:2]),
            absent=f"{names[1]}（{'远' * 200}）",
            guests="周老师（镇里）、周老师",
        )
        (done,) = importing.bring(session, its.desk, [row])
        assert done.outcome is Outcome.NEW
        told = {remark.code: remark.count for remark in done.told}
        assert told == {"listed_contradicted": 1, "listed_cut": 1, "listed_silent": 1}
        counts = queries.counts_of(session, [done.gathering_id])[done.gathering_id]
        assert (counts.present, counts.absent, counts.guests) == (1, 1, 1)
