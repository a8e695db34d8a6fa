"""What delivering media costs beside plain nginx: `python -m bench.delivery [--json]`.

Ratios of requests per second, measured by wrk in turns (A B C, A B C ...), each way asked for the same 614 kB
segments over 64 connections: nginx with deploy/nginx.conf and one worker, our own route in one process,
Starlette's FileResponse, and an nginx that only serves files. Playlists are measured beside empty routes.
At last 500 viewers on slow lines, and the memory of the process that serves them.
"""

from __future__ import annotations

import argparse
import os
import re
import resource
import selectors
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path
from statistics import median

from bench.measure import machine, ratio
from bench.media_servers import EMPTY
from bench.report import Figure, show
from library.intake.files.objects import clip_prefix
from server.delivery.signing import MediaSigner
from tests.setup import nginx_server
from tests.support.server import free_port, new_data

CLIP, PLAN = "abcdefgh23456789", "0123456789ab"
SEGMENT_BYTES, SEGMENTS = 614_400, 200
LONG_BYTES = 64 * 1024 * 1024
PLAYLIST = "#EXTM3U\n" + "".join(f"#EXTINF:4.0,\n{n:05}.m4s\n" for n in range(1, SEGMENTS + 1))
CONNECTIONS, SLOW, SLOW_S = 64, 500, 20.0

PLAIN = """worker_processes 1;
pid {run}/plain.pid;
error_log stderr warn;
events {{ worker_connections 4096; }}
http {{
    client_body_temp_path {run}/body;
    sendfile on;
    tcp_nopush on;
    access_log {run}/plain.log;
    server {{ listen 127.0.0.1:{port}; root {root}; }}
}}
"""


@dataclass(frozen=True)
class Site:
    """Where one way of serving answers, and under which paths."""

    port: int
    paths: tuple[str, ...]


def main() -> None:
    """Read the options, measure, print."""
    parser = argparse.ArgumentParser(prog="python -m bench.delivery", description=__doc__)
    parser.add_argument("--json", action="store_true", help="one object of figure: value")
    parser.add_argument("--seconds", type=int, default=4, help="of each measurement (default 4)")
    parser.add_argument("--rounds", type=int, default=5, help="turns that each way gets (default 5)")
    chosen = parser.parse_args()
    search = f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin"
    nginx, wrk = shutil.which("nginx", path=search), shutil.which("wrk")
    if nginx is None or wrk is None:
        raise SystemExit("bench.delivery needs nginx and wrk (Debian: apt install nginx wrk)")
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, max(soft, 4096)), hard))
    about = f"{date.today()}; {machine()}; {version(nginx)}; "  # noqa: DTZ011 - the reader's day
    about += f"{chosen.rounds} rounds of {chosen.seconds} s"
    with tempfile.TemporaryDirectory(prefix="bench-delivery-") as folder, ExitStack() as stack:
        figures = measured(
            stack, Path(folder), nginx, partial(_per_second, wrk, chosen.seconds), chosen.rounds
        )
    show(figures, about, as_json=chosen.json)


