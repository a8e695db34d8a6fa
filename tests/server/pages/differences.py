"""Two folders of pages and their pictures, side by side: what preview.py made of two versions of the code."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageChops

HASH = re.compile(rb"(static/[\w.-]+?)-[0-9A-Za-z]{8}(\.\w+)")
"""The address of an asset as a page names it; its content's hash is the second last part."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """How many pages and pictures are the same in both folders, and a line about each that is not."""

    same_pages: int
    same_pictures: int
    differences: tuple[str, ...]

    def lines(self) -> Iterator[str]:
        """The whole as text: the differences, and then the count."""
        yield from self.differences
        yield (
            f"the same: {self.same_pages} pages and {self.same_pictures} pictures; "
            f"different: {len(self.differences)}"
        )


def compare(one: Path, other: Path) -> Comparison:
    """Compare what stands in folder `one` with what stands in folder `other`."""
    differences = []
    same = {".html": 0, ".png": 0}
    for name in sorted({file.name for folder in (one, other) for file in folder.iterdir()}):
        suffix = Path(name).suffix
        if suffix not in same:
            continue
        what = _difference(one / name, other / name)
        if what:
            differences.append(f"{name}: {what}")
        else:
            same[suffix] += 1
    return Comparison(same[".html"], same[".png"], tuple(differences))


def _difference(one: Path, other: Path) -> str:
    """What is not the same, in words; nothing when all is."""
    for file, folder in ((one, other.parent), (other, one.parent)):
        if not file.exists():
            return f"only in {folder}"
    return pixels_differ(one, other) if one.suffix == ".png" else bytes_differ(one, other)


def pixels_differ(one: Path, other: Path) -> str:
    """How two pictures differ: in size, or in how many pixels and where; nothing when they are the same."""
    with Image.open(one) as first, Image.open(other) as second:
        if first.size != second.size:
            return "size {}x{}, then {}x{}".format(*first.size, *second.size)
        differing = ImageChops.difference(first.convert("RGB"), second.convert("RGB"))
    place = differing.getbbox()
    if place is None:
        return ""
    channels = [channel.point(lambda value: 255 if value else 0) for channel in differing.split()]
    either = ImageChops.lighter(ImageChops.lighter(channels[0], channels[1]), channels[2])
    return f"{either.histogram()[255]} pixels differ, within {place}"


def bytes_differ(one: Path, other: Path) -> str:
    """Where two pages differ first; nothing when they are the same but for the hashes of assets."""
    first, second = (HASH.sub(rb"\1\2", file.read_bytes()).splitlines() for file in (one, other))
    for n, (line, its) in enumerate(zip(first, second, strict=False), 1):
        if line != its:
            return f"line {n}: {_short(line)} | {_short(its)}"
    return "" if len(first) == len(second) else f"{len(first)} lines, then {len(second)}"


def _short(line: bytes) -> str:
    return line.decode("utf-8", "replace").strip()[:100]
