"""What lists of people cost: `python -m bench.people_import [--people N] [--members N] [--json]`.

A list of 50,000 people is read, planned and brought into an empty library, then once more unchanged, as .csv
and as a workbook; each in a process of its own, of which the system tells the CPU seconds and the largest
memory. Then a library of a million memberships is filled, and the pages of people and of a node's members on
a day are asked as its staff see them.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path

from bench.many_people import fill, name_of
from bench.measure import in_turns, machine, p95_ratio
from bench.nil_page import requesting
from bench.organisation import rows as organisation_rows
from bench.report import Figure, show
from library.access.rules import TokenScope
from library.core.clock import local_day, utc_now
from library.core.ids import new_id
from library.core.permits import Role
from library.organisation import actions, importing, queries
from library.organisation.importing import Row
from server.settings import Settings
from server.web.files.sheets import Sheet, workbook
from server.wiring import Ports, open_ports
from tests.support import factories
from tests.support.server import new_data
from tests.support.signing import token

NODES = 1_000
A_BRANCH = 50
ROUNDS = 60


def tree(ports: Ports, nodes: int) -> None:
    """Put the tree in."""
    listed = [Row(n, r.name, r.parent, r.code) for n, r in enumerate(organisation_rows(nodes))]
    with ports.db.write() as session:
        actions.hold(session)
        actions.apply(session, importing.plan(queries.known_nodes(session), listed, new_id), utc_now(), None)


def list_of(people: int) -> str:
    """Return a list of people as a county brings it."""
    lines = ["姓名,工号,党支部,人员类别,加入日期"]
    for n in range(people):
        branch = f"V{n // A_BRANCH % (NODES // 100 * 9) // 9}-{n // A_BRANCH % 99}"
        lines.append(f"{name_of(n)},g{n:06d},{branch},正式党员,2015-07-{n % 28 + 1:02d}")
    return "\n".join(lines)


def workbook_of(people: int) -> bytes:
    """Return the same list as a workbook."""
    rows = [line.split(",") for line in list_of(people).splitlines()]
    return workbook([Sheet("名册", rows[0], rows[1:], (14,) * len(rows[0]), freeze=True)])


def brought(data: Path, file: Path) -> tuple[float, float, dict[str, int]]:
    """Import the list in another process; returns its CPU seconds, its largest memory in MB, what it said."""
    ran = subprocess.run(
        [sys.executable, "-c", _RUN, "--data", str(data), "people", "import", str(file), "--json"],
        capture_output=True,
        check=True,
    )
    said = json.loads(ran.stdout)
    took_s, peak_kb = ran.stderr.decode().split()[-2:]
    return (
        float(took_s),
        int(peak_kb) / 1024,
        {name: said[name] for name in ("rows", "new", "changed", "unchanged")},
    )


_RUN = r"""
import re, resource, sys
from pathlib import Path
from server.cli import main
code = main(sys.argv[1:])
used = resource.getrusage(resource.RUSAGE_SELF)
# Its ru_maxrss is at least what this bench held when it was begun.
peak = re.search(r"VmHWM:\s+(\d+)", Path("/proc/self/status").read_text())[1]
print(used.ru_utime + used.ru_stime, peak, file=sys.stderr)
sys.exit(code)
"""


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=50_000, help="in the list")
    parser.add_argument("--members", type=int, default=1_000_000, help="of the large library; 0: no pages")
    parser.add_argument("--json", action="store_true", help="one object instead of a table")
    chosen = parser.parse_args()
    about, figures = machine(), []
    with tempfile.TemporaryDirectory(prefix="weike-people-") as name, ExitStack() as stack:
        data = new_data(Path(name) / "import")
        ports = open_ports(Settings(data=data, worker=False, _env_file=None))  # type: ignore[call-arg]
        tree(ports, NODES)
        ports.close()
        file = Path(name) / "名册.csv"
        file.write_text(list_of(chosen.people))
        book = Path(name) / "名册.xlsx"
        book.write_bytes(workbook_of(chosen.people))
        for what, brought_file, most_s in (
            ("new", file, 60.0),
            ("again", file, 15.0),
            ("xlsx", book, 60.0),
        ):
            took_s, peak_mb, said = brought(data, brought_file)
            print(what, said, file=sys.stderr)
            figures += [
                Figure(f"{what}_s", f"{chosen.people} people, {what}: CPU seconds", took_s, most_s),
                Figure(f"{what}_mb", f"{chosen.people} people, {what}: MB", peak_mb, 500.0),
            ]
        if chosen.members:
            figures += pages(stack, Path(name), chosen.members)
    show(figures, about, as_json=chosen.json)


def pages(stack: ExitStack, folder: Path, members: int) -> list[Figure]:
    """Ask pages of a large library and of one with a branch, as the staff of a town and of the whole tree."""
    ask, ids = {}, {}
    for size, count in (("large", members), ("small", A_BRANCH)):
        settings = Settings(data=new_data(folder / size), worker=False, _env_file=None)  # type: ignore[call-arg]
        ports = open_ports(settings)
        stack.callback(ports.close)
        tree(ports, 20_000 if size == "large" else 2)  # one branch: as many people in it as in one of many
        fill(ports, count)
        with ports.db.write() as session:
            root = queries.root_node(session)
            village = queries.node_by_code(session, "V0-0")
            staff = factories.person(session, (Role.STAFF, root))
            _made, secret = token(session, str(staff.person_id), "bench", utc_now(), TokenScope.PEOPLE)
            ids[size] = village.id if village is not None else ""
        ask[size] = stack.enter_context(requesting(ports, secret))
    figures = []
    today = local_day(utc_now()).isoformat()
    for page, address in {
        "people": "/people",
        "people_node": "/people?node=V0-0",
        "people_name": "/people?q=王芳",
        "members": "/organisation/{}/members?day=" + today,
    }.items():
        calls = {size: (lambda _a, size=size, ad=address: ask[size](ad.format(ids[size]))) for size in ask}
        times = in_turns([address] * ROUNDS, calls)
        figures.append(
            Figure(
                page,
                f"{page}: p95 with {members} / {A_BRANCH} members",
                p95_ratio(times, "large", "small"),
                1.5,
            )
        )
    return figures


if __name__ == "__main__":
    main()
