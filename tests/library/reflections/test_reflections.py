"""A reflection goes its way, on both databases: who reads it when, what is evidence, what stays of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from library.catalog import actions as catalog
from library.catalog.permits import Audience
from library.catalog.rules import CueLine, TranscriptQuality
from library.core.clock import local_day
from library.core.database import Database
from library.core.errors import Conflict, Invalid, NotFound
from library.core.permits import NOBODY, Role, Viewer
from library.erasing import erase
from library.evidence import queries as evidence
from library.evidence.rules import EvidenceKind, Source, StudyForm
from library.evidence.tables import Evidence
from library.notices import queries as notices
from library.notices.rules import Kind
from library.organisation import actions as organisation
from library.people import queries as people
from library.people.belonging import memberships
from library.people.tables import Person
from library.reflections import actions, asking, queries, sounds
from library.reflections.actions import About, Draft, Readers, Wanted
from library.reflections.likeness.comparing import Whence, compare
from library.reflections.permits import may_view
from library.reflections.queries import Filters
from library.reflections.rules import Reach, ReflectionState, SoundState, place_of
from library.reflections.tables import GoneSound, Print, Reflection, ReflectionSound
from tests.support import factories as make
from tests.support.databases import NOW

pytestmark = pytest.mark.slow

SAID = (
    "同志们好。",
    "我们村的老支书在雪地里站了一夜等最后一户人家搬出来。",
    "这条路是大家一锹一锹挖出来的。",
)
OWN = "听了这节课我想起第一次调解邻里纠纷的那个晚上两家人为了一条水渠吵到半夜谁也不肯先让一步。"
HOUR = timedelta(hours=1)


@dataclass
class Town:
    """A town with two branches; people of them, and the ids of what they write about."""

    writer: Viewer
    neighbour: Viewer
    elsewhere: Viewer
    secretary: Viewer
    other_secretary: Viewer
    staff: Viewer
    town: str
    branch: str
    lesson: str
    clip: str


@pytest.fixture
def town(db: Database) -> Town:
    """The town in a fresh database."""
    with db.write() as session:
        root = make.root(session)
        top = organisation.add_named(session, root, "镇党委", NOW)
        here = organisation.add_named(session, top, "余村党支部", NOW)
        there = organisation.add_named(session, top, "上村党支部", NOW)
        lesson = make.lesson(session, "雪地里的一夜", clips=1, spoken=SAID)
        return Town(
            writer=member(session, here, "李秀英"),
            neighbour=member(session, here, "王小芳"),
            elsewhere=member(session, there, "陈志远"),
            secretary=make.person(session, (Role.SECRETARY, here), name="书记"),
            other_secretary=make.person(session, (Role.SECRETARY, there), name="别的书记"),
            staff=make.person(session, (Role.STAFF, top), name="镇里"),
            town=top.id,
            branch=here.id,
            lesson=lesson.id,
            clip=lesson.clips[0].id,
        )


def member(session: Session, node: object, name: str) -> Viewer:
    """Somebody at home in a node."""
    made = make.person(session, name=name)
    memberships.settle(session, str(made.person_id), node, local_day(NOW), NOW, None)  # type: ignore[arg-type]
    row = session.get_one(Person, made.person_id)
    return people.viewer_of(session, row, local_day(NOW))


ids = iter(f"0reflection{n:05}" for n in range(100_000))


def written(
    session: Session, who: Viewer, text: str, lesson: str | None = None, quotes: tuple[Wanted, ...] = ()
) -> str:
    """A draft; returns its id."""
    about = About(lesson_id=lesson)
    return actions.save(session, who, next(ids), Draft("一夜", text, quotes), about, None, NOW).id


def sent(db: Database, town: Town, text: str = OWN) -> str:
    """What the writer has sent."""
    with db.write() as session:
        made = written(session, town.writer, text, town.lesson, (Wanted(1, town.clip, 12.0),))
        return actions.send(session, town.writer, made, NOW).id


def publish(db: Database, by: Viewer, made: str, readers: Readers) -> None:
    with db.write() as session:
        version = session.get_one(Reflection, made).version
        actions.publish(session, by, made, version, readers, NOW + HOUR)


def readers_of(db: Database, town: Town, made: str) -> set[str]:
    """Who may read it, by name; the list says the same of what is published as the permit does."""
    everybody = {
        "writer": town.writer,
        "neighbour": town.neighbour,
        "elsewhere": town.elsewhere,
        "secretary": town.secretary,
        "other": town.other_secretary,
        "staff": town.staff,
        "nobody": NOBODY,
    }
    found = set()
    with db.read() as session:
        row = session.get_one(Reflection, made)
        for name, viewer in everybody.items():
            seen = may_view(viewer, queries.facts(session, row))
            listed = made in [one.row.id for one in queries.published(session, viewer, Filters()).items]
            if row.state is ReflectionState.PUBLISHED:
                assert seen == listed, name
            else:
                assert not listed, name
            found |= {name} if seen else set()
    return found


def test_it_goes_its_way_and_each_state_has_its_readers(db: Database, town: Town) -> None:
    with db.write() as session:
        made = written(session, town.writer, OWN, town.lesson)
    assert readers_of(db, town, made) == {"writer"}
    with db.write() as session:
        actions.send(session, town.writer, made, NOW)
    assert readers_of(db, town, made) == {"writer", "secretary", "staff"}
    with db.write() as session, pytest.raises(Conflict, match="reflection_sent"):
        actions.save(session, town.writer, made, Draft("", "改"), About(), None, NOW)
    with db.write() as session, pytest.raises(NotFound):
        actions.publish(session, town.other_secretary, made, 3, Readers(Reach.BRANCH), NOW)
    with db.write() as session, pytest.raises(Invalid, match="reflection_remark"):
        actions.return_to_writer(session, town.secretary, made, _version(session, made), " ", NOW)
    with db.write() as session:
        actions.return_to_writer(session, town.secretary, made, _version(session, made), "请写写自己。", NOW)
    assert readers_of(db, town, made) == {"writer"}
    with db.write() as session:
        assert session.get_one(Reflection, made).remark == "请写写自己。"
        actions.send(session, town.writer, made, NOW)
    publish(db, town.secretary, made, Readers(Reach.BRANCH))
    assert readers_of(db, town, made) == {"writer", "neighbour", "secretary", "staff"}
    readers = Readers(Reach.BELOW, town.town)
    with db.write() as session, pytest.raises(Invalid, match="reflection_reach"):
        # A secretary does not publish for the town.
        actions.publish(session, town.secretary, made, _version(session, made), readers, NOW)
    publish(db, town.staff, made, Readers(Reach.BELOW, town.town))
    below = {"writer", "neighbour", "elsewhere", "secretary", "other", "staff"}
    assert readers_of(db, town, made) == below
    with db.write() as session, pytest.raises(Invalid, match="reflection_public_off"):
        actions.publish(session, town.staff, made, _version(session, made), Readers(Reach.PUBLIC), NOW)
    publish(db, town.staff, made, Readers(Reach.PUBLIC, public_allowed=True))
    everybody = {"writer", "neighbour", "elsewhere", "secretary", "other", "staff", "nobody"}
    assert readers_of(db, town, made) == everybody
    with db.write() as session:
        actions.withdraw(session, town.writer, made, NOW)
    assert readers_of(db, town, made) == {"writer"}
    with db.read() as session:
        told = [one.kind for one in notices.page(session, town.writer).items]
        assert told.count(Kind.REFLECTION_PUBLISHED) == 3
        assert told.count(Kind.REFLECTION_RETURNED) == 1


def _version(session: Session, made: str) -> int:
    return session.get_one(Reflection, made).version


def test_published_is_evidence_once_and_withdrawn_none(db: Database, town: Town) -> None:
    made = sent(db, town)
    assert _standing(db, made) == []
    publish(db, town.secretary, made, Readers(Reach.BRANCH))
    publish(db, town.staff, made, Readers(Reach.BELOW, town.town))
    (piece,) = _standing(db, made)
    assert (piece.kind, piece.amount, piece.form) == (EvidenceKind.WROTE, 1, StudyForm.SELF)
    assert (piece.person_id, piece.node_id) == (town.writer.person_id, town.branch)
    assert (piece.lesson_id, piece.day) == (town.lesson, local_day(NOW))
    with db.write() as session:
        actions.return_to_writer(session, town.secretary, made, _version(session, made), "先撤下。", NOW)
    assert _standing(db, made) == []
    with db.read() as session:
        assert session.scalar(select(func.sum(Evidence.amount))) == 0
        assert session.scalar(select(func.count()).select_from(Evidence)) == 2
        assert session.scalar(select(func.count()).select_from(Print)) == 0


def _standing(db: Database, made: str) -> list:  # type: ignore[type-arg]
    with db.read() as session:
        return [one.piece for one in evidence.standing(session, Source.REFLECTION, made)]


def test_a_gathering_gives_its_form(db: Database, town: Town) -> None:
    with db.write() as session:
        about = About(gathering_id="0gathering000001", form=StudyForm.GATHERED)
        made = actions.save(session, town.writer, next(ids), Draft("", OWN), about, None, NOW).id
        actions.send(session, town.writer, made, NOW)
    publish(db, town.secretary, made, Readers(Reach.BRANCH))
    assert _standing(db, made)[0].form is StudyForm.GATHERED


def test_nobody_publishes_their_own_and_two_at_once_see_each_other(db: Database, town: Town) -> None:
    with db.write() as session:
        mine = written(session, town.secretary, OWN)
        row = actions.send(session, town.secretary, mine, NOW)
        version = row.version
    with db.write() as session, pytest.raises(NotFound):
        actions.publish(session, town.secretary, mine, version, Readers(Reach.BRANCH), NOW)
    publish(db, town.staff, mine, Readers(Reach.BRANCH))
    with db.write() as session, pytest.raises(Conflict, match="reflection_changed"):
        actions.return_to_writer(session, town.staff, mine, version, "晚了。", NOW)
    with db.write() as session:
        draft = written(session, town.writer, "一")
        actions.save(session, town.writer, draft, Draft("", "二"), About(), 2, NOW)
    with db.write() as session, pytest.raises(Conflict, match="reflection_changed"):
        actions.save(session, town.writer, draft, Draft("", "三"), About(), 2, NOW)


def test_words_of_a_quote_are_the_lecturers(db: Database, town: Town) -> None:
    with db.write() as session:
        forged = (Wanted(1, town.clip, 12.0, "我讲的全是假话"),)
        made = written(session, town.writer, "〔引1〕", town.lesson, forged)
        assert queries.quotes_of(session, [made])[made][0].text == SAID[1]
        assert queries.quotes_of(session, [made])[made][0].start_s == 10.0
        other = make.lesson(session, clips=1, spoken=SAID)
        with pytest.raises(Invalid, match="reflection_quote"):
            written(session, town.writer, "", other.id, (Wanted(1, town.clip, 1.0),))
    with db.write() as session:  # a new version of the transcript: what was quoted stays
        lesson = queries.lessons_seen(session, town.writer, [town.lesson])[town.lesson]
        lines = [CueLine(30.0, 39.0, SAID[1].replace("，", "")), CueLine(40.0, 49.0, "别的。")]
        catalog.put_transcript(session, lesson, TranscriptQuality.EXACT, lines)
        keep = (Wanted(1, town.clip, 10.0),)
        actions.save(session, town.writer, made, Draft("", "改了〔引1〕", keep), About(), None, NOW)
        (quote,) = queries.quotes_of(session, [made])[made]
        assert quote.text == SAID[1]
        assert place_of(quote, queries.lines_of(session, [town.lesson])[town.lesson]).start_s == 30.0


def test_a_closed_lesson_keeps_its_reflection_from_the_public(db: Database, town: Town) -> None:
    with db.write() as session:
        lesson = make.lesson(session, "内部课", audience=Audience.SIGNED_IN, clips=1)
        made = written(session, town.writer, OWN, lesson.id)
        actions.send(session, town.writer, made, NOW)
    readers = Readers(Reach.PUBLIC, public_allowed=True)
    with db.write() as session, pytest.raises(Invalid, match="reflection_lesson_closed"):
        actions.publish(session, town.secretary, made, _version(session, made), readers, NOW)


def test_likeness_is_told_to_the_writer_and_names_nobody_who_is_not_published(
    db: Database, town: Town
) -> None:
    private = sent(db, town)
    with db.write() as session:
        made = written(
            session, town.neighbour, f"我也觉得。{OWN}{SAID[2]}我的办法是先到两家各坐一坐。", town.lesson
        )
    before = _counts(db)
    with db.read() as session:
        found = compare(session, town.neighbour, session.get_one(Reflection, made)).likenesses
    another = next(one for one in found if one.whence is Whence.ANOTHER)
    assert (another.id, another.writer, another.title) == ("", "", "")
    assert all(one.theirs == "" for one in another.passages)
    assert another.passages[0].mine.startswith("听了这节课")
    assert _counts(db) == before, "nothing is kept of it"
    publish(db, town.secretary, private, Readers(Reach.BRANCH))
    with db.read() as session:
        found = compare(session, town.neighbour, session.get_one(Reflection, made)).likenesses
        assert found[0].whence is Whence.PUBLISHED
        assert (found[0].id, found[0].writer) == (private, "李秀英")
        # Those of another branch may not read it, and learn nothing of it.
        theirs = Reflection(id="x", number=1, person_id=str(town.elsewhere.person_id), text=OWN, title="")
        assert [one.whence for one in compare(session, town.elsewhere, theirs).likenesses] == [Whence.ANOTHER]
    with db.write() as session:  # gone is gone
        actions.delete(session, town.writer, private, NOW)
    with db.read() as session:
        found = compare(session, town.neighbour, session.get_one(Reflection, made)).likenesses
        assert all(one.whence is Whence.TRANSCRIPT for one in found)


def test_ones_own_and_the_transcript_are_said_apart(db: Database, town: Town) -> None:
    sent(db, town)
    with db.write() as session:
        made = written(session, town.writer, f"{OWN}{SAID[1]}", town.lesson)
        found = compare(session, town.writer, session.get_one(Reflection, made)).likenesses
        assert [one.whence for one in found] == [Whence.OWN, Whence.TRANSCRIPT]
        quoting = (Wanted(1, town.clip, 12.0),)
        quoted = written(session, town.writer, f"〔引1〕{SAID[1]}我记住了。", town.lesson, quoting)
        assert compare(session, town.writer, session.get_one(Reflection, quoted)).likenesses == []


def test_what_hundreds_say_is_no_likeness_but_a_whole_copy_is(db: Database, town: Town) -> None:
    phrase = "我们要把学到的东西真正用到为群众办实事上去"
    essay = OWN + "后来是老支书拿着一把铁锹先把自家那段渠填了大家才不好意思再吵下去这件事我记了一辈子。"
    with db.write() as session:
        author = make.person(session, (Role.MEMBER, make.root(session)))
        for n in range(60):
            text = f"{n}号这么说，{phrase}，{chr(0x4E00 + 7 * n) * 15}。" if n < 30 else essay
            actions.send(session, author, written(session, author, text), NOW)
    with db.write() as session:
        mine = written(session, town.neighbour, f"开头不一样。{phrase}，结尾也不一样。")
        assert compare(session, town.neighbour, session.get_one(Reflection, mine)).likenesses == []
        copied = written(session, town.neighbour, f"开头不一样。{essay}")
        found = compare(session, town.neighbour, session.get_one(Reflection, copied)).likenesses
        assert found, "what thirty have copied whole is found"
        assert found[0].letters > 60


def _counts(db: Database) -> tuple[int, ...]:
    with db.read() as session:
        return tuple(
            session.scalar(select(func.count()).select_from(table)) or 0
            for table in (Reflection, Print, GoneSound)
        )


def test_an_erased_writer_leaves_no_word_and_no_sound(db: Database, town: Town) -> None:
    with db.write() as session:
        made = written(session, town.writer, OWN, town.lesson)
        sounds.put(session, town.writer, made, "0sound0000000001", 100, NOW)
        session.get_one(ReflectionSound, "0sound0000000001").state = SoundState.READY
        actions.send(session, town.writer, made, NOW)
    publish(db, town.secretary, made, Readers(Reach.BRANCH))
    with db.write() as session:
        erase(session, str(town.writer.person_id), None)
    with db.read() as session:
        assert session.get(Reflection, made) is None
        assert session.scalars(select(GoneSound.id)).all() == ["0sound0000000001"]
        assert session.scalar(select(func.count()).select_from(Print)) == 0


def test_an_invitation_is_one_and_names_nobody(db: Database, town: Town) -> None:
    with db.write() as session:
        asking.ask(session, town.secretary, town.branch, "2026-W48", "说说身边的老支书", NOW)
        asking.ask(session, town.secretary, town.branch, "2026-W48", "说说身边的人", NOW)
        with pytest.raises(NotFound):
            asking.ask(session, town.other_secretary, town.branch, "2026-W48", "别的", NOW)
        chain = [town.branch, town.town]
        assert queries.prompts(session, chain, "2026-W48") == [("余村党支部", "说说身边的人")]
        asking.ask(session, town.secretary, town.branch, "2026-W48", "", NOW)
        assert queries.prompts(session, chain, "2026-W48") == []


def test_hostile_words_stay_words(db: Database, town: Town) -> None:
    hostile = "<script>alert(1)</script>\u202e反着写\x00 👨‍👩‍👧‍👦" + "长" * 9_000
    with db.write() as session:
        made = written(session, town.writer, hostile)
        text = session.get_one(Reflection, made).text
    assert "\u202e" not in text
    assert "\x00" not in text
    assert "<script>" in text  # escaped where it is shown
    with db.write() as session, pytest.raises(Invalid, match="too_long"):
        written(session, town.writer, "长" * 10_001)
    with db.write() as session, pytest.raises(NotFound):
        actions.save(session, town.writer, "../../etc/passwd", Draft("", "x"), About(), None, NOW)


def test_of_what_is_not_shown_of_likeness_is_told_how_much(db: Database, town: Town) -> None:
    parts = [f"{chr(0x4E00 + 40 * n)}".join(OWN[3 * k : 3 * k + 3] for k in range(10)) for n in range(20)]
    with db.write() as session:
        for n in range(7):
            text = "".join(parts) if n == 0 else parts[n]
            actions.send(session, town.neighbour, written(session, town.neighbour, text), NOW)
        between = "".join(part + chr(0x7E00 + n) * 3 for n, part in enumerate(parts))
        mine = written(session, town.writer, between)
        found = compare(session, town.writer, session.get_one(Reflection, mine))
    assert (len(found.likenesses), found.more, found.at_least) == (5, 2, False)
    most = found.likenesses[0]
    assert (len(most.shown), most.more) == (12, 8)
    assert most.letters > sum(one.letters for one in most.shown)


def test_the_secretary_is_told_once_a_day_that_something_waits(db: Database, town: Town) -> None:
    sent(db, town)
    sent(db, town, "又写了一篇，说说后来怎样了。")
    with db.write() as session:
        third = written(session, town.neighbour, "第二天写的。")
        actions.send(session, town.neighbour, third, NOW + 24 * HOUR)
    with db.read() as session:
        for who, times in ((town.secretary, 2), (town.other_secretary, 0), (town.staff, 0)):
            told = [one.kind for one in notices.page(session, who).items]
            assert told.count(Kind.REFLECTIONS_WAITING) == times
