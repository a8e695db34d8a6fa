"""Video and transcript: they decode, move, agree with each other, and are made once."""

from __future__ import annotations

import array
import re
import shutil
import subprocess
from dataclasses import replace
from datetime import date
from itertools import pairwise
from pathlib import Path

import pytest
from PIL import Image, ImageChops

from server.demo import media, slides
from server.demo.content import DemoLesson, lessons
from server.demo.fonts import Fonts
from server.demo.script import lines
from transcode.errors import Cancelled, Failed
from transcode.reading.probe import probe
from transcode.tools import Tools

pytestmark = pytest.mark.dear(21)

STAMP = re.compile(r"(\d\d):(\d\d):(\d\d),(\d{3}) --> (\d\d):(\d\d):(\d\d),(\d{3})\n(.+)\n")


def _cues(path: Path) -> list[tuple[float, float, str]]:
    found = []
    for *numbers, text in STAMP.findall(path.read_text("utf-8")):
        h1, m1, s1, f1, h2, m2, s2, f2 = map(int, numbers)
        found.append((h1 * 3600 + m1 * 60 + s1 + f1 / 1000, h2 * 3600 + m2 * 60 + s2 + f2 / 1000, text))
    return found


def _frame(tools: Tools, video: Path, at_s: float, target: Path) -> Image.Image:
    command = [str(tools.ffmpeg), "-v", "error", "-y", "-ss", str(at_s), "-i", str(video), "-frames:v", "1"]
    subprocess.run([*command, str(target)], check=True, timeout=60)
    return Image.open(target).convert("RGB")


def _differs(a: Image.Image, b: Image.Image) -> bool:
    """More than what encoding alone changes."""
    return max(high for _, high in ImageChops.difference(a, b).getextrema()) > 60  # type: ignore[misc]


@pytest.mark.slow
def test_the_video_is_whole(made: media.DemoMedia, wheel_tools: Tools) -> None:
    facts = probe(wheel_tools, made.video)
    assert facts.video is not None
    assert facts.audio is not None
    assert (facts.video.codec, facts.video.width, facts.video.height) == ("h264", 1280, 720)
    assert (facts.video.fps, facts.video.pix_fmt, facts.audio.codec) == (media.FPS, "yuv420p", "aac")
    assert facts.duration_s == pytest.approx(made.duration_s, abs=0.05)
    command = [
        str(wheel_tools.ffmpeg),
        "-v",
        "error",
        "-xerror",
        "-i",
        str(made.video),
        "-f",
        "framecrc",
        "-",
    ]
    done = subprocess.run(
        [*command[:-3], "-map", "0:v", *command[-3:]], capture_output=True, text=True, timeout=60
    )
    assert (done.returncode, done.stderr) == (0, "")
    stamps = [int(row.split(",")[2]) for row in done.stdout.splitlines() if not row.startswith("#")]
    assert stamps == list(range(round(made.duration_s * media.FPS)))  # no frame missing, none twice


@pytest.mark.slow
def test_the_transcript_agrees_with_the_sound(
    made: media.DemoMedia, wheel_tools: Tools, small_lesson: DemoLesson
) -> None:
    command = [str(wheel_tools.ffmpeg), "-v", "error", "-i", str(made.video), "-ac", "1", "-ar", "8000"]
    raw = subprocess.run([*command, "-f", "s16le", "-"], capture_output=True, check=True, timeout=60).stdout
    samples = array.array("h", raw)

    def loudest(start_s: float, end_s: float) -> int:
        return max(map(abs, samples[round(start_s * 8000) : round(end_s * 8000)]))

    cues = _cues(made.transcript)
    assert [text for _, _, text in cues] == [line.text for line in lines(small_lesson)]
    assert all(loudest(start_s, end_s) > 4000 for start_s, end_s, _ in cues)
    # 50 ms at each side: the coder smears the edges a little
    gaps = [(before[1], after[0]) for before, after in pairwise(cues)]
    assert all(loudest(start_s + 0.05, end_s - 0.05) < 300 for start_s, end_s in gaps)


