"""The scaled form as a whole, each part killed in turn under load: `python -m bench.scaled [--json]`.

nginx, two web processes, two workers, PostgreSQL and an S3 API on this machine, as docker-compose.yml has
them. Meanwhile lectures are uploaded in chunks, players beat as fast as they are answered, and pages and the
search are asked, all through nginx. Each part gets kill -9 and is started again after a while, as
`restart: always` does; of PostgreSQL one of its processes is killed, which ends all connections and makes it
recover from its log; the S3 API stands still for a while, since the one that the tests have keeps its objects
in memory. At the end the web processes are replaced one by one (SIGTERM). What was acknowledged must be
there, once; how long people met errors is told.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

import httpx
import psutil
from sqlalchemy import select

from bench.measure import machine
from bench.report import Figure, show
from library.core.clock import utc_now
from library.dictionary.tables import TaughtEntry
from server.settings import Settings
from server.wiring import Ports, open_ports
from tests.flow import media
from tests.setup import nginx_server
from tests.support import beating
from tests.support.client import CHUNK_BYTES, PLAIN, Person
from tests.support.outside import objects, postgres
from tests.support.server import ROOT, add_people, free_port, password

QUIET_S, DOWN_S, RECOVER_S = 6.0, 4.0, 14.0
"""Before each kill, from it to the start anew, and from there to the next."""

PLAYERS, LECTURE_S = 12, 8.0
MOST_FORMS = 4000
PATIENCE_S = 300.0
"""So long at most until everything that was uploaded is ready, after the last kill."""


T = TypeVar("T")


@dataclass
class Part:
    """A process of the site, started and killed as a container is."""

    name: str
    command: list[str]
    environment: Mapping[str, str]
    log: Path
    child: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it and wait for nothing."""
        with self.log.open("ab") as log:
            self.child = subprocess.Popen(
                self.command,
                cwd=ROOT,
                env={**os.environ, **self.environment},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def kill(self) -> None:
        """kill -9, with all that it started: a container's end."""
        if self.child is not None:
            with suppress(ProcessLookupError):
                os.killpg(self.child.pid, signal.SIGKILL)
            self.child.wait()

    def stop(self) -> None:
        """Ask it to end, and wait."""
        if self.child is not None:
            self.child.terminate()
            self.child.wait(60)


@dataclass
class Site:
    """All parts, and the ways to look into what they keep."""

    base_url: str
    parts: dict[str, Part]
    s3: Part
    cluster: Path
    ports: Ports


@dataclass
class Load:
    """What people do meanwhile, each in a thread of its own, until `over` is set."""

    site: Site
    folder: Path
    over: threading.Event = field(default_factory=threading.Event)
    players: list[beating.Player] = field(default_factory=list)
    uploaded: list[str] = field(default_factory=list)
    """Lessons whose last chunk was acknowledged."""

    posted: int = 0
    """Forms that were sent, each with a word of its own for the dictionary."""
    taken: list[str] = field(default_factory=list)
    """Words whose forms were answered as taken."""

    asked: Counter[str] = field(default_factory=Counter)
    refused: list[tuple[float, str]] = field(default_factory=list)
    """When (monotonic) a question was not answered, and how."""

    def run(self) -> list[threading.Thread]:
        """Begin."""
        works = (self._beat, self._upload, self._post, self._ask)
        threads = [threading.Thread(target=self._again_and_again, args=(work,)) for work in works]
        for thread in threads:
            thread.start()
        return threads

    def _again_and_again(self, work: Callable[[], None]) -> None:
        while not self.over.is_set():
            try:
                work()
            except Exception as error:  # parts are being killed: what fails is tried again
                print(f"{work.__name__}: {type(error).__name__} {str(error)[:90]}", file=sys.stderr)
                time.sleep(0.5)

    def _beat(self) -> None:
        ports, port = self.site.ports, httpx.URL(self.site.base_url).port or 80
        clips = self._clips or beating.add_clips(ports.db, 2, 2)
        self._clips = clips
        batch = beating.begin(ports.db, ports.secret, clips, PLAYERS, utc_now())
        self.players += batch
        while not self.over.is_set() and any(one.acknowledged < beating.CLIP_S for one in batch):
            asyncio.run(beating.beat_all(port, [one for one in batch if one.acknowledged < beating.CLIP_S]))
            time.sleep(0.1)
        time.sleep(0.5)

    _clips: list[str] = field(default_factory=list)

    def _upload(self) -> None:
        number = len(list(self.folder.glob("*.mp4")))
        file = media.make(self.folder / f"{number}.mp4", LECTURE_S, seed=1000 + number)
        data = file.read_bytes() + os.urandom(CHUNK_BYTES * 2)  # two more chunks for the way
        with Person(self.site.base_url) as person:
            self._until(lambda: person.sign_in("lecturer", password("lecturer")))
            lesson = self._until(lambda: person.new_lesson(f"第{number}讲"))
            location = self._until(lambda: _location(person, lesson, len(data)))
            at = 0
            while at < len(data):
                with suppress(httpx.HTTPError, AssertionError):
                    person.send_chunk(location, data[at : at + CHUNK_BYTES], at)
                at = (
                    self._until(lambda: person.offset(location))
                    if at + CHUNK_BYTES < len(data)
                    else len(data)
                )
            self._until(lambda: _received(person, lesson))
        self.uploaded.append(lesson)

    def _post(self) -> None:
        with Person(self.site.base_url) as person:
            self._until(lambda: person.sign_in("staff", password("staff")))
            while not self.over.is_set() and self.posted < MOST_FORMS:
                self.posted += 1
                word = f"{chr(0x5000 + self.posted // 256)}{chr(0x5400 + self.posted % 256)}词"
                with suppress(httpx.HTTPError):  # sent once: whether it was taken nobody knows then
                    if person.post("/vocabulary/words", word=word).status_code == 303:
                        self.taken.append(word)
                time.sleep(0.05)
        self.over.wait()

    def _until(self, work: Callable[[], T]) -> T:
        """Try until it works, as a page does."""
        while True:
            try:
                return work()
            except (httpx.HTTPError, AssertionError, KeyError, ValueError):
                time.sleep(0.3)

    def _ask(self) -> None:
        with httpx.Client(base_url=self.site.base_url, timeout=10, verify=PLAIN) as http:
            while not self.over.is_set():
                for path in ("/api/v1/search?q=党课", "/", "/healthz"):
                    self.asked[path] += 1
                    try:
                        status = http.get(path).status_code
                    except httpx.HTTPError as error:
                        self.refused.append((time.monotonic(), type(error).__name__))
                    else:
                        if status >= 500:
                            self.refused.append((time.monotonic(), str(status)))
                time.sleep(0.1)


def _location(person: Person, lesson: str, size_bytes: int) -> str:
    begun = person.begin_upload(lesson, "lecture.mp4", size_bytes)
    assert begun.status_code == 201, begun.text
    return begun.headers["Location"]


def _received(person: Person, lesson: str) -> None:
    """Raise AssertionError until the server says that it has the whole recording."""
    found = person.http.get(f"/api/v1/lessons/{lesson}")
    assert found.status_code == 200, found.text
    assert found.json()["recording"] in ("waiting", "working", "ready"), found.text


@contextmanager
def site(folder: Path) -> Iterator[Site]:
    """Start the scaled form in `folder`; it is ended afterwards, whatever happened."""
    with ExitStack() as ending:
        cluster = postgres.new_folder()
        ending.callback(postgres.remove, cluster)
        server = ending.enter_context(postgres.shared_server(cluster, durable=True))
        s3_port = free_port()
        s3_command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(s3_port)]
        s3 = Part("s3", s3_command, {}, folder / "s3.log")
        s3.start()
        ending.callback(s3.kill)
        _wait(f"http://127.0.0.1:{s3_port}/", s3)
        store = objects.S3Server(f"http://127.0.0.1:{s3_port}")
        urls = {name: server.url(server.create()) for name in ("database_url", "jobs_url")}
        urls["store_url"] = f"s3://{store.create_bucket()}"
        data = folder / "data"
        settings = Settings(data=data, store_options=store.options(), **urls, _env_file=None)  # type: ignore[call-arg,arg-type]
        ports = open_ports(settings)
        ending.callback(ports.close)
        add_people(ports)
        web_ports = [free_port(), free_port()]
        rendered = nginx_server.render(folder, web_ports[0], data=data)
        text = rendered.config.read_text("utf-8")
        first = f"server 127.0.0.1:{web_ports[0]};"
        rendered.config.write_text(
            text.replace(first, f"{first}\n        server 127.0.0.1:{web_ports[1]};"), "utf-8"
        )
        shared = {f"WEIKE_{name.upper()}": url for name, url in urls.items()} | {
            "WEIKE_STORE_OPTIONS": json.dumps(store.options()),
            "WEIKE_DATA": str(data),
            "WEIKE_LOG_FORMAT": "json",
            "WEIKE_PUBLIC_URL": rendered.base_url,
            "WEIKE_TRUSTED_PROXIES": "*",
            "WEIKE_WORKER_DEAD_AFTER_S": "10",
            # All players come from one address: each of them is to count at once.
            "WEIKE_VIEW_ADDRESS_MINUTE": "0",
            "WEIKE_VIEW_ADDRESS_CLIP_HOUR": "0",
        }
        weike = [sys.executable, "-m", "server.cli"]
        parts = {}
        for n, port in enumerate(web_ports, 1):
            own = {"WEIKE_PORT": str(port), "WEIKE_WORKER": "false", "WEIKE_EXECUTOR_ID": f"web-{n}"}
            parts[f"web-{n}"] = Part(f"web-{n}", [*weike, "serve"], shared | own, folder / f"web-{n}.log")
        for n in (1, 2):
            own = {"WEIKE_EXECUTOR_ID": f"worker-{n}"}
            parts[f"worker-{n}"] = Part(
                f"worker-{n}", [*weike, "worker"], shared | own, folder / f"worker-{n}.log"
            )
        start_nginx = ["/bin/sh", str(ROOT / "deploy" / "start-nginx.sh")]
        parts["nginx"] = Part("nginx", start_nginx, rendered.environment(), folder / "nginx.log")
        for part in parts.values():
            part.start()
            ending.callback(part.kill)
        for port in web_ports:
            _wait(f"http://127.0.0.1:{port}/readyz", s3)
        _wait(f"{rendered.base_url}/readyz", s3)
        yield Site(rendered.base_url, parts, s3, cluster, ports)


