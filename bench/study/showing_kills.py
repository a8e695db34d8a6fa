"""python -m bench.study.showing_kills [times]: killed at random, is evidence of a screen lost or doubled?

One child says beats, ends the gathering, counts, and corrects the roll, each in a transaction of its own; it
is killed with SIGKILL at a random moment, so often as asked, and another does all of it again from the start,
as screens and people do. Then what the ledger says must be what was played.
"""

from __future__ import annotations

import os
import random
import signal
import sys
import tempfile
import time
from multiprocessing import get_context
from pathlib import Path

from sqlalchemy import func, select

from library.core.database import open_database
from library.evidence.rules import Source
from library.evidence.tables import Evidence
from library.gatherings import opening
from library.gatherings.rules import Mark
from library.gatherings.showings import actions
from library.plays.rules import ViewRule
from library.plays.tables import View
from server import migrate
from tests.library.gatherings.meeting import Meeting, mark, meeting, run, show
from tests.support.databases import NOW


def work(url: str, its: Meeting, showing: str, dice: int) -> None:
    """Do all of it; what is done already changes nothing."""
    db = open_database(url)
    beats = [run(its.clips[0][n // 6], 10 * (n % 6), 10 * (n % 6 + 1), 10 * n) for n in range(18)]
    for beat in beats:
        with db.write() as session:
            actions.beat(session, its.id, showing, [beat], its.at(30).now)
    with db.write() as session:
        opening.end(session, its.at(90), its.id)
    with db.write() as session:
        actions.count_ended(session, ViewRule(), its.at(91).now)
    # The secretary has somebody present, then absent, then present: the ledger follows.
    for n in range(2):
        with db.write() as session:
            way = Mark.ABSENT if n == 0 else Mark.PRESENT
            mark(session, its, 3, way, 100 + 2 * dice + n, reason="更正")
    db.close()


def main(times: int) -> int:
    """Return 1 when something was lost or doubled."""
    url = f"sqlite:///{Path(tempfile.mkdtemp()) / 'weike.sqlite'}"
    db = open_database(url)
    migrate.prepare(db, "青溪县委党校", NOW)
    with db.write() as session:
        its = meeting(session)
        showing = show(session, its, 10)
        for who in range(4):
            mark(session, its, who, Mark.PRESENT, 5)
    dice, forks = random.Random(7), get_context("fork")
    killed = 0
    for n in range(10 * times):
        child = forks.Process(target=work, args=(url, its, showing, n))
        child.start()
        time.sleep(dice.uniform(0.0, 0.8))
        if child.is_alive():
            os.kill(child.pid or 0, signal.SIGKILL)
            killed += 1
        child.join()
        if killed >= times:
            break
    work(url, its, showing, 10 * times + 1)
    with db.read() as session:
        sums = session.execute(
            select(Evidence.person_id, func.sum(Evidence.amount))
            .where(Evidence.source == Source.SHOWING)
            .group_by(Evidence.person_id)
        ).all()
        rows = session.scalar(select(func.count()).where(Evidence.source == Source.SHOWING))
        views = session.scalars(select(View.people)).all()
    right = [amount for _who, amount in sums] == [180] * 4 and len(views) == 3
    print(f"{killed} killed; {rows} rows in the ledger; seconds {sorted(a for _, a in sums)}; views {views}")
    print("nothing lost, nothing doubled" if right else "WRONG")
    return 0 if right else 1


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 50))