@pytest.mark.slow
def test_the_picture_moves_and_the_slide_changes_between_two_sections(
    made: media.DemoMedia, wheel_tools: Tools, small_lesson: DemoLesson, tmp_path: Path
) -> None:
    first_of_second = sum(len(p) for p in small_lesson.sections[0].paragraphs)
    cues = _cues(made.transcript)
    border_s = next(start_s for start_s, _, text in cues if text == small_lesson.sentences[first_of_second])
    foot = (0, slides.HEIGHT - slides.RIBBON_HEIGHT, slides.WIDTH, slides.HEIGHT)
    body = (0, 0, slides.WIDTH, slides.HEIGHT - slides.RIBBON_HEIGHT)
    at = {
        s: _frame(wheel_tools, made.video, s, tmp_path / f"{s}.png")
        for s in (1.0, 3.0, border_s - 0.25, border_s + 0.25)
    }
    assert _differs(at[1.0].crop(foot), at[3.0].crop(foot))
    assert not _differs(at[1.0].crop(body), at[border_s - 0.25].crop(body))
    assert _differs(at[1.0].crop(body), at[border_s + 0.25].crop(body))


@pytest.mark.slow
def test_what_is_made_is_not_made_again_and_leftovers_do_no_harm(
    wheel_made: media.DemoMedia, small_lesson: DemoLesson, wheel_tools: Tools, fonts: Fonts
) -> None:
    folder = wheel_made.video.parent.parent
    before = wheel_made.video.stat().st_mtime_ns
    again = media.make(replace(small_lesson, date=date(2020, 1, 1)), folder, wheel_tools, fonts)
    assert again == wheel_made
    assert again.video.stat().st_mtime_ns == before
    # A process that was killed left its half-made folder; the finished one is gone too.
    leftover = folder / f".making-{wheel_made.video.parent.name}"
    shutil.move(wheel_made.video.parent, leftover)
    try:
        with pytest.raises(Cancelled):
            media.make(small_lesson, folder, wheel_tools, fonts, should_stop=lambda: True)
        assert list(folder.iterdir()) == []
    finally:
        media.make(small_lesson, folder, wheel_tools, fonts)
    assert [path.name for path in folder.iterdir()] == [wheel_made.video.parent.name]


@pytest.mark.slow
def test_a_failing_tool_leaves_nothing_behind(
    small_lesson: DemoLesson, wheel_tools: Tools, fonts: Fonts, tmp_path: Path
) -> None:
    with pytest.raises(Failed):
        media.make(small_lesson, tmp_path, replace(wheel_tools, ffmpeg=Path("/bin/false")), fonts)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
def test_the_long_lesson_is_long_enough_to_be_split_in_three(tmp_path: Path) -> None:
    lesson = lessons()[-1]
    spoken = media.speak(lines(lesson), media.VOICES[lesson.voice], tmp_path)
    assert 25 * 60 < spoken.duration_s < 29 * 60
    assert len(spoken.section_ends_s) == 12


def test_the_digest_follows_the_text_and_not_the_date(small_lesson: DemoLesson) -> None:
    same = media.digest(small_lesson)
    assert re.fullmatch("[0-9a-f]{12}", same)
    assert media.digest(replace(small_lesson, date=date(2020, 1, 1))) == same
    assert media.digest(replace(small_lesson, title="别的题目")) != same
    assert media.digest(replace(small_lesson, voice="male")) != same


def test_loops_fill_each_section_to_the_frame() -> None:
    assert media.join_list([12.0, 13.5]).splitlines() == [
        "ffconcat version 1.0",
        "file loop00.mp4",
        "file loop00.mp4",
        "file loop01.mp4",
        "outpoint 1.5",
    ]


def test_srt_counts_hours_and_rounds_to_milliseconds() -> None:
    assert media.to_srt(["一", "二"], [(0.0, 1.9996), (3725.5, 3726.0)]) == (
        "1\n00:00:00,000 --> 00:00:02,000\n一\n\n2\n01:02:05,500 --> 01:02:06,000\n二\n"
    )


def test_srt_refuses_a_line_without_a_time() -> None:
    with pytest.raises(ValueError):
        media.to_srt(["一", "二"], [(0.0, 1.0)])
