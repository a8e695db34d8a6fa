"""What the pipeline costs beside bare ffmpeg: `python -m bench.transcode [--json] [--full]`.

Ratios, from runs in turns on a lecture made here: slides, a small moving speaker, grain, speech-like sound, a
key frame every two seconds, as recording programs write them. "Pipeline" is all that the server does with a
recording: probe, audio pass, look for slide turns, key frames, encode, pictures, checks, playlists. The bare
command is what a person would type who knows the output wanted: one process, one decode, chained scaling, no
checks, no pictures, nothing measured before.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
import time
from bisect import bisect_right
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path
from statistics import median
from threading import Event

from bench.measure import Cost, cost_of, machine, ratio, side_by_side
from bench.syllables import Sentence, speak
from transcode.cutting.audio_profile import AudioProfile, audio_pass
from transcode.cutting.split import choose_cuts
from transcode.encoding.package import encode_clip
from transcode.errors import Cancelled, ToolMissing
from transcode.pictures.overview import make_overview
from transcode.planning.copying import COPIED, KeyFrames
from transcode.planning.key_frames import key_frames
from transcode.planning.ladder import plan_clip
from transcode.planning.plan import Plan, Rung
from transcode.reading.facts import Facts
from transcode.reading.probe import probe
from transcode.tools import Tools, find_tools, missing_encoders

SNR_DB = 6.0
SPEECHES, SPEECH_S = 4, 450.0
CLIP_MAX_S, CLIP_MIN_S = 20.0, 5.0
"""Short clips, so that half an hour of speech asks for more than a hundred cuts."""

CLIPS, SIDE_BY_SIDE = 4, 2
"""The lecture of several clips: how many, and how many at a time."""

SAME_OUTPUT = 0.03
"""How far the bytes of a rung may differ between two ways that claim to make the same."""


@dataclass(frozen=True)
class Figure:
    """One line of the table. `at_most`: whether `reach` is a ceiling (else a floor)."""

    key: str
    words: str
    value: float
    reach: float
    at_most: bool = True

    @property
    def reached(self) -> bool:
        """Whether the value is on the right side."""
        return self.value <= self.reach if self.at_most else self.value >= self.reach


def main() -> None:
    """Read the options, measure, print."""
    parser = argparse.ArgumentParser(prog="python -m bench.transcode", description=__doc__)
    parser.add_argument("--json", action="store_true", help="one object of figure: ratio")
    parser.add_argument("--full", action="store_true", help="a clip of ten minutes")
    parser.add_argument("--seconds", type=float, default=120.0, help="length of the clip (default 120)")
    parser.add_argument("--size", default="1920x1080", help="of the lecture's picture (default 1920x1080)")
    parser.add_argument("--rounds", type=int, default=3, help="turns that each way gets (default 3)")
    chosen = parser.parse_args()
    seconds = 600.0 if chosen.full else chosen.seconds
    try:
        tools = find_tools()
    except ToolMissing as error:
        raise SystemExit(f"bench.transcode needs ffmpeg and ffprobe: {error}") from error
    if lacking := missing_encoders(tools):
        raise SystemExit(f"bench.transcode: {tools.ffmpeg} was built without {', '.join(lacking)}")
    about = f"{date.today()}; {machine()}; ffmpeg {tools.ffmpeg_version}; "  # noqa: DTZ011 - the reader's day
    about += f"{chosen.size}, {seconds:.0f} s, {chosen.rounds} rounds"
    with tempfile.TemporaryDirectory(prefix="bench-transcode-") as folder:
        work = Path(folder)
        figures = [
            *encode_figures(tools, make_lecture(tools, work, chosen.size, seconds), work, chosen.rounds),
            *cut_figures(tools, work),
        ]
    if chosen.json:
        print(json.dumps({figure.key: round(figure.value, 4) for figure in figures}))
        print(about, file=sys.stderr)
    else:
        print("\n".join([about, "", *table(figures)]))


def table(figures: Sequence[Figure]) -> list[str]:
    """Return the lines of a Markdown table."""
    lines = ["| figure | measured | to reach | |", "| --- | --- | --- | --- |"]
    for figure in figures:
        sign = "<=" if figure.at_most else ">="
        said = "reached" if figure.reached else "missed"
        lines.append(f"| {figure.words} | {figure.value:.3f} | {sign} {figure.reach} | {said} |")
    return lines


def make_lecture(tools: Tools, work: Path, size: str, seconds: float) -> Path:
    """Write a lecture: bars for slides, a small moving picture for the speaker, grain, a voice."""
    voice, lecture = work / "voice.wav", work / "lecture.mp4"
    speak(voice, seconds, 30.0, seed=1)
    width, height = (int(side) for side in size.split("x"))
    speaker = f"testsrc2=s={width // 4 // 2 * 2}x{height // 4 // 2 * 2}:r=25"
    args = ["-f", "lavfi", "-i", f"smptehdbars=s={size}:r=25", "-f", "lavfi", "-i", speaker]
    args += ["-i", str(voice), "-filter_complex", "[0][1]overlay=W-w:H-h,noise=alls=3:allf=t[v]"]
    args += ["-map", "[v]", "-map", "2:a", "-t", f"{seconds:g}", "-pix_fmt", "yuv420p", "-c:v", "libx264"]
    args += ["-preset", "veryfast", "-crf", "23", "-g", "50", "-c:a", "aac", "-ar", "48000", "-ac", "2"]
    call(tools, [*args, str(lecture)])
    return lecture


def call(tools: Tools, args: Sequence[str]) -> None:
    """Run ffmpeg as it is, without our door to child processes. Raises CalledProcessError."""
    command = [str(tools.ffmpeg), "-nostdin", "-v", "error", "-nostats", "-y", *args]
    subprocess.run(command, check=True, stdin=subprocess.DEVNULL)


def encode_figures(tools: Tools, source: Path, work: Path, rounds: int) -> list[Figure]:
    """Return what encoding costs, way against way."""
    facts = probe(tools, source)
    heard = audio_pass(tools, source, facts)
    (whole,) = plans_of(facts, heard, 1)
    costs = side_by_side(
        {
            "bare": partial(bare, tools, source, whole, work / "bare"),
            "ours": partial(ours, tools, source, work / "ours", 1, copying=False),
            "several": partial(ours, tools, source, work / "several", CLIPS, copying=False),
            "copied": partial(ours, tools, source, work / "copied", 1, copying=True),
            "per_rung": partial(per_rung, tools, source, whole, work / "per_rung"),
        },
        rounds,
    )
    check_same_output(work, whole)
    listening = [cost_of(partial(audio_pass, tools, source, facts)) for _ in range(rounds)]
    first = [first_segment_s(tools, source, facts, work / "first") for _ in range(rounds)]
    lengths = [facts.duration_s] * rounds
    bare_cpu, ours_cpu, bare_wall = _cpu(costs["bare"]), _cpu(costs["ours"]), _wall(costs["bare"])
    copied = ratio(_cpu(costs["copied"]), ours_cpu)
    figures = [
        ("cpu_ours_over_bare", "CPU: pipeline / bare one-pass ffmpeg", ratio(ours_cpu, bare_cpu), 1.02),
        (
            "wall_ours_over_bare",
            "wall: pipeline / bare one-pass ffmpeg",
            ratio(_wall(costs["ours"]), bare_wall),
            1.03,
        ),
        (
            "wall_several_clips_over_bare",
            f"wall: pipeline with {CLIPS} clips, {SIDE_BY_SIDE} at a time, one thread each / bare",
            ratio(_wall(costs["several"]), bare_wall),
            0.85,
        ),
        ("cpu_copied_over_encoded", "CPU: pipeline, best rendition copied / encoded", copied, 0.65),
        (
            "first_segment_s",
            "seconds from the audio pass to the first segment that plays",
            median(first),
            15.0,
        ),
        (
            "cpu_audio_pass_over_real_time",
            "CPU: audio pass / real time",
            ratio(_cpu(listening), lengths),
            0.01,
        ),
    ]
    per_rung_ratio = ratio(_cpu(costs["per_rung"]), ours_cpu)
    words = "CPU: one process per rung / pipeline"
    return [
        *(Figure(*figure) for figure in figures),
        Figure("cpu_per_rung_over_ours", words, per_rung_ratio, 1.25, at_most=False),
    ]


def _cpu(costs: Sequence[Cost]) -> list[float]:
    return [cost.cpu_s for cost in costs]


def _wall(costs: Sequence[Cost]) -> list[float]:
    return [cost.wall_s for cost in costs]


def ours(tools: Tools, source: Path, folder: Path, clips: int, *, copying: bool) -> None:
    """All that the server does with a lecture of so many clips. One alone gets all cores."""
    facts = probe(tools, source)
    with ThreadPoolExecutor(2) as pool:  # as library.intake.pipeline surveys a recording
        listening = pool.submit(audio_pass, tools, source, facts)
        pool.submit(make_overview, tools, source, facts, fresh(folder / "look")).result()
        keys = key_frames(tools, source, facts)
        heard = listening.result()
    plans = plans_of(facts, heard, clips, keys if copying else None)
    with ThreadPoolExecutor(SIDE_BY_SIDE) as pool:
        jobs = [
            pool.submit(
                encode_clip,
                tools,
                source,
                plan,
                fresh(folder / str(n)),
                threads=1 if clips > 1 else None,
            )
            for n, plan in enumerate(plans)
        ]
        reasons = [job.result().copy_reason for job in jobs]
    if copying and reasons != [COPIED] * clips:
        raise SystemExit(f"bench.transcode: the best rendition was not copied: {reasons}")


def plans_of(facts: Facts, heard: AudioProfile, clips: int, keys: KeyFrames | None = None) -> list[Plan]:
    """Return the plans of a lecture that is cut into so many equal clips."""
    return [
        plan_clip(
            facts,
            facts.duration_s * n / clips,
            facts.duration_s * (n + 1) / clips,
            integrated_lufs=heard.integrated_lufs,
            true_peak_db=heard.true_peak_db,
            key_frames=keys,
        )
        for n in range(clips)
    ]


def first_segment_s(tools: Tools, source: Path, facts: Facts, folder: Path) -> float:
    """Return the seconds from the end of the audio pass to a first segment, with two clips at a time."""
    heard = audio_pass(tools, source, facts)
    seen = Event()
    began = time.monotonic()
    make_overview(tools, source, facts, fresh(folder / "look"))
    key_frames(tools, source, facts)
    found: list[float] = []

    def tell(*_: object) -> None:
        found.append(time.monotonic() - began)
        seen.set()

    with ThreadPoolExecutor(SIDE_BY_SIDE) as pool:
        for n, plan in enumerate(plans_of(facts, heard, SIDE_BY_SIDE)):
            told = tell if n == 0 else None
            pool.submit(_until, seen, tools, source, plan, fresh(folder / str(n)), told)
    return found[0]


def _until(
    seen: Event, tools: Tools, source: Path, plan: Plan, folder: Path, told: Callable[..., None] | None
) -> None:
    with suppress(Cancelled):
        encode_clip(tools, source, plan, folder, should_stop=seen.is_set, threads=1, on_segments=told)


def bare(tools: Tools, source: Path, plan: Plan, folder: Path) -> None:
    """Make all renditions with one command typed by hand."""
    sizes = "".join(
        f"[w{n}]scale={rung.width}:{rung.height}:flags=bicubic,split=2[v{n}][w{n + 1}];"
        for n, rung in enumerate(plan.rungs[:-1])
    )
    last, rung = len(plan.rungs) - 1, plan.rungs[-1]
    sizes += f"[w{last}]scale={rung.width}:{rung.height}:flags=bicubic[v{last}];"
    sounds = "".join(f"[a{n}]" for n in range(len(plan.rungs) + 1))
    graph = sizes.replace("[w0]", "[0:v]", 1) + f"[0:a]{louder(plan)},asplit={len(plan.rungs) + 1}{sounds}"
    args = ["-i", str(source), "-filter_complex", graph]
    for n, rung in enumerate(plan.rungs):
        args += ["-map", f"[v{n}]", "-map", f"[a{n}]", *rung_args(plan, rung, fresh(folder / rung.name))]
    args += ["-map", f"[a{len(plan.rungs)}]", *sound_args(plan, fresh(folder / "audio"))]
    call(tools, args)


def per_rung(tools: Tools, source: Path, plan: Plan, folder: Path) -> None:
    """Make each rendition with a process of its own, as MediaCMS and PeerTube do."""
    for rung in plan.rungs:
        filters = ["-vf", f"scale={rung.width}:{rung.height}:flags=bicubic", "-af", louder(plan)]
        target = fresh(folder / rung.name)
        call(tools, ["-i", str(source), *filters, *rung_args(plan, rung, target)])
    target = fresh(folder / "audio")
    call(tools, ["-i", str(source), "-vn", "-af", louder(plan), *sound_args(plan, target)])


def louder(plan: Plan) -> str:
    """The same gain and limiter as the plan's."""
    gain_db = plan.sound.gain_db if plan.sound else 0.0
    return f"volume={gain_db}dB,alimiter=limit=0.841395:level=0" if gain_db else "anull"


