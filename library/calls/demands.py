"""What a call demands of the files of works, and what a machine finds of it. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from typing import Any, Self

from library.catalog.rules import CAPTIONED, TranscriptQuality
from library.core.errors import Conflict, Invalid

MOST_DURATION_S = 24 * 3600
HEIGHTS = (480, 720, 1080, 1440, 2160)
BAR_SHARE = 0.02
"""A black edge of a smaller part of the picture is no bar: cameras leave a line or two."""
FPS_SLACK = 0.1
"""29.97 is thirty frames to everybody, 24.98 is 25."""


class Demanded(StrEnum):
    """How much a call wants something."""

    NO = "no"
    WISH = "wish"
    MUST = "must"


class Point(StrEnum):
    """What is looked at."""

    DURATION = "duration"
    HEIGHT = "height"
    FPS = "fps"
    BARS = "bars"
    SOUND = "sound"
    LOUDNESS = "loudness"
    SUBTITLES = "subtitles"


class Verdict(StrEnum):
    """What came of looking: `unknown` is what nobody can know, `checking` what is being found out."""

    OK = "ok"
    FAILS = "fails"
    CHECKING = "checking"
    UNKNOWN = "unknown"


class Subtitles(StrEnum):
    """Which subtitles count: any with times of the sound, or only those of a file or a text."""

    TIMED = "timed"
    GIVEN = "given"


_NONE: Mapping[Point, Demanded] = dict.fromkeys(Point, Demanded.NO)


@dataclass(frozen=True)
class Demands:
    """How much of each point is wanted, and which figures: seconds, lines of the picture's shorter side,
    frames a second, LUFS and how far from them. Without a `least_s` any shortness does."""

    duration: Demanded = Demanded.NO
    height: Demanded = Demanded.NO
    fps: Demanded = Demanded.NO
    bars: Demanded = Demanded.NO
    sound: Demanded = Demanded.NO
    loudness: Demanded = Demanded.NO
    subtitles: Demanded = Demanded.NO
    least_s: int = 0
    most_s: int = 600
    lines: int = 1080
    least_fps: int = 25
    lufs: float = -16.0
    within_lu: float = 2.0
    quality: Subtitles = Subtitles.TIMED

    def of(self, point: Point) -> Demanded:
        """Return how much a point is wanted."""
        wanted: Demanded = getattr(self, point.value)
        return wanted

    def checked(self) -> Self:
        """Return them; raises Invalid("demand_figure") with the field for a figure that cannot be meant."""
        fits = {
            "most_s": 0 <= self.least_s < self.most_s <= MOST_DURATION_S,
            "lines": self.lines in HEIGHTS,
            "least_fps": 1 <= self.least_fps <= 120,
            "lufs": -40 <= self.lufs <= -5,
            "within_lu": 0.5 <= self.within_lu <= 12,
        }
        for name, fit in fits.items():
            if not fit:
                raise Invalid("demand_figure", field=name)
        return self

    def to_json(self) -> dict[str, Any]:
        """Return plain values for a JSON column; `from_json` reads them back."""
        return {name: str(one) if isinstance(one, StrEnum) else one for name, one in asdict(self).items()}

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Self:
        """Return what `to_json` wrote."""
        wanted: dict[str, Any] = {point.value: Demanded(value[point]) for point in Point if point in value}
        return cls(**{**value, **wanted, "quality": Subtitles(value.get("quality", Subtitles.TIMED))})


@dataclass(frozen=True)
class Bars:
    """Which part of the picture is black at each edge all the time, 0 to 1."""

    top: float
    bottom: float
    left: float
    right: float

    @property
    def worst(self) -> float:
        """The largest of them."""
        return max(self.top, self.bottom, self.left, self.right)


@dataclass(frozen=True)
class Known:
    """What is known of a work's file. None is not known.

    `probed`: the file has been looked at, so that no picture is none and not an unknown one; `heard` the same
    of its loudness. `looking`: its edges are being looked at.
    """

    duration_s: float | None = None
    probed: bool = False
    lines: int | None = None
    fps: float | None = None
    has_picture: bool = False
    has_sound: bool = False
    heard: bool = False
    lufs: float | None = None
    transcript: TranscriptQuality = TranscriptQuality.NONE
    bars: Bars | None = None
    looking: bool = False


@dataclass(frozen=True)
class Line:
    """One line of the report. `found` and `wanted` are figures, "" where there is none."""

    point: Point
    demanded: Demanded
    verdict: Verdict
    found: str = ""
    wanted: str = ""

    @property
    def hinders(self) -> bool:
        """Whether the work cannot be entered because of it, as far as is known."""
        return self.demanded is Demanded.MUST and self.verdict in (Verdict.FAILS, Verdict.CHECKING)


def report(demands: Demands, known: Known) -> tuple[Line, ...]:
    """Return what a machine says of a work, a line for each point that the call wants."""
    lines = (_LOOKS[point](demands, known) for point in Point if demands.of(point) is not Demanded.NO)
    return tuple(replace(line, demanded=demands.of(line.point)) for line in lines)


def check(lines: tuple[Line, ...]) -> None:
    """Raise Conflict where a work cannot be entered: demand_checking, demands_missed (with the points)."""
    missed = [str(one.point) for one in lines if one.hinders and one.verdict is Verdict.FAILS]
    if missed:
        raise Conflict("demands_missed", field="lesson", points=missed)
    if any(one.hinders for one in lines):
        raise Conflict("demand_checking", field="lesson")


def _line(point: Point, fits: bool | None, found: str = "", wanted: str = "") -> Line:
    verdict = Verdict.UNKNOWN if fits is None else Verdict.OK if fits else Verdict.FAILS
    return Line(point, Demanded.NO, verdict, found, wanted)


def _clock(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes}:{rest:02d}"


def _duration(demands: Demands, known: Known) -> Line:
    span = f"{_clock(demands.least_s)}–{_clock(demands.most_s)}" if demands.least_s else ""
    wanted = span or f"≤ {_clock(demands.most_s)}"
    if known.duration_s is None:
        return _line(Point.DURATION, None, wanted=wanted)
    fits = demands.least_s <= known.duration_s <= demands.most_s
    return _line(Point.DURATION, fits, _clock(known.duration_s), wanted)


def _height(demands: Demands, known: Known) -> Line:
    wanted = f"≥ {demands.lines}p"
    if known.lines is None:
        # Sound alone is no picture of 1080 lines; of a file that nobody has looked at nothing is known.
        return _line(Point.HEIGHT, False if known.probed else None, wanted=wanted)
    return _line(Point.HEIGHT, known.lines >= demands.lines, f"{known.lines}p", wanted)


def _fps(demands: Demands, known: Known) -> Line:
    wanted = f"≥ {demands.least_fps} fps"
    if known.fps is None:
        return _line(Point.FPS, False if known.probed and not known.has_picture else None, wanted=wanted)
    return _line(Point.FPS, known.fps >= demands.least_fps - FPS_SLACK, f"{known.fps:.4g} fps", wanted)


def _bars(demands: Demands, known: Known) -> Line:
    if known.bars is not None:
        share = known.bars.worst
        return _line(Point.BARS, share < BAR_SHARE, f"{share:.1%}" if share >= BAR_SHARE else "")
    if known.looking:
        return Line(Point.BARS, Demanded.NO, Verdict.CHECKING)
    return _line(Point.BARS, None)


def _sound(demands: Demands, known: Known) -> Line:
    return _line(Point.SOUND, known.has_sound if known.probed else None)


def _loudness(demands: Demands, known: Known) -> Line:
    wanted = f"{demands.lufs:g} ± {demands.within_lu:g} LUFS"
    if known.probed and not known.has_sound:
        return _line(Point.LOUDNESS, False, wanted=wanted)
    if known.lufs is None:
        return _line(Point.LOUDNESS, None, wanted=wanted)
    fits = abs(known.lufs - demands.lufs) <= demands.within_lu
    return _line(Point.LOUDNESS, fits, f"{known.lufs:.1f} LUFS", wanted)


def _subtitles(demands: Demands, known: Known) -> Line:
    counted = set(CAPTIONED)
    if demands.quality is Subtitles.GIVEN:
        counted.discard(TranscriptQuality.RECOGNISED)
    return _line(Point.SUBTITLES, known.transcript in counted, str(known.transcript), str(demands.quality))


_LOOKS = {
    Point.DURATION: _duration,
    Point.HEIGHT: _height,
    Point.FPS: _fps,
    Point.BARS: _bars,
    Point.SOUND: _sound,
    Point.LOUDNESS: _loudness,
    Point.SUBTITLES: _subtitles,
}


def read_figure(text: str, name: str) -> float:
    """Return a figure as somebody types it; raises Invalid("demand_figure") with the field."""
    try:
        value = float(text.strip().replace("，", ".").replace(",", ".").replace("−", "-"))
    except ValueError:
        raise Invalid("demand_figure", field=name) from None
    if value != value or abs(value) > MOST_DURATION_S:  # nan too
        raise Invalid("demand_figure", field=name)
    return value


def read_minutes(text: str, name: str) -> int:
    """Return seconds of "10", "7.5" (minutes) or "7:30"; raises Invalid("demand_figure")."""
    minutes, colon, rest = text.strip().replace("：", ":").partition(":")
    if colon and minutes.isdecimal() and rest.isdecimal() and len(minutes) <= 4 and len(rest) <= 2:
        return int(minutes) * 60 + int(rest)
    return round(read_figure(text, name) * 60)
