"""What was withdrawn is like nothing any more, whatever rules its fingerprints were kept by."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import func, select

from library.core.database import Database
from library.core.ids import new_id
from library.core.permits import Role
from library.reflections import actions
from library.reflections.actions import About, Draft
from library.reflections.likeness import prints
from library.reflections.likeness.comparing import compare
from library.reflections.likeness.rules import prepare
from library.reflections.tables import Print, Reflection
from server.background.looks.prints import PrintsThread
from tests.support import factories as make
from tests.support.databases import NOW

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
