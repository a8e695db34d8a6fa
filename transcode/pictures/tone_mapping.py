"""HDR and wide-gamut pictures, made such as every screen shows them.

A phone's HLG or PQ picture, shown as if it were an ordinary one, is pale and grey. ffmpeg looks its light
up in a table, mixes the primaries and looks the ordinary signal up in another, all in floating point:
`lut1d` and `colorchannelmixer` are in every ffmpeg, zscale and tonemap are not. One table of three
dimensions would do too, but is 8 of 255 off at the borders of what BT.709 can show, where all saturated
colours are.

The conversion is display-referred (ITU-R BT.2408): the light that the HDR picture means, with 203 cd/m2 as
white, shown through the gamma 2.4 of BT.1886 in the primaries of BT.709. Up to SOFT_FROM of the signal
nothing else happens, so what is grey stays exactly as grey; what is brighter, up to lamps and windows, is
bent under the top instead of being cut off.

zscale's `linear`, `p=bt709`, `t=bt709` is no better measure than the ordinary twin: it leaves what lies
beyond BT.709 negative, and so makes bars of 75 % green, cyan, magenta and red 3, 6, 8 and 11 of 219 too dark.
Ours lie within 2 of the twin, which is what test_hdr.py asks.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from transcode.reading.facts import Tone

LIGHT_TABLE, SIGNAL_TABLE = "light.cube", "signal.cube"
TABLES = (LIGHT_TABLE, SIGNAL_TABLE)
"""The tables' files, in the folder where ffmpeg runs; nobody needs them afterwards."""

LIGHT_POINTS = 4096
FFMPEG_WHITE = 0.99615
"""What ffmpeg (5.1 and 9.0) calls white when it turns whole numbers into floating point and back, not 1."""

SIGNAL_POINTS = 65536
"""The most that lut1d takes: they lie evenly over the light, and dark tones need them close."""

WHITE_NITS = 203.0
"""HDR reference white in cd/m2, which becomes the ordinary picture's white (ITU-R BT.2408-7, table 1)."""

PEAK_NITS = 1000.0
"""The brightest light that is told apart: of HLG all there is, of PQ what lamps and the sun have."""

HLG_PEAK_NITS, HLG_GAMMA = 1000.0, 1.2
"""The display for which HLG is meant, and its system gamma (ITU-R BT.2100-2, table 5)."""

SDR_GAMMA = 2.4
"""ITU-R BT.1886."""

SOFT_FROM = 0.85
"""The part of the ordinary signal up to which tones are kept exactly."""

# ITU-R BT.2087-0: linear light in the primaries of BT.2020 to those of BT.709.
_TO_709 = ((1.660491, -0.587641, -0.07285), (-0.12455, 1.1329, -0.008349), (-0.018151, -0.100579, 1.11873))

_PQ_M1, _PQ_M2 = 2610 / 16384, 2523 / 4096 * 128  # SMPTE ST 2084
_PQ_C1, _PQ_C2, _PQ_C3 = 3424 / 4096, 2413 / 4096 * 32, 2392 / 4096 * 32
_HLG_A, _HLG_B, _HLG_C = 0.17883277, 0.28466892, 0.55991073  # ITU-R BT.2100-2, table 5

_MATRICES = {"bt709": "bt709", "smpte170m": "smpte170m", "bt470bg": "bt470bg"}
"""How a picture's colours are coded, as `scale` names it; everything else in HDR is BT.2020's."""


def write_tables(folder: Path, tone: Tone) -> None:
    """Write the tables of a conversion into the folder where ffmpeg will run."""
    most = PEAK_NITS / WHITE_NITS
    signals = (min(1.0, n / (LIGHT_POINTS - 1) / FFMPEG_WHITE) for n in range(LIGHT_POINTS))
    light = (min(1.0, _LIGHT[tone](signal) / most) for signal in signals)
    shown = (soften((n / (SIGNAL_POINTS - 1) * most) ** (1 / SDR_GAMMA)) for n in range(SIGNAL_POINTS))
    signal = (FFMPEG_WHITE * one for one in shown)
    (folder / LIGHT_TABLE).write_text(_cube(LIGHT_POINTS, light), encoding="ascii")
    (folder / SIGNAL_TABLE).write_text(_cube(SIGNAL_POINTS, signal), encoding="ascii")


def remove_tables(folder: Path) -> None:
    """Take the tables away, so that the folder holds what was made and nothing else."""
    for name in TABLES:
        (folder / name).unlink(missing_ok=True)


def mapped(stream: Any, matrix: str, width: int, height: int) -> Any:
    """Return a stream scaled, in the colours of BT.709 and tagged so; `matrix` as ffprobe names it.

    The tables of `write_tables` must lie in the folder where ffmpeg runs.
    """
    coded = _MATRICES.get(matrix, "bt2020")
    stream = stream.filter("scale", width, height, flags="bicubic", in_color_matrix=coded)
    stream = stream.filter("setsar", 1).filter("format", "gbrpf32le").filter("lut1d", file=LIGHT_TABLE)
    rows = zip("rgb", _TO_709, strict=True)
    mixed = {f"{to}{of}": part for to, row in rows for of, part in zip("rgb", row, strict=True)}
    stream = stream.filter("colorchannelmixer", **mixed).filter("lut1d", file=SIGNAL_TABLE)
    stream = stream.filter("scale", out_color_matrix="bt709", out_range="limited", flags="bicubic")
    stream = stream.filter("format", "yuv420p")
    # What the camera said of its light (mastering display, Dolby Vision) is true no longer.
    stream = stream.filter("sidedata", mode="delete")
    tags = {"color_primaries": "bt709", "color_trc": "bt709", "colorspace": "bt709", "range": "tv"}
    return stream.filter("setparams", **tags)


def soften(signal: float) -> float:
    """Return a tone of the ordinary signal (1.0 is white, HDR goes to 2) with its lights bent under 1."""
    if signal <= SOFT_FROM:
        return signal
    room = 1 - SOFT_FROM
    return 1 - room * math.exp(-(signal - SOFT_FROM) / room)


def hlg_light(signal: float) -> float:
    """Return the light that an HLG signal (0..1) shows, white = 1.

    The system gamma is taken for each colour by itself, as zscale does it and as ordinary screens work.
    """
    scene = signal**2 / 3 if signal <= 0.5 else (math.exp((signal - _HLG_C) / _HLG_A) + _HLG_B) / 12
    return float(HLG_PEAK_NITS * scene**HLG_GAMMA / WHITE_NITS)


def pq_light(signal: float) -> float:
    """Return the light that a PQ signal (0..1) shows, white = 1."""
    root = signal ** (1 / _PQ_M2)
    nits = 10_000 * (max(root - _PQ_C1, 0.0) / (_PQ_C2 - _PQ_C3 * root)) ** (1 / _PQ_M1)
    return float(nits / WHITE_NITS)


def sdr_light(signal: float) -> float:
    """Return the light of an ordinary signal (0..1), white = 1."""
    return float(signal**SDR_GAMMA)


_LIGHT: dict[Tone, Callable[[float], float]] = {
    Tone.HLG: hlg_light,
    Tone.PQ: pq_light,
    Tone.WIDE: sdr_light,
}


def _cube(points: int, values: Iterable[float]) -> str:
    """Return a table as a .cube file, the same for the three colours."""
    return f"LUT_1D_SIZE {points}\n" + "".join(f"{one} {one} {one}\n" for one in map("{:.6f}".format, values))