def rung_args(plan: Plan, rung: Rung, folder: Path) -> list[str]:
    """Output arguments of one rendition with a picture."""
    assert plan.picture is not None
    gop = str(plan.picture.gop_frames)
    picture = ["-c:v", "libx264", "-preset", plan.preset, "-crf", str(rung.crf), "-profile:v", "high"]
    picture += ["-maxrate", str(rung.maxrate_bps), "-bufsize", str(2 * rung.maxrate_bps)]
    picture += ["-g", gop, "-keyint_min", gop, "-sc_threshold", "0"]
    return [*picture, "-c:a", "aac", "-b:a", str(rung.audio_bps), *hls_args(plan.segment_s - 0.02, folder)]


def sound_args(plan: Plan, folder: Path) -> list[str]:
    """Output arguments of the sound alone."""
    return ["-c:a", "aac", "-b:a", str(plan.sound_only_bps), *hls_args(plan.segment_s, folder)]


def hls_args(segment_s: float, folder: Path) -> list[str]:
    """Output arguments of an HLS rendition."""
    args = ["-f", "hls", "-hls_time", str(segment_s), "-hls_playlist_type", "vod", "-hls_segment_type"]
    args += ["fmp4", "-hls_flags", "independent_segments", "-hls_segment_filename"]
    return [*args, str(folder / "%05d.m4s"), str(folder / "index.m3u8")]


