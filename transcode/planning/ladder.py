"""Which renditions a clip gets: pure decisions from facts to a plan.

The ladder never goes above the source. A rung is named by its short side, so that a portrait video of 1080 x
1920 is a 1080p like its landscape sister.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction

from transcode.cutting.split import MAX_CLIP_S
from transcode.planning.copying import CopiedPicture, CopyChoice, KeyFrames, choose_copy, find_obstacle
from transcode.planning.plan import PicturePlan, Plan, Rung, SoundPlan
from transcode.reading.facts import AudioFacts, Facts, VideoFacts

MIN_FPS, MAX_FPS = Fraction(5), Fraction(30)
_USUAL_RATES = tuple(
    Fraction(*rate)
    for rate in ((5, 1), (10, 1), (12, 1), (15, 1), (24000, 1001), (24, 1), (25, 1), (30000, 1001), (30, 1))
)
_RATE_DENOMINATORS = {1, 2, 3, 1001}

LONGEST_SIDES = Fraction(12, 5)
"""A rung's long side is at most 2.4 times its short one (wider is scaled down): decoders have limits."""

LEAST_STEP = 0.8
"""A rung must be at most this part of the one above it: nobody needs a 720p beside a 768p."""

LOUDNESS_LUFS, PEAK_DB = -16.0, -1.5
"""Where speech for phones and loudspeakers is put (AES TD1008 recommends -16 LUFS for such streams)."""

MAX_GAIN_DB, MIN_GAIN_DB = 20.0, -20.0
LIMITER_ROOM_DB = 6.0
"""How far the limiter may be driven: a single clap must not keep an hour of quiet speech quiet."""

MIN_OVERLAP_S = 0.2
"""A stream that is present for less of a clip than this is left out of it."""

PADDING_ROOM_S = 0.5

POOR_SEEKERS = {"mpegts", "mpeg", "flv", "asf"}
"""Containers without an index of key frames: a seek may land behind one, and the picture comes late."""

LEAD_S = 10.0
"""How much earlier these are opened; cameras write a key frame at least every few seconds."""


@dataclass(frozen=True)
class Step:
    """What a ladder offers at one height (short side)."""

    short_side: int
    crf: int
    maxrate_bps: int
    audio_bps: int


@dataclass(frozen=True)
class Profile:
    """What may be chosen about an encode. The default suits a lecture: slides and a speaker."""

    name: str = "lecture"
    preset: str = "veryfast"
    segment_s: int = 6
    steps: tuple[Step, ...] = (
        Step(1080, 23, 4_500_000, 128_000),
        Step(720, 23, 2_500_000, 128_000),
        Step(480, 24, 1_200_000, 96_000),
        Step(360, 25, 700_000, 64_000),
    )
    sound_only_bps: int = 64_000
    """Of the rendition beside the pictures: speech stays clear on a line that carries no picture."""


