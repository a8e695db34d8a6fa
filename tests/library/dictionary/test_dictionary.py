"""The dictionary in the database: who changed what, nothing twice or lost, and every process learns of it."""

from __future__ import annotations

import pytest
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from library.core.database import Database
from library.core.errors import Conflict, Invalid, NotFound
from library.dictionary import actions, lines, queries
from library.dictionary.in_use import LOOK_EVERY_S, DictionaryInUse
from library.dictionary.rules import Draft, Entry, draft, shipped_id
from library.dictionary.tables import DictionaryChange, TaughtEntry
from library.people.tables import Person
from search import Dictionary, shipped_entries, units_of
from tests.support import factories as make
from tests.support.databases import NOW
from tests.support.together import together

SHIPPED = next(words for words in shipped_entries() if "二十大" in words)


def add(db: Database, *words: str, by: str | None = None) -> Entry:
    with db.write() as session:
        return actions.add(session, by, draft(words), NOW)


def own(db: Database) -> list[tuple[str, ...]]:
    with db.read() as session:
        return [row.entry.words for row in queries.rows(session) if not row.entry.shipped]


def used(db: Database) -> Dictionary:
    with db.read() as session:
        return Dictionary.of(synonyms=queries.in_use(session))


def version(db: Database) -> int:
    with db.read() as session:
        return queries.version(session)


def notes(db: Database) -> list[tuple[str, tuple[str, ...], tuple[str, ...]]]:
    with db.read() as session:
        return [(line.what, line.before, line.after) for line in reversed(queries.history(session, 100))]


def test_an_entry_from_its_making_to_its_end_is_remembered(db: Database) -> None:
    with db.write() as session:
        person = str(make.person(session).person_id)
        name = session.get_one(Person, person).name
    made = add(db, "千万工程", by=person)
    with db.write() as session:
        changed = actions.change(session, None, made.id, 1, draft(["千万工程", "千村示范"]), NOW)
    assert (changed.version, own(db)) == (2, [("千万工程", "千村示范")])
    assert used(db).synonyms[units_of("千万工程")] == (units_of("千村示范"),)
    with db.write() as session:
        actions.remove(session, person, made.id, 2, NOW)
    assert own(db) == []
    assert notes(db) == [
        ("add", (), ("千万工程",)),
        ("change", ("千万工程",), ("千万工程", "千村示范")),
        ("remove", ("千万工程", "千村示范"), ()),
    ]
    with db.read() as session:
        assert [line.who for line in queries.history(session, 2)] == [name, ""]
    assert version(db) == 3


def test_what_is_saved_as_it_was_changes_nothing(db: Database) -> None:
    made = add(db, "千万工程")
    with db.write() as session:
        assert actions.change(session, None, made.id, 1, draft(["千万工程"]), NOW) == made
    assert (version(db), len(notes(db))) == (1, 1)
    with db.write() as session:
        assert actions.change(session, None, made.id, 1, draft(["千萬工程"]), NOW).words == ("千萬工程",)
    assert version(db) == 2, "another spelling of itself is no conflict with itself"


def test_refused_changes_leave_nothing_behind(db: Database) -> None:
    first, second = add(db, "千万工程"), add(db, "浙里办")
    for act, error, code in (
        (lambda s: actions.add(s, None, draft(["千萬工程"]), NOW), Conflict, "entry_there"),
        (
            lambda s: actions.change(s, None, second.id, 1, draft(["千万工程"]), NOW),
            Conflict,
            "entry_there",
        ),
        (lambda s: actions.change(s, None, first.id, 9, draft(["别的"]), NOW), Conflict, "entry_changed"),
        (lambda s: actions.change(s, None, "x", 1, draft(["别的"]), NOW), NotFound, "entry_gone"),
        (lambda s: actions.remove(s, None, first.id, 9, NOW), Conflict, "entry_changed"),
        (lambda s: actions.remove(s, None, "x", None, NOW), NotFound, "entry_gone"),
        (lambda s: actions.switch(s, None, first.id, False, NOW), NotFound, "entry_gone"),
    ):
        with pytest.raises(error, match=code), db.write() as session:
            act(session)
    assert (version(db), len(notes(db)), len(own(db))) == (2, 2, 2)


def test_a_shipped_entry_is_switched_off_and_on_again(db: Database) -> None:
    entry_id, word, other = shipped_id(SHIPPED), units_of(SHIPPED[0]), units_of(SHIPPED[1])
    assert other in used(db).synonyms[word]
    for on in (False, False, True, True):
        with db.write() as session:
            assert actions.switch(session, None, entry_id, on, NOW).on is on
        assert (other in used(db).synonyms.get(word, ())) is on
    assert [what for what, _, _ in notes(db)] == ["off", "on"]
    assert version(db) == 2


def test_words_of_a_shipped_entry_that_is_off_may_be_taught_otherwise(db: Database) -> None:
    with pytest.raises(Conflict, match="entry_there_shipped"):
        add(db, *SHIPPED[:2])
    with db.write() as session:
        actions.switch(session, None, shipped_id(SHIPPED), False, NOW)
    with pytest.raises(Conflict, match="entry_there_off"):
        add(db, *SHIPPED)
    add(db, *SHIPPED[:2])
    assert used(db).synonyms[units_of(SHIPPED[0])] == (units_of(SHIPPED[1]),)