def fresh(folder: Path) -> Path:
    """Return the folder, empty."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


def check_same_output(work: Path, plan: Plan) -> None:
    """Stop unless bare ffmpeg and the pipeline made the same: else their ratio says nothing."""
    for rung in plan.rungs:
        sizes = [
            sum(path.stat().st_size for path in (work / way / rung.name).glob("*.m4s"))
            for way in ("ours/0", "bare")
        ]
        if abs(sizes[0] / sizes[1] - 1) > SAME_OUTPUT:
            raise SystemExit(f"bench.transcode: {rung.name} is not the same: {sizes} bytes (ours, bare)")


def cut_figures(tools: Tools, work: Path) -> list[Figure]:
    """Return how many cuts fall into a sentence, at SNR_DB, and how many would at fixed distances."""
    inside = total = inside_fixed = fixed = 0
    for seed in range(SPEECHES):
        voice = work / f"speech{seed}.wav"
        sentences = speak(voice, SPEECH_S, SNR_DB, seed)
        facts = probe(tools, voice)
        heard = audio_pass(tools, voice, facts)
        cuts = choose_cuts(facts.duration_s, heard.pauses, max_s=CLIP_MAX_S, min_s=CLIP_MIN_S)[:-1]
        inside += sum(is_inside(cut.end_s, sentences) for cut in cuts)
        total += len(cuts)
        moments = [CLIP_MAX_S * n for n in range(1, int(facts.duration_s / CLIP_MAX_S))]
        inside_fixed += sum(is_inside(at_s, sentences) for at_s in moments)
        fixed += len(moments)
    words = f"cuts inside a sentence at {SNR_DB:g} dB SNR ({inside} of {total}; "
    words += f"fixed distances: {inside_fixed} of {fixed})"
    return [Figure("cuts_inside_a_sentence", words, inside / total, 0.01)]


def is_inside(at_s: float, sentences: Sequence[Sentence]) -> bool:
    """Whether a moment lies in a sentence."""
    n = bisect_right(sentences, at_s, key=lambda one: one.start_s) - 1
    return n >= 0 and at_s < sentences[n].end_s


if __name__ == "__main__":
    main()