def plan_clip(
    facts: Facts,
    cut_start_s: float,
    cut_end_s: float,
    profile: Profile | None = None,
    *,
    integrated_lufs: float | None = None,
    true_peak_db: float | None = None,
    key_frames: KeyFrames | None = None,
) -> Plan:
    """Return the plan of one clip; pure. Loudness, from the audio pass, decides the gain (None: as it is).

    With `key_frames` (see `key_frames.key_frames`) the best rung is copied where that can be done; the plan's
    `copy_reason` says whether, or why not.

    Cuts are moved onto the frame grid (at most half a frame), the same way for the clip before and the one
    after. Raises ValueError for a cut that is empty, outside the lecture or longer than a clip may be.
    """
    chosen = profile or Profile()
    cut_end_s = min(cut_end_s, facts.duration_s)
    if not 0 <= cut_start_s < cut_end_s:
        raise ValueError(f"no such cut: {cut_start_s} to {cut_end_s} of {facts.duration_s}")
    video = facts.video if facts.video and _overlap(facts.video, cut_start_s, cut_end_s) else None
    audio = facts.audio if facts.audio and _overlap(facts.audio, cut_start_s, cut_end_s) else None
    if cut_end_s - cut_start_s > MAX_CLIP_S + 0.1:
        raise ValueError(f"a clip of {cut_end_s - cut_start_s} s")
    span, gain_db = _Span(cut_start_s, cut_end_s), choose_gain(integrated_lufs, true_peak_db)
    copy = _copy(facts, video, key_frames, span, chosen)
    if copy.picture is not None and video is not None:
        span = _Span(copy.start_s, copy.start_s + float(copy.frames / output_rate(video)))
    elif video is not None:
        span = _span_on_grid(video, cut_start_s, cut_end_s)
    seek_s = max(0.0, span.start_s - LEAD_S) if facts.demuxer in POOR_SEEKERS else span.start_s
    return Plan(
        demuxer=facts.demuxer,
        start_s=round(span.start_s, 6),
        duration_s=round(span.duration_s, 6),
        seek_s=round(seek_s, 6),
        offset_s=round(span.start_s - seek_s, 6),
        picture=_picture(video, span, chosen, copy.picture) if video else None,
        sound=_sound(audio, span, gain_db, alone=video is None) if audio else None,
        rungs=choose_rungs(video.width, video.height, chosen) if video else (),
        audio_bps=chosen.steps[0].audio_bps,
        sound_only_bps=chosen.sound_only_bps if video and audio else None,
        preset=chosen.preset,
        segment_s=chosen.segment_s,
        profile=chosen.name,
        copy_reason=copy.reason,
    )


def copy_obstacle(facts: Facts, profile: Profile | None = None) -> str | None:
    """Return what forbids to copy any clip of a recording (one of `copying.REASONS`); None for nothing."""
    if facts.video is None:
        return "no_picture"
    top = choose_rungs(facts.video.width, facts.video.height, profile or Profile())[0]
    fps = output_rate(facts.video)
    return find_obstacle(facts.demuxer, facts.video, fps, (top.width, top.height), top.maxrate_bps)


def output_rate(video: VideoFacts) -> Fraction:
    """Return the constant frame rate that a source gets: its own if constant and sane, at most 30.

    A doubled rate is halved (60 becomes 30, 50 becomes 25): dropping every second frame keeps the movement
    even.
    """
    rate = Fraction(*video.rate)
    if video.variable_rate or rate.denominator not in _RATE_DENOMINATORS:
        rate = next((usual for usual in _USUAL_RATES if usual >= rate * Fraction(99, 100)), rate)
    if rate > MAX_FPS:
        rate /= math.ceil(rate / (MAX_FPS * Fraction(1001, 1000)))
    return max(MIN_FPS, min(rate, MAX_FPS)).limit_denominator(1001)


def choose_rungs(width: int, height: int, profile: Profile) -> tuple[Rung, ...]:
    """Return the renditions of a picture, best first: never above it, even sides, its own shape."""
    short = min(width, height)
    top = min(short, profile.steps[0].short_side)
    rungs = [_rung(width, height, top, _step_for(top, profile))]
    for step in profile.steps:
        if step.short_side <= LEAST_STEP * int(rungs[-1].name[:-1]):
            rungs.append(_rung(width, height, step.short_side, step))
    return tuple(rungs)


def choose_gain(integrated_lufs: float | None, true_peak_db: float | None) -> float:
    """Return the linear gain in dB that brings speech to LOUDNESS_LUFS, in steps of 0.1; 0.0 for silence."""
    if integrated_lufs is None or integrated_lufs < -60.0:
        return 0.0
    gain = LOUDNESS_LUFS - integrated_lufs
    if true_peak_db is not None:
        gain = min(gain, max(0.0, PEAK_DB + LIMITER_ROOM_DB - true_peak_db))
    return round(min(MAX_GAIN_DB, max(MIN_GAIN_DB, gain)), 1)


@dataclass(frozen=True)
class _Span:
    start_s: float
    end_s: float

    @property
    def duration_s(self) -> float:
        return self.end_s - self.start_s


