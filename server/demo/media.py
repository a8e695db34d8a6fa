"""Making a lesson's video and transcript.

Cheap on purpose: each slide is encoded once as a loop of six seconds in which the ribbon at its foot moves,
and the loops are then joined without encoding again. 26 minutes cost the encoder 72 seconds of picture.
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
import shutil
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from server.demo import slides, speech
from server.demo.content import DemoLesson
from server.demo.errors import DemoUnavailable
from server.demo.fonts import Fonts
from server.demo.script import LEAD_IN_S, Line, lines
from transcode.run import run
from transcode.tools import Tools

RECIPE = 1
"""Raise it when the drawing or the voice changes, so that what is already made is made again."""

FPS = 10
LOOP_FRAMES = 60
RATE_WPM = 140
"""espeak-ng's measure; in Mandarin this is about 180 characters a minute, a calm lecturer."""

VOICES = {"male": "cmn", "female": "cmn+f2"}

_TIMEOUT_S = 600.0


@dataclass(frozen=True)
class DemoMedia:
    """A made lesson."""

    video: Path
    transcript: Path
    duration_s: float


@dataclass(frozen=True)
class Spoken:
    """What the voice program reports: when each line is heard, when each section ends."""

    cues: tuple[tuple[float, float], ...]
    section_ends_s: tuple[float, ...]
    duration_s: float


def make(
    lesson: DemoLesson,
    folder: Path,
    tools: Tools,
    fonts: Fonts,
    should_stop: Callable[[], bool] | None = None,
) -> DemoMedia:
    """Return the lesson's video (H.264, AAC) and transcript (.srt) in `folder`, made now or before.

    One process at a time may make a lesson in a folder. Raises DemoUnavailable (voice_missing),
    TranscodeError (disk_full, tool_failed, ...; Cancelled when `should_stop` says so), OSError.
    """
    done = folder / f"{lesson.key}-{digest(lesson)}"
    if not done.is_dir():
        if importlib.util.find_spec("espeakng_loader") is None:
            raise DemoUnavailable("voice_missing", ("espeakng-loader",))
        work = folder / f".making-{done.name}"
        shutil.rmtree(work, ignore_errors=True)  # left by a process that was killed
        work.mkdir(parents=True)
        try:
            _make_in(work, lesson, tools, fonts, should_stop)
            (work / "made").rename(done)
        finally:
            shutil.rmtree(work, ignore_errors=True)
    duration_s = float(json.loads((done / "made.json").read_text("utf-8"))["duration_s"])
    return DemoMedia(done / f"{lesson.key}.mp4", done / f"{lesson.key}.srt", duration_s)


def digest(lesson: DemoLesson) -> str:
    """Return 12 hex digits that change with everything seen or heard (not with the date, which moves)."""
    seen = asdict(lesson) | {"date": None, "recipe": RECIPE, "voice": VOICES[lesson.voice], "rate": RATE_WPM}
    return hashlib.sha256(json.dumps(seen, ensure_ascii=False, sort_keys=True).encode()).hexdigest()[:12]


def _make_in(
    work: Path, lesson: DemoLesson, tools: Tools, fonts: Fonts, should_stop: Callable[[], bool] | None
) -> None:
    made = work / "made"
    made.mkdir()
    said = lines(lesson)
    spoken = speak(said, VOICES[lesson.voice], work, should_stop)
    _draw(lesson, fonts, work)
    for n in range(len(lesson.sections)):
        run(loop_args(tools, work, n), timeout_s=_TIMEOUT_S, should_stop=should_stop, cwd=work)
    (work / "list.txt").write_text(join_list(spoken.section_ends_s), "utf-8")
    run(
        join_args(tools, work, made / f"{lesson.key}.mp4"),
        timeout_s=_TIMEOUT_S,
        should_stop=should_stop,
        cwd=made,
    )
    (made / f"{lesson.key}.srt").write_text(to_srt([line.text for line in said], spoken.cues), "utf-8")
    (made / "made.json").write_text(json.dumps({"duration_s": spoken.duration_s}), "utf-8")


