"""The fonts of the slides."""

from __future__ import annotations

from pathlib import Path

from server import fonts
from server.demo.errors import DemoUnavailable
from server.fonts import NODE_MODULES, Face, Fonts

__all__ = ["Face", "Fonts", "find_fonts"]


def find_fonts(given: Path | None = None, node_modules: Path = NODE_MODULES) -> Fonts:
    """Return the fonts as server.fonts finds them; raises DemoUnavailable (font_missing)."""
    try:
        return fonts.find_fonts(given, node_modules)
    except fonts.FontMissing as missing:
        raise DemoUnavailable("font_missing", missing.tried) from None
