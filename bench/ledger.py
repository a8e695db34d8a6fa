"""What a million deeds cost whoever reads the ledger beside a nearly empty one: `python -m bench.ledger`.

Two libraries, one with a handful of entries and one with a million over 180 days. Pages and the API are asked
in turns, as an auditor of the whole tree, by a program's token, without a network. How long the chain and its
check take for an entry is said beside it.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path

from sqlalchemy import insert
from sqlalchemy.orm import Session

from bench.measure import in_turns, machine, p95, p95_ratio
from bench.nil_page import requesting
from bench.report import Figure, show
from library.access.rules import TokenScope
from library.audit import chain, verifying
from library.audit.rules import Deed
from library.audit.tables import AuditEntry
from library.core.clock import utc_now
from library.core.ids import new_id
from library.core.permits import Role
from library.people import queries as people
from server.settings import Settings
from server.wiring import Ports, open_ports
from tests.support import factories
from tests.support.server import new_data
from tests.support.signing import token

FEW, ROUNDS, AT_ONCE, PEOPLE, DAYS, CHAINED = 60, 120, 20_000, 2_000, 179, 20_000
_DEEDS = (Deed.SIGN_IN, *(one for one in Deed if one is not Deed.SIGN_IN))
PAGES = {
    "newest": "/system/audit",
    "person": "/system/audit?person={person}",
    "deed": "/system/audit?deed=sign_in",
    "day": "/system/audit?day={day}&until={day}",
    "api": "/api/v1/audit",
}


def fill(session: Session, count: int) -> tuple[str, str]:
    """Write `count` entries, evenly over DAYS days; returns an auditor's token and the account of somebody of
    whom entries tell."""
    root, now = factories.root(session), utc_now()
    auditor = factories.person(session, (Role.AUDITOR, root))
    known = people.person(session, str(factories.person(session, (Role.MEMBER, root)).person_id))
    # Of the few as many rows are shown as of the many: each page is full.
    ids = [known.id, *(new_id() for _ in range(min(PEOPLE, count // 100)))]
    deeds = _DEEDS[: max(1, count // 1000)]
    for first in range(0, count, AT_ONCE):
        session.execute(
            insert(AuditEntry),
            [
                {
                    "id": new_id(),
                    "at": now - timedelta(days=DAYS) * (count - n) / count,
                    "deed": deeds[n % len(deeds)],
                    "by_person": ids[n % len(ids)],
                    "of_person": ids[n * 7 % len(ids)] if n % 3 == 0 else None,
                    "thing": "",
                    "details": {},
                    "address": f"10.0.{n % 200}.{n % 250}",
                }
                for n in range(first, min(first + AT_ONCE, count))
            ],
        )
    return token(session, str(auditor.person_id), "bench", now, TokenScope.PEOPLE)[1], known.username


def open_library(stack: ExitStack, folder: Path, count: int) -> tuple[Ports, Callable[[str], None]]:
    """Open a new library with so many entries."""
    settings = Settings(data=new_data(folder), worker=False, _env_file=None)  # type: ignore[call-arg]
    ports = open_ports(settings)
    stack.callback(ports.close)
    with ports.db.write() as session:
        secret, person = fill(session, count)
    day = (utc_now() - timedelta(days=DAYS // 2)).date().isoformat()
    send = stack.enter_context(requesting(ports, secret))
    return ports, lambda path: send(path.format(person=person, day=day))


def chained(ports: Ports, count: int) -> tuple[float, float]:
    """Link `count` entries and check them; returns the seconds of processor for a thousand of each."""
    begun, done = time.process_time(), 0
    while done < count:
        with ports.db.write() as session:
            linked, _seals = chain.extend(session, utc_now())
        if not linked:
            break
        done += linked
    linking = time.process_time() - begun
    begun = time.process_time()
    with ports.db.read() as session:
        verifying.verify(session, utc_now())
    return linking / max(1, done) * 1000, (time.process_time() - begun) / max(1, done) * 1000


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--entries", type=int, default=1_000_000, help="entries of the large ledger")
    parser.add_argument("--json", action="store_true", help="one object instead of a table")
    chosen = parser.parse_args()
    about = machine()
    figures = []
    with tempfile.TemporaryDirectory(prefix="weike-ledger-") as name, ExitStack() as stack:
        _small, ask_small = open_library(stack, Path(name) / "small", FEW)
        large, ask_large = open_library(stack, Path(name) / "large", chosen.entries)
        for page, address in PAGES.items():
            times = in_turns([address] * ROUNDS, {"large": ask_large, "small": ask_small})
            words = f"{page}: p95 with {chosen.entries} entries / {FEW}"
            figures.append(Figure(page, words, p95_ratio(times, "large", "small"), 1.5))
            milliseconds = p95(times["large"]) * 1000
            figures.append(Figure(f"{page}_ms", f"{page}: p95 with the many, CPU ms", milliseconds, None))
        linking, checking = chained(large, min(CHAINED, chosen.entries))
        figures.append(Figure("link_s", "linking a thousand entries, CPU s", linking, None))
        figures.append(Figure("verify_s", "checking a thousand entries, CPU s", checking, None))
    show(figures, about, as_json=chosen.json)


if __name__ == "__main__":
    main()