def speak(
    said: Sequence[Line], voice: str, work: Path, should_stop: Callable[[], bool] | None = None
) -> Spoken:
    """Speak lines into `work`/voice.wav. Raises TranscodeError, OSError."""
    job = {
        "voice": voice,
        "rate_wpm": RATE_WPM,
        "grid_hz": FPS,
        "lead_in_s": LEAD_IN_S,
        "lines": [asdict(line) for line in said],
    }
    job_file, wav, cues_file = work / "job.json", work / "voice.wav", work / "cues.json"
    job_file.write_text(json.dumps(job), "utf-8")
    program = str(Path(speech.__file__).resolve())
    # -I: neither the current folder nor the environment decides what it imports.
    run(
        [sys.executable, "-I", program, str(job_file), str(wav), str(cues_file)],
        timeout_s=_TIMEOUT_S,
        should_stop=should_stop,
        cwd=work,  # a child may write nowhere else
    )
    data = json.loads(cues_file.read_text("utf-8"))
    cues = tuple((float(start_s), float(end_s)) for start_s, end_s in data["cues"])
    return Spoken(cues, tuple(map(float, data["section_ends_s"])), float(data["duration_s"]))


def _draw(lesson: DemoLesson, fonts: Fonts, work: Path) -> None:
    for n in range(LOOP_FRAMES):
        slides.ribbon(n / LOOP_FRAMES).save(work / f"ribbon{n:02}.png", compress_level=1)
    for n in range(len(lesson.sections)):
        slides.draw(lesson, n, fonts).save(work / f"slide{n:02}.png", compress_level=1)


def loop_args(tools: Tools, work: Path, n: int) -> list[str]:
    """Return the command that encodes slide `n` with its moving ribbon. Pure."""
    return [
        *(str(tools.ffmpeg), "-hide_banner", "-nostdin", "-loglevel", "error"),
        *("-f", "image2", "-framerate", str(FPS), "-i", str(work / f"slide{n:02}.png")),
        *("-f", "image2", "-framerate", str(FPS), "-i", str(work / "ribbon%02d.png")),
        # loop after format: the slide is decoded and converted once, not once a frame (half of the time).
        "-filter_complex",
        "[0:v]format=yuv420p,loop=loop=-1:size=1[slide];[slide][1:v]overlay=0:H-h:shortest=1[v]",
        *("-map", "[v]"),
        *("-frames:v", str(LOOP_FRAMES), "-c:v", "libx264", "-preset", "veryfast", "-crf", "22"),
        # One closed group of pictures without B-frames: the loop may then be cut off after any frame.
        *("-g", str(LOOP_FRAMES), "-keyint_min", str(LOOP_FRAMES), "-sc_threshold", "0", "-bf", "0"),
        # Every loop gets the same header, whatever its slide, as joining them needs.
        *("-video_track_timescale", str(FPS * 1024), str(work / f"loop{n:02}.mp4")),
    ]


def join_list(section_ends_s: Sequence[float]) -> str:
    """Return ffmpeg's list of loops that fills each section to the frame. Pure."""
    said: list[str] = []
    start = 0
    for n, end_s in enumerate(section_ends_s):
        end = round(end_s * FPS)
        whole, rest = divmod(end - start, LOOP_FRAMES)
        said += [f"file loop{n:02}.mp4"] * (whole + (rest > 0))
        if rest:
            said.append(f"outpoint {rest / FPS}")
        start = end
    return "\n".join(["ffconcat version 1.0", *said, ""])


def join_args(tools: Tools, work: Path, target: Path) -> list[str]:
    """Return the command that joins the loops and adds the voice. Pure."""
    return [
        *(str(tools.ffmpeg), "-hide_banner", "-nostdin", "-loglevel", "error"),
        *("-f", "concat", "-i", str(work / "list.txt"), "-f", "wav", "-i", str(work / "voice.wav")),
        *("-map", "0:v", "-map", "1:a", "-c:v", "copy"),
        # The fast coder is five times cheaper than the default, and a voice at 64 kbit/s does not show it.
        *("-c:a", "aac", "-aac_coder", "fast", "-b:a", "64k"),
        *("-movflags", "+faststart", str(target)),
    ]


def to_srt(texts: Sequence[str], cues: Sequence[tuple[float, float]]) -> str:
    """Return a SubRip file. Pure. Raises ValueError when the lines and the cues differ in number."""
    blocks = [
        f"{n}\n{_clock(start_s)} --> {_clock(end_s)}\n{text}\n"
        for n, (text, (start_s, end_s)) in enumerate(zip(texts, cues, strict=True), start=1)
    ]
    return "\n".join(blocks)


def _clock(at_s: float) -> str:
    seconds, milliseconds = divmod(round(at_s * 1000), 1000)
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02},{milliseconds:03}"