def test_each_pasted_line_is_taken_or_not_by_itself(db: Database) -> None:
    add(db, "浙里办")
    text = "浙裏辦\n千万工程=千村示范=千萬工程\n，，\n千村示范=千万工程\n停用:没有的词\n停用:" + "=".join(
        SHIPPED
    )
    with db.write() as session:
        done = actions.paste(session, None, text, NOW)
    assert done.taken == (
        actions.Taken(2, "add", ("千万工程", "千村示范"), ("千萬工程",)),
        actions.Taken(6, "off", SHIPPED),
    )
    assert [(line.number, line.code, line.is_there) for line in done.left] == [
        (1, "entry_there", True),
        (3, "word_parted", False),
        (4, "entry_there", True),
        (5, "entry_not_shipped", False),
    ]
    assert set(own(db)) == {("千万工程", "千村示范"), ("浙里办",)}
    assert version(db) == 2, "one paste is one change to learn of"
    with db.write() as session:
        again = actions.paste(session, None, text, NOW)
    assert again.taken == ()
    assert version(db) == 2


def test_what_is_written_as_text_makes_the_same_dictionary_elsewhere(db: Database) -> None:
    for words in (("乙词", "甲词"), ("甲词", "乙词", "丙词"), ("ABC 计划",)):
        add(db, *words)
    with db.write() as session:
        actions.switch(session, None, shipped_id(SHIPPED), False, NOW)
    with db.read() as session:
        before, text = used(db), lines.written(row.entry for row in queries.rows(session))
    with db.write() as session:
        for row in session.scalars(select(TaughtEntry)):
            session.delete(row)
        actions.switch(session, None, shipped_id(SHIPPED), True, NOW)
    assert used(db) != before
    with db.write() as session:
        assert actions.paste(session, None, text, NOW).left == ()
    after = used(db)
    assert (dict(after.written), dict(after.synonyms)) == (dict(before.written), dict(before.synonyms))


def test_of_two_who_change_an_entry_the_second_is_told(db: Database) -> None:
    made = add(db, "千万工程")

    def change(word: str) -> Entry:
        with db.write() as session:
            return actions.change(session, None, made.id, 1, draft([word]), NOW)

    results = together([lambda: change("千村示范"), lambda: change("万村整治")])
    won = [one for one in results if isinstance(one, Entry)]
    lost = [one for one in results if isinstance(one, Conflict)]
    assert (len(won), len(lost)) == (1, 1)
    assert lost[0].code == "entry_changed"
    assert own(db) == [won[0].words]


def test_of_many_who_teach_one_word_at_once_one_does(db: Database) -> None:
    spellings = ["千万工程", "千萬工程", "千万 工程", "千万工程。"] * 2
    results = together([lambda word=word: add(db, word) for word in spellings])  # type: ignore[misc]
    assert sum(isinstance(one, Entry) for one in results) == 1, results
    assert sum(isinstance(one, Conflict) for one in results) == len(spellings) - 1
    assert len(own(db)) == 1
    assert (version(db), len(notes(db))) == (1, 1)


def test_a_person_who_is_gone_leaves_what_they_taught(db: Database) -> None:
    with db.write() as session:
        person = str(make.person(session).person_id)
    add(db, "千万工程", by=person)
    with db.write() as session:
        session.delete(session.get_one(Person, person))
    with db.read() as session:
        row = queries.rows(session)[0]
        assert (row.entry.words, row.changed_by) == (("千万工程",), "")
        assert session.scalars(select(DictionaryChange.person_id)).one() is None


class Clock:
    """Seconds that pass when told."""

    def __init__(self) -> None:
        self.at = 0.0

    def __call__(self) -> float:
        return self.at


def now(db: Database, words: DictionaryInUse) -> Dictionary:
    """The dictionary of somebody who begins to search now."""
    with db.read() as session:
        return words.now(session)


def test_another_process_feels_a_change_and_asks_once_a_second_at_most(db: Database) -> None:
    clock, asked = Clock(), []
    here, there = DictionaryInUse(db, clock), DictionaryInUse(db, clock)
    now(db, there)

    @event.listens_for(db.engine, "before_cursor_execute")
    def _count(_c: object, _cursor: object, statement: str, *_: object) -> None:
        if "wording" in statement:
            asked.append(statement)

    for _ in range(100):
        now(db, there)
    assert asked == []
    with here.teaching() as session:
        actions.add(session, None, Draft(("千万工程",)), NOW)
    word = units_of("千万工程")
    assert word in now(db, here).written, "the process that changes it feels it at once"
    assert word not in now(db, there).written
    clock.at += LOOK_EVERY_S
    asked.clear()
    assert word in now(db, there).written
    assert len(asked) == 3, "the counter, the entries, what is off"
    clock.at += LOOK_EVERY_S
    asked.clear()
    for _ in range(100):
        now(db, there)
    assert len(asked) == 1, "the counter alone"


def test_who_began_before_a_change_does_not_hide_it_from_who_comes_after(db: Database) -> None:
    clock = Clock()
    here = DictionaryInUse(db, clock)
    word = units_of("千万工程")
    with db.read() as long_before:
        here.now(long_before)
        with here.teaching() as session:
            actions.add(session, None, Draft(("千万工程",)), NOW)
        clock.at += LOOK_EVERY_S
        assert word not in here.now(long_before).written, "one state of the data, from its beginning on"
        assert word in now(db, here).written


def test_a_refused_change_is_not_felt(db: Database) -> None:
    here = DictionaryInUse(db)
    before = now(db, here)

    def fail(session: Session) -> None:
        actions.add(session, None, Draft(("千万工程",)), NOW)
        raise Invalid("empty")

    with pytest.raises(Invalid), here.teaching() as session:
        fail(session)
    assert now(db, here) == before