def _wait(url: str, part: Part, timeout_s: float = 90) -> None:
    end = time.monotonic() + timeout_s
    while time.monotonic() < end:
        with suppress(httpx.HTTPError):
            if httpx.get(url, verify=PLAIN, timeout=5).status_code < 500:
                return
        time.sleep(0.2)
    raise SystemExit(f"bench.scaled: {url} does not get ready; see {part.log.parent}")


def _crash_postgres(cluster: Path) -> None:
    """Kill one process of the cluster: all connections end, and it recovers from its log."""
    told = (cluster / "data" / "postmaster.pid").read_text("utf-8")
    for child in psutil.Process(int(told.splitlines()[0])).children():
        if "weike_" in " ".join(child.cmdline()):
            child.kill()
            return
    raise SystemExit("bench.scaled: PostgreSQL has no connection of ours")


def kill_each(running: Site, load: Load) -> dict[str, float]:
    """Kill every part once under load; returns for each for how many seconds people met errors."""
    outages = {}
    for name in (*running.parts, "postgresql", "s3"):
        time.sleep(QUIET_S)
        began = time.monotonic()
        if name in running.parts:
            running.parts[name].kill()
            time.sleep(DOWN_S)
            running.parts[name].start()
        elif name == "postgresql":
            _crash_postgres(running.cluster)
        elif running.s3.child is not None:
            os.kill(running.s3.child.pid, signal.SIGSTOP)
            time.sleep(DOWN_S)
            os.kill(running.s3.child.pid, signal.SIGCONT)
        time.sleep(RECOVER_S)
        met = [at for at, _ in load.refused if at >= began]
        outages[name] = max(met) - min(met) if met else 0.0
    return outages


