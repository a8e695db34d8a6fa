"""What was withdrawn is like nothing any more, whatever rules its fingerprints were kept by."""

from __future__ import annotations

from dataclasses import replace
from zlib import crc32

import pytest
from sqlalchemy import func, select

from library.core.database import Database
from library.core.ids import new_id
from library.core.permits import Role
from library.reflections import actions
from library.reflections.actions import About, Draft
from library.reflections.likeness import prints, rules
from library.reflections.likeness.comparing import compare
from library.reflections.likeness.rules import prepare
from library.reflections.tables import Print, Reflection
from server.background.looks.prints import PrintsThread
from tests.support import factories as make
from tests.support.databases import NOW

PINNED = (1, 2558526755)
PHRASE = "充分发挥基层党组织的战斗堡垒作用和党员的先锋模范作用"
TEXT = f"那天晚上下着大雨我们几个人守在河堤上一直到天亮。{PHRASE}，话是这么说，做起来难。"


def test_fingerprints_of_older_rules_go_with_their_text(db: Database) -> None:
    with db.write() as session:
        root = make.root(session)
        writer, other = (make.person(session, (Role.MEMBER, root)) for _ in range(2))
        kept = actions.save(session, writer, new_id(), Draft("", f"{TEXT}我也守过。"), About(), None, NOW)
        gone = actions.save(session, writer, new_id(), Draft("", TEXT), About(), None, NOW)
        for row in (kept, gone):
            actions.send(session, writer, row.id, NOW)
            # So they were kept before the phrase stood in the list of set phrases.
            known = prepare(row.text)
            prints.keep(session, row.number, replace(known, counted=known.letters))
        actions.withdraw(session, writer, gone.id, NOW)
        mine = actions.save(session, other, new_id(), Draft("", f"我要写：{TEXT}"), About(), None, NOW)
        number, gone_id, mine_id = kept.number, gone.id, mine.id
    with db.read() as session:
        hashes = prints.prints(replace(prepare(TEXT), counted=prepare(TEXT).letters))
        numbers = prints.sharing(session, hashes, 10).numbers
        assert session.get_one(Reflection, gone_id).number not in numbers
        assert len(compare(session, other, session.get_one(Reflection, mine_id)).likenesses) == 1
    PrintsThread(db).work()
    with db.read() as session:
        assert session.scalars(select(Print.number).distinct()).all() == [number]
        left = session.scalar(select(func.count()).select_from(Print))
        assert left == len(
            {
                *prints.prints(prepare(f"{TEXT}我也守过。")),
                *prints.prints(
                    replace(prepare(f"{TEXT}我也守过。"), counted=prepare(f"{TEXT}我也守过。").letters)
                ),
            }
        )


@pytest.mark.slow
def test_fingerprints_are_made_anew_when_the_rules_change_and_go_on_after_a_stop(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    with db.write() as session:
        root = make.root(session)
        writer, other = (make.person(session, (Role.MEMBER, root)) for _ in range(2))
        texts = [f"第{n}个村子的河堤上，{n}个人守了{n}夜，" + TEXT for n in range(5)]
        for one in texts:
            row = actions.save(session, writer, new_id(), Draft("", one), About(), None, NOW)
            actions.send(session, writer, row.id, NOW)
        draft = actions.save(session, writer, new_id(), Draft("", TEXT), About(), None, NOW)
        mine = actions.save(session, other, new_id(), Draft("", f"我要写：{texts[0]}"), About(), None, NOW)
        draft_id, mine_id = draft.id, mine.id
        before = set(session.scalars(select(Print.number)))
    assert rules.RULES != 0
    with db.write() as session:
        assert prints.renew(session, 50) == 0, "what the present rules made stays"
    # Another length of what is hashed: none of the old fingerprints is found any more.
    monkeypatch.setattr(rules, "GRAM", 9)
    monkeypatch.setattr(prints, "RULES", rules.RULES + 1)
    with db.read() as session:
        assert compare(session, other, session.get_one(Reflection, mine_id)).likenesses == []
    with db.write() as session:
        assert prints.renew(session, 2) == 2
    with db.write() as session:  # stopped in the middle of a step: all of it or nothing
        assert prints.renew(session, 2) == 2
        session.rollback()
    PrintsThread(db).work()
    with db.read() as session:
        numbers = set(session.scalars(select(Print.number)))
        wanted = select(Reflection.number).where(Reflection.id.not_in([draft_id, mine_id]))
        sent = set(session.scalars(wanted))
        assert numbers == sent, "each once, no draft, and nothing of the older rules is left"
        assert not numbers & before
        assert len(compare(session, other, session.get_one(Reflection, mine_id)).likenesses) == 5
    with db.write() as session:
        assert prints.renew(session, 50) == 0


def test_a_change_of_the_rules_is_told_by_their_number() -> None:
    """Whoever changes what is folded, left out or hashed raises CODE, and this with it."""
    its = sorted(prints.prints(prepare(f"“引用”的话不算。{TEXT}ＡＢＣ １２３")))
    assert (rules.CODE, crc32(repr(its).encode())) == PINNED