def measured(
    stack: ExitStack, work: Path, nginx: str, per_second: Callable[[Site], float], rounds: int
) -> list[Figure]:
    """Start everything, warm it, measure in turns; whatever was started ends with `stack`."""
    data = new_data(work / "data")
    root = data / "objects" / clip_prefix(CLIP, PLAN)
    fill(root)
    weike, starlette, fastapi = (
        stack.enter_context(serving(kind, folder, work))
        for kind, folder in (("weike", data), ("starlette", root), ("fastapi", root))
    )
    signer = MediaSigner((data / "media_secret").read_text().strip())
    address = partial(signer.path, CLIP, PLAN, audience="everyone", expires=int(time.time()) + 24 * 3600)
    names = [f"720p/{n:05}.m4s" for n in range(1, SEGMENTS + 1)]
    signed = tuple(address(file=name) for name in names)
    bare = tuple(f"/{name}" for name in names)
    ours = Site(weike.port, signed)
    segments = {
        "plain": Site(stack.enter_context(_plain_nginx(nginx, root, work)), bare),
        "nginx": Site(stack.enter_context(_our_nginx(data, weike.port, work)), signed),
        "route": ours,
        "starlette": Site(starlette.port, bare),
    }
    small = {
        "playlist": Site(weike.port, (address(file="720p/index.m3u8"),)),
        "empty": Site(weike.port, (EMPTY,)),
        "bare": Site(fastapi.port, (EMPTY,)),
    }
    rates = in_turns({**segments, **small}, per_second, rounds)
    for name, found in rates.items():
        print(f"{name}: {median(found):,.0f} requests/s", file=sys.stderr)
    rss_mb = slow_viewers(weike, [*signed[: SLOW // 2], address(file="download_720p_00112233.mp4")])
    figures = [
        Figure(key, words, ratio(rates[above], rates[below]), reach, at_most=False)
        for key, words, above, below, reach in RATIOS
    ]
    words = f"MB of memory of our process at {SLOW} slow viewers"
    return [*figures, Figure("slow_rss_mb", words, rss_mb, 300.0)]


RATIOS = (
    ("nginx", "614 kB segments: nginx with our signature / plain nginx", "nginx", "plain", 0.9),
    ("route", "614 kB segments: our own route / plain nginx", "route", "plain", 0.55),
    ("starlette", "614 kB segments: our own route / Starlette FileResponse", "route", "starlette", 8.0),
    ("playlist", "playlist from memory / empty route of the same app", "playlist", "empty", 0.9),
    ("playlist_bare", "playlist from memory / empty route of an empty app", "playlist", "bare", None),
)


def fill(root: Path) -> None:
    """Write the files of a clip, each segment with bytes of its own."""
    (root / "720p").mkdir(parents=True)
    (root / "720p" / "index.m3u8").write_text(PLAYLIST)
    for n in range(1, SEGMENTS + 1):
        (root / "720p" / f"{n:05}.m4s").write_bytes(os.urandom(SEGMENT_BYTES))
    (root / "download_720p_00112233.mp4").write_bytes(bytes(LONG_BYTES))


def in_turns(
    sites: Mapping[str, Site], per_second: Callable[[Site], float], rounds: int
) -> dict[str, list[float]]:
    """Return requests per second of each site; a first turn, which warms caches, does not count."""
    rates: dict[str, list[float]] = {name: [] for name in sites}
    for n in range(rounds + 1):
        for name, site in sites.items():
            rate = per_second(site)
            if n:
                rates[name].append(rate)
    return rates


_ALL_IN_TURN = """
local requests, n = {}, 0
function init(args)
    for n, path in ipairs(args) do requests[n] = wrk.format("GET", path) end
end
function request()
    n = n % #requests + 1
    return requests[n]
end
"""


def _per_second(wrk: str, seconds: int, site: Site) -> float:
    """Return requests per second; stops the bench when an answer is not what it should be."""
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as script:
        script.write(_ALL_IN_TURN)
        script.flush()
        url = f"http://127.0.0.1:{site.port}/"
        # A busy machine may be slow, and that counts; only what is wrong stops the bench.
        load = ["-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", "--timeout", "30s", "-s", script.name]
        command = [wrk, *load, url, "--", *site.paths]
        said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    rate = re.search(r"Requests/sec:\s+([0-9.]+)", said)
    if rate is None or "Non-2xx" in said or "Socket errors" in said:
        raise SystemExit(f"bench.delivery: {url}{site.paths[0]} is not served well:\n{said}")
    return float(rate[1])


# ---------------------------------------------------------------------- who serves


@dataclass(frozen=True)
class Server:
    """A process that serves."""

    port: int
    pid: int


@contextmanager
def serving(kind: str, data: Path, work: Path) -> Iterator[Server]:
    """Run one of bench.media_servers for the block."""
    port = free_port()
    with (work / f"{kind}.log").open("wb") as log:
        command = [sys.executable, "-m", "bench.media_servers", kind, str(data), str(port)]
        child = subprocess.Popen(command, stdout=log, stderr=log)
    try:
        _until_it_listens(port, child, work / f"{kind}.log")
        yield Server(port, child.pid)
    finally:
        child.terminate()
        child.wait(timeout=30)


@contextmanager
def _our_nginx(data: Path, upstream_port: int, work: Path) -> Iterator[int]:
    folder = work / "ours"
    folder.mkdir()
    site = nginx_server.render(folder, upstream_port, data=data)
    text = site.config.read_text()
    site.config.write_text(text.replace("worker_processes auto;", "worker_processes 1;"))
    with nginx_server.running(site):
        yield site.port


@contextmanager
def _plain_nginx(nginx: str, root: Path, work: Path) -> Iterator[int]:
    port = free_port()
    folder = work / "plain"
    folder.mkdir()
    config = folder / "nginx.conf"
    user = "user root;\n" if os.geteuid() == 0 else ""  # as nginx_server does
    config.write_text(user + PLAIN.format(run=folder, port=port, root=root))
    with (folder / "start.log").open("wb") as log:
        child = subprocess.Popen([nginx, "-c", str(config), "-g", "daemon off;"], stdout=log, stderr=log)
    try:
        _until_it_listens(port, child, folder / "start.log")
        yield port
    finally:
        child.terminate()
        child.wait(timeout=30)


def _until_it_listens(port: int, child: subprocess.Popen[bytes], log: Path) -> None:
    end = time.monotonic() + 60
    while time.monotonic() < end and child.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise SystemExit(f"bench.delivery: a server does not start:\n{log.read_text()[-4000:]}")


def version(nginx: str) -> str:
    """Return what an nginx calls itself."""
    return subprocess.run([nginx, "-v"], check=True, capture_output=True, text=True).stderr.strip()


# ---------------------------------------------------------------------- slow viewers


def slow_viewers(server: Server, paths: list[str]) -> float:
    """Return the most memory in MB (VmRSS) that a process had while SLOW viewers took 8 kB/s each."""
    waiting = selectors.DefaultSelector()
    lines = []
    for n in range(SLOW):
        line = socket.socket()
        line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        line.connect(("127.0.0.1", server.port))
        # Every second one takes a file that fits into no buffer of the kernel.
        path = paths[-1] if n % 2 else paths[n % (len(paths) - 1)]
        line.sendall(f"GET {path} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        waiting.register(line, selectors.EVENT_READ)
        lines.append(line)
    most_mb, end = 0.0, time.monotonic() + SLOW_S
    answered: set[int] = set()
    while time.monotonic() < end:
        began = time.monotonic()
        for key, _events in waiting.select(0):
            if os.read(key.fd, 4096):
                answered.add(key.fd)
        most_mb = max(most_mb, _rss_mb(server.pid))
        time.sleep(max(0.0, 0.5 - (time.monotonic() - began)))
    for line in lines:
        line.close()
    if len(answered) < SLOW:
        raise SystemExit(f"bench.delivery: only {len(answered)} of {SLOW} slow viewers are served")
    return most_mb


def _rss_mb(pid: int) -> float:
    found = re.search(r"VmRSS:\s+([0-9]+) kB", Path(f"/proc/{pid}/status").read_text())
    assert found is not None
    return int(found[1]) / 1024


if __name__ == "__main__":
    main()