def _span_on_grid(video: VideoFacts, cut_start_s: float, cut_end_s: float) -> _Span:
    """Move a cut onto the source's frames; a cut between two frames would show one of them twice."""
    fps = output_rate(video)
    offset = Fraction(video.start_s).limit_denominator(1_000_000) % (1 / fps)
    first = round((Fraction(cut_start_s) - offset) * fps)
    last = round((Fraction(cut_end_s) - offset) * fps)
    frames = max(1, min(last - first, math.floor(Fraction(MAX_CLIP_S) * fps)))
    start = max(Fraction(0), offset + first / fps) if cut_start_s > 0 else Fraction(0)
    return _Span(float(start), float(start + frames / fps))


def _copy(
    facts: Facts, video: VideoFacts | None, keys: KeyFrames | None, span: _Span, profile: Profile
) -> CopyChoice:
    obstacle = copy_obstacle(facts, profile) if video else "no_picture"
    if video is None or obstacle is not None:
        return CopyChoice(obstacle or "no_picture")
    fps = output_rate(video)
    choice = choose_copy(keys or KeyFrames(), span.start_s, span.end_s, video.end_s, fps, profile.segment_s)
    return CopyChoice("cut") if choice.frames > MAX_CLIP_S * fps else choice


def _picture(video: VideoFacts, span: _Span, profile: Profile, copied: CopiedPicture | None) -> PicturePlan:
    fps = output_rate(video)
    return PicturePlan(
        index=video.index,
        rate=(fps.numerator, fps.denominator),
        frames=round(Fraction(span.duration_s) * fps),
        gop_frames=math.ceil(profile.segment_s * fps),
        deinterlace=video.interlaced,
        pad_s=_padding(video.end_s, span.end_s),
        copied=copied,
        turned=video.rotation != 0,
        tone=video.tone,
        matrix=video.matrix if video.tone else "",
        resized=video.resized,
    )


def _sound(audio: AudioFacts, span: _Span, gain_db: float, *, alone: bool) -> SoundPlan:
    rate_hz = 44_100 if audio.sample_rate_hz == 44_100 else 48_000
    return SoundPlan(
        index=audio.index,
        channels=2 if audio.changes else min(2, audio.channels),
        sample_rate_hz=rate_hz,
        samples=round(span.duration_s * rate_hz),
        gain_db=gain_db,
        # Beside a picture, which tells whether the source is whole, sound that breaks off (a microphone
        # switched off) becomes silence: all renditions must be equally long.
        pad_s=_padding(audio.end_s, span.end_s) if alone else round(span.duration_s, 3),
        side=audio.side,
        evened=audio.changes,
    )


def _padding(stream_end_s: float, clip_end_s: float) -> float:
    """How much may be made up at the end: what the stream is known to lack, and a little for rounding.

    Not more: a source that breaks off earlier than it said must come out short and be noticed.
    """
    return round(max(0.0, clip_end_s - stream_end_s) + PADDING_ROOM_S, 3)


def _overlap(stream: VideoFacts | AudioFacts, start_s: float, end_s: float) -> bool:
    shared_s = min(end_s, stream.end_s) - max(start_s, stream.start_s)
    return shared_s >= min(MIN_OVERLAP_S, (end_s - start_s) / 2)


def _step_for(short_side: int, profile: Profile) -> Step:
    """The step whose quality suits a height of the source's own: the next one below, or the lowest."""
    return next((step for step in profile.steps if step.short_side <= short_side), profile.steps[-1])


def _rung(width: int, height: int, short_side: int, step: Step) -> Rung:
    short, long = sorted((width, height))
    scale = min(Fraction(short_side, short), LONGEST_SIDES * short_side / long)
    return Rung(
        name=f"{short_side}p",
        width=_even(width * scale, width),
        height=_even(height * scale, height),
        crf=step.crf,
        maxrate_bps=step.maxrate_bps,
        audio_bps=step.audio_bps,
    )


def _even(side: Fraction, source_side: int) -> int:
    """The nearest even number (4:2:0 pictures have even sides) that is not above the source's side."""
    return max(2, min(round(side / 2) * 2, source_side // 2 * 2))
