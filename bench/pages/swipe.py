"""From a swipe to the first picture of the next clip on a phone: `python -m bench.pages.swipe`.

Under the line and the processor of bench.first_frame. The first clip is tapped and plays; once how the next
one begins has come, a swipe leads to it. What is told is the time from the moment at which the next clip
fills the screen, and the bytes of video that came before the tap and before the swipe.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path
from statistics import median
from typing import Any

from playwright.sync_api import Browser

from bench.first_frame import FILMS, LINES, PHONE, PORT, SLOWER, _chromium, _clip, _serving

_SWIPE = """() => new Promise((resolve) => {
  const feed = document.getElementById('feed');
  const video = document.getElementById('video');
  const second = document.querySelectorAll('.feed-clip')[1];
  feed.classList.remove('glide');
  feed.addEventListener('scroll', () => {
    const came = performance.now();
    const shown = () => {
      if (video.currentTime < 1 && video.classList.contains('shown')) resolve(performance.now() - came);
      else video.requestVideoFrameCallback(shown);
    };
    video.requestVideoFrameCallback(shown);
  }, { once: true });
  feed.scrollTo({ top: second.offsetTop });
})"""


def main() -> None:
    """Measure and print."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--runs", type=int, default=5)
    asked.add_argument("--data", type=Path, help="a library that an earlier run made, or will make, here")
    given = asked.parse_args()
    with tempfile.TemporaryDirectory() as made:
        data = given.data or Path(made) / "data"
        for film in FILMS:
            _clip(data, film)
        with _serving(data), _chromium() as browser:
            runs = [_run(browser, f"http://127.0.0.1:{PORT}/feed") for _ in range(given.runs)]
    times = sorted(one["swipe_ms"] for one in runs)
    spread = f"{times[0]:.0f} to {times[-1]:.0f}, {len(times)} runs"
    print(f"next clip after a swipe: {median(times):.0f} ms ({spread})")
    print(f"bytes of video before the tap: {max(one['before_tap'] for one in runs):.0f}")
    print(f"bytes of the next clip before the swipe: {median(one['ahead'] for one in runs):.0f}")


def _run(browser: Browser, url: str) -> dict[str, float]:
    context = browser.new_context(**PHONE)
    page = context.new_page()
    line = context.new_cdp_session(page)
    line.send("Network.enable")
    latency_ms, down_bps, up_bps = LINES["fast-3g"]
    weather = {"offline": False, "latency": latency_ms, "downloadThroughput": down_bps / 8}
    line.send("Network.emulateNetworkConditions", {**weather, "uploadThroughput": up_bps / 8})
    line.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    names: dict[str, str] = {}
    bytes_of: dict[str, int] = {}

    def ended(event: dict[str, Any]) -> None:
        name = names.get(event["requestId"], "")
        if name.endswith((".m4s", ".mp4")):
            bytes_of[name] = bytes_of.get(name, 0) + int(event["encodedDataLength"])

    line.on(
        "Network.requestWillBeSent", lambda event: names.update({event["requestId"]: event["request"]["url"]})
    )
    line.on("Network.loadingFinished", ended)
    page.goto(url)
    page.wait_for_selector(".swiping")
    page.wait_for_timeout(3000)
    before_tap = sum(bytes_of.values())
    told = page.evaluate("() => JSON.parse(document.getElementById('feed-data').textContent)[1].master")
    second = told.removesuffix("master.m3u8")
    page.tap(".feed-play >> nth=0")
    page.wait_for_selector("#video.shown", timeout=60_000)
    for _ in range(300):
        if any(second in name and name.endswith("00001.m4s") for name in bytes_of):
            break
        page.wait_for_timeout(100)
    page.wait_for_timeout(500)
    ahead = sum(size for name, size in bytes_of.items() if second in name)
    swipe_ms = page.evaluate(_SWIPE)
    context.close()
    return {"swipe_ms": swipe_ms, "before_tap": before_tap, "ahead": ahead}


if __name__ == "__main__":
    main()
