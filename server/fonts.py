"""Finding a font with Chinese letters: a given one, the one npm brought, the system's."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from transcode.errors import ToolFailed
from transcode.run import run

NODE_MODULES = Path(__file__).resolve().parents[1] / "frontend" / "node_modules"
_NPM = "@expo-google-fonts/noto-sans-sc"
_SYSTEM = (
    # folder, file names of bold and regular; the collections of Noto CJK hold JP, KR, SC, ... in this order
    ("/usr/share/fonts/opentype/noto", "NotoSansCJK-Bold.ttc", "NotoSansCJK-Regular.ttc"),
    ("/usr/share/fonts/noto-cjk", "NotoSansCJK-Bold.ttc", "NotoSansCJK-Regular.ttc"),
    ("/usr/share/fonts/google-noto-sans-cjk-fonts", "NotoSansCJK-Bold.ttc", "NotoSansCJK-Regular.ttc"),
)
_SIMPLIFIED_IN_COLLECTION = 2


class FontMissing(Exception):
    """There are no Chinese letters in any font; `tried` names where we looked."""

    def __init__(self, tried: tuple[str, ...]) -> None:
        self.tried = tried
        super().__init__(tried)


@dataclass(frozen=True)
class Face:
    """One font file; `index` picks a face of a collection (.ttc)."""

    path: Path
    index: int = 0


@dataclass(frozen=True)
class Fonts:
    """What the slides are written with."""

    bold: Face
    regular: Face


def find_fonts(given: Path | None = None, node_modules: Path = NODE_MODULES) -> Fonts:
    """Return the fonts: `given` (one file for both), else npm's Noto Sans SC, else the system's.

    Raises FontMissing when there is none; a missing `given` one is not passed over.
    """
    if given is not None:
        if not given.is_file():
            raise FontMissing((str(given),))
        return Fonts(Face(given), Face(given))
    tried: list[str] = []
    for candidate in _candidates(node_modules):
        if candidate.bold.path.is_file() and candidate.regular.path.is_file():
            return candidate
        tried.append(str(candidate.bold.path))
    found = _ask_fontconfig()
    if found is None:
        raise FontMissing((*tried, "fc-list"))
    return found


def _candidates(node_modules: Path) -> Iterator[Fonts]:
    npm = node_modules / _NPM
    yield Fonts(
        Face(npm / "700Bold" / "NotoSansSC_700Bold.ttf"),
        Face(npm / "400Regular" / "NotoSansSC_400Regular.ttf"),
    )
    for folder, bold, regular in _SYSTEM:
        yield Fonts(
            Face(Path(folder, bold), _SIMPLIFIED_IN_COLLECTION),
            Face(Path(folder, regular), _SIMPLIFIED_IN_COLLECTION),
        )


def _ask_fontconfig() -> Fonts | None:
    """Ask fontconfig, which knows the fonts of other distributions (WenQuanYi, Source Han, ...)."""
    program = shutil.which("fc-list")
    if program is None:
        return None
    try:
        # fc-list and not fc-match: the latter answers with a Latin font when there is no Chinese one.
        said = run([program, ":lang=zh-cn", "-f", "%{file}|%{index}\n"], timeout_s=20).stdout.decode(
            "utf-8", "replace"
        )
    except ToolFailed:
        return None
    for line in sorted(said.splitlines()):
        path, _, index = line.rpartition("|")
        if path.endswith((".ttf", ".otf", ".ttc")) and index.isdigit():
            face = Face(
                Path(path), int(index) & 0xFFFF
            )  # the upper half names an instance of a variable font
            return Fonts(face, face)
    return None
