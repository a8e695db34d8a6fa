"""Server time of pages with many lessons: `python -m bench.pages.loaded --lessons 20000 --plays 1000000`.

Each page is asked for as a member and as a guest, without a network, of the full library and of the same
with nothing in it (of a lecturer and a topic with a single lesson). A figure is the 95th percentile of the
full one over that of the empty one; times are those of the processor, which other programs do not change.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from bench.nil_page import requesting
from bench.pages.filled import fill
from library.catalog.tables import Lesson
from library.core.clock import utc_now
from library.organisation import queries as organisation
from library.people import queries as people
from server.settings import Settings
from server.wiring import Ports, open_ports
from tests.support.server import new_data
from tests.support.signing import token


def main() -> None:
    """Measure and print a line a page."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--lessons", type=int, default=20_000)
    asked.add_argument("--plays", type=int, default=1_000_000)
    asked.add_argument("--times", type=int, default=100)
    given = asked.parse_args()
    with tempfile.TemporaryDirectory() as made:
        few = _measure(Path(made) / "few", 1, 0, given.times)
        many = _measure(Path(made) / "many", given.lessons, given.plays, given.times)
    print(f"{given.lessons} lessons, {given.plays} plays; p95 in ms: empty, full, ratio")
    for page, full_ms in many.items():
        print(f"{page:28} {few[page]:7.1f} {full_ms:7.1f} {full_ms / few[page]:6.2f}")


def _measure(folder: Path, lessons: int, plays: int, times: int) -> dict[str, float]:
    data = new_data(folder)
    settings = Settings(data=data, worker=False, _env_file=None)  # type: ignore[call-arg]
    ports = open_ports(settings)
    try:
        who, secret = _member(ports)
        lecturer, topic = fill(ports, lessons, plays, who)
        if lessons == 1:
            lecturer, topic = _only(ports)
        paths = {
            "home": "/",
            "home (guest)": "/",
            "topic": f"/topics/{topic}",
            "topic, most watched": f"/topics/{topic}?order=watched",
            "topic, last page": f"/topics/{topic}?page=50",
            "lecturer": f"/lecturers/{lecturer}",
            "lecturer (guest)": f"/lecturers/{lecturer}",
            "lecturer, most watched": f"/lecturers/{lecturer}?order=watched",
            "feed": "/feed",
            "feed (guest)": "/feed",
            "feed of the topic": f"/feed?topic={topic}",
        }
        found = {}
        for page, path in paths.items():
            if lessons == 1 and "page=" in path:
                path = path.split("?")[0]
            with requesting(ports, "" if "guest" in page else secret) as ask:
                found[page] = _p95_ms(_asking(ask, path), times)
        return found
    finally:
        ports.close()


def _only(ports: Ports) -> tuple[str, str]:
    with ports.db.read() as session:
        one = session.query(Lesson).one()
        return str(one.lecturer_id), one.topics[0].topic_id


def _member(ports: Ports) -> tuple[str, str]:
    with ports.db.write() as session:
        organisation.root_branch(session)
        person = people.person_by_username(session, "member")
        assert person is not None
        _row, secret = token(session, person.id, "bench", utc_now())
        return person.id, secret


def _asking(ask: Callable[[str], None], path: str) -> Callable[[], None]:
    return lambda: ask(path)


def _p95_ms(ask: Callable[[], None], times: int) -> float:
    took = []
    for n in range(times + 5):
        began = time.process_time()
        ask()
        if n >= 5:
            took.append(1000 * (time.process_time() - began))
    return sorted(took)[int(0.95 * times) - 1]


if __name__ == "__main__":
    main()
