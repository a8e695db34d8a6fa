"""From the tap to the first picture on a phone: `python -m bench.first_frame`, by Chromium's throttling.

The line is that of DevTools' "Fast 3G" (1.44 Mbit/s down, 562 ms there and back) or, with `--line slow-3g`,
"Slow 3G" (400 kbit/s, 2 s), the processor four times slower. Two films: slides, which weigh little, and a
camera that uses all that its rendition may. Each page is opened with an empty cache, and tapped at once, as
soon as its button works, or 8 s after it was loaded.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from shutil import which
from statistics import median
from typing import Any
from urllib.request import urlopen

from playwright.sync_api import Browser, sync_playwright

from transcode.tools import find_tools

PORT = 8765
FILM_S = 60
SLOWER = 4
LINES = {"fast-3g": (562.5, 1_440_000, 675_000), "slow-3g": (2000.0, 400_000, 400_000)}
"""Milliseconds there and back, bits a second down and up."""
WAITS_S = (0.0, 8.0)
PHONE: dict[str, Any] = {
    "viewport": {"width": 360, "height": 740},
    "device_scale_factor": 3,
    "is_mobile": True,
    "has_touch": True,
    "locale": "zh-CN",
}
FILMS = {
    "slides": f"testsrc=s=1280x720:r=25:d={FILM_S}",
    "camera": f"testsrc2=s=1280x720:r=25:d={FILM_S},noise=alls=12:allf=t",
}
_FIRST_FRAME = """() => new Promise((resolve) => {
  const tapped = window.tapped = performance.now();
  const video = document.querySelector('video');
  video.requestVideoFrameCallback(() => resolve((performance.now() - tapped) / 1000));
  document.querySelector('[data-do=begin]').click();
})"""


@dataclass
class Run:
    """One opening of the page: seconds from the tap to the first frame, and what was asked for when."""

    first_frame_s: float = 0.0
    asked: list[tuple[float, float, str, int]] = field(default_factory=list)


def main() -> None:
    """Measure, and print the medians; `--detail` also what the last run of each asked for."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--runs", type=int, default=5)
    asked.add_argument("--films", nargs="*", default=list(FILMS))
    asked.add_argument("--data", type=Path, help="a library that an earlier run made, or will make, here")
    asked.add_argument("--line", choices=LINES, default="fast-3g")
    asked.add_argument("--detail", action="store_true")
    given = asked.parse_args()
    with tempfile.TemporaryDirectory() as made:
        data = given.data or Path(made) / "data"
        clips = {film: _clip(data, film) for film in given.films}
        with _serving(data), _chromium() as browser:
            for film, clip in clips.items():
                for wait_s in WAITS_S:
                    runs = [
                        _open(browser, f"http://127.0.0.1:{PORT}/clips/{clip}", wait_s, given.line)
                        for _ in range(given.runs)
                    ]
                    _tell(film, wait_s, runs, detail=given.detail)


def _tell(film: str, wait_s: float, runs: Sequence[Run], *, detail: bool) -> None:
    times = sorted(run.first_frame_s for run in runs)
    tapped = f"{wait_s:g} s after the page" if wait_s else "at once"
    spread = f"{times[0]:.2f} to {times[-1]:.2f}, {len(times)} runs"
    print(f"{film}, tapped {tapped}: {median(times):.2f} s ({spread})")
    for begun, ended, name, size in sorted(one for one in runs[-1].asked if one[3]) if detail else ():
        print(f"    {begun:7.2f} {ended:7.2f} {size:8d}  {name}")


def _weike(data: Path, *words: str) -> list[str]:
    return [sys.executable, "-m", "server.cli", "--data", str(data), *words]


def _clip(data: Path, film: str) -> str:
    """Return the clip of a film, made now unless the library has it."""
    data.mkdir(parents=True, exist_ok=True)
    file = data.parent / f"{film}.mp4"
    if not file.exists():
        drawn = ["-f", "lavfi", "-i", FILMS[film]]
        sound = ["-f", "lavfi", "-i", f"anoisesrc=d={FILM_S}:a=0.2,lowpass=f=2000"]
        coded = ["-c:v", "libx264", "-preset", "veryfast", "-pix_fmt", "yuv420p", "-c:a", "aac"]
        subprocess.run(
            [
                str(find_tools().ffmpeg),
                "-v",
                "error",
                "-y",
                *drawn,
                *sound,
                *coded,
                "-t",
                str(FILM_S),
                str(file),
            ],
            check=True,
        )
    told = subprocess.run(
        _weike(data, "ingest", str(file), "--title", film, "--publish", "--json"),
        check=True,
        capture_output=True,
    )
    clip: str = json.loads(told.stdout)["clips"][0]["id"]
    return clip


@contextmanager
def _serving(data: Path) -> Iterator[None]:
    settings = {**os.environ, "WEIKE_WORKER": "false"}
    server = subprocess.Popen(
        _weike(data, "serve", "--port", str(PORT)),
        env=settings,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        for _ in range(300):
            try:
                urlopen(f"http://127.0.0.1:{PORT}/healthz").close()
                break
            except OSError:
                time.sleep(0.1)
        yield
    finally:
        server.terminate()
        server.wait()


@contextmanager
def _chromium() -> Iterator[Browser]:
    path = os.environ.get("CHROMIUM_PATH") or which("chromium") or which("google-chrome")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=path, args=["--no-sandbox", "--disable-gpu", "--mute-audio"]
        )
        yield browser
        browser.close()


def _open(browser: Browser, url: str, wait_s: float, kind: str) -> Run:
    """Open the page as a phone for the first time, tap, and wait for the picture."""
    run, context = Run(), browser.new_context(**PHONE)
    latency_ms, down_bps, up_bps = LINES[kind]
    page = context.new_page()
    line = context.new_cdp_session(page)
    line.send("Network.enable")
    line.send(
        "Network.emulateNetworkConditions",
        {
            "offline": False,
            "latency": latency_ms,
            "downloadThroughput": down_bps / 8,
            "uploadThroughput": up_bps / 8,
        },
    )
    line.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    begun: dict[str, tuple[float, float, str]] = {}
    times: list[tuple[float, float, str, int]] = []

    def began(event: dict[str, Any]) -> None:
        begun[event["requestId"]] = (event["wallTime"], event["timestamp"], event["request"]["url"])

    def ended(event: dict[str, Any]) -> None:
        if event["requestId"] in begun:
            wall_s, clock_s, address = begun[event["requestId"]]
            name = "/".join(address.split("?")[0].rsplit("/", 2)[-2:])
            took_s = event["timestamp"] - clock_s
            times.append((wall_s, wall_s + took_s, name, int(event["encodedDataLength"])))

    line.on("Network.requestWillBeSent", began)
    line.on("Network.loadingFinished", ended)
    page.goto(url, wait_until="commit")
    page.wait_for_selector(".stage.ready", timeout=60_000)
    if wait_s:
        page.wait_for_load_state("load")
        page.wait_for_timeout(1000 * wait_s)
    run.first_frame_s = page.evaluate(_FIRST_FRAME)
    tapped_s = page.evaluate("(performance.timeOrigin + window.tapped) / 1000")
    run.asked = [(from_s - tapped_s, to_s - tapped_s, name, size) for from_s, to_s, name, size in times]
    context.close()
    return run


if __name__ == "__main__":
    main()