def replace_each_web(running: Site, load: Load) -> int:
    """Replace the web processes one by one as an upgrade does; returns how many requests failed."""
    before = len(load.refused)
    for name in ("web-1", "web-2"):
        time.sleep(QUIET_S)
        running.parts[name].stop()
        running.parts[name].start()
        time.sleep(RECOVER_S)
    return len(load.refused) - before


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="one object instead of a table")
    chosen = parser.parse_args()
    about = machine()
    with tempfile.TemporaryDirectory(prefix="weike-scaled-") as name, site(Path(name)) as running:
        lectures = Path(name) / "lectures"
        lectures.mkdir()
        load = Load(running, lectures)
        threads = load.run()
        outages = kill_each(running, load)
        failed = replace_each_web(running, load)
        load.over.set()
        for thread in threads:
            thread.join(PATIENCE_S)
        unmade, twins = _left_over(running, load)
        gone, again = _kept(running, load)
        found = beating.look(running.ports.db, load.players, running.ports.settings.view_rule)
    figures = [
        Figure("beats_lost", f"acknowledged beats lost (of {found.acknowledged})", found.lost, 0),
        Figure("beats_twice", "beats counted twice", found.twice, 0),
        Figure("uploads_lost", f"uploads acknowledged and not made (of {len(load.uploaded)})", unmade, 0),
        Figure("uploads_twice", "lessons with a clip too many", twins, 0),
        Figure("forms_lost", f"forms answered as taken and not kept (of {len(load.taken)})", gone, 0),
        Figure("forms_twice", f"forms kept twice (of {load.posted} sent)", again, 0),
        Figure("upgrade_failed", "requests that failed while the web processes were replaced", failed, 0),
        *(
            Figure(f"outage_{part}_s", f"{part} killed: seconds in which people met errors", outage_s, None)
            for part, outage_s in outages.items()
        ),
    ]
    show(figures, about, as_json=chosen.json)


def _kept(running: Site, load: Load) -> tuple[int, int]:
    """Return how many words of forms that were taken are not there, and how many are there twice."""
    with running.ports.db.read() as session:
        kept = Counter(word for entry in session.scalars(select(TaughtEntry)) for word in entry.words)
    return sum(not kept[word] for word in load.taken), sum(count > 1 for count in kept.values())


def _left_over(running: Site, load: Load) -> tuple[int, int]:
    """Return how many uploaded lessons are not ready after all, and how many have too many clips."""
    unmade = twins = 0
    with Person(running.base_url) as person:
        person.sign_in("staff", password("staff"))
        end = time.monotonic() + PATIENCE_S
        for lesson in load.uploaded:
            try:
                made = person.wait(lesson, max(1.0, end - time.monotonic()))
            except AssertionError:
                unmade += 1
                continue
            unmade += made["recording"] != "ready"
            twins += len(made["clips"]) > 1
    return unmade, twins


if __name__ == "__main__":
    main()
