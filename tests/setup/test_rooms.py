"""No folder is a hall and no file is a scroll: both grow by one more at a time, and nobody sees it coming.

Without exceptions: what has outgrown its room gets another one, named by what is in it (decision 12).
Migrations are no rooms: they are a row of days, each written once and never changed.
"""

from __future__ import annotations

import tomllib
from collections import Counter
from pathlib import Path

from tests.support.server import ROOT

FILES_SIDE_BY_SIDE = 24
LINES = 450


def written() -> list[Path]:
    """Every file of Python that somebody may have to find, or to read."""
    wheel = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["hatch"]["build"]["targets"]
    places = [*wheel["wheel"]["packages"], "deploy", "bench", "tests"]
    found = [file.relative_to(ROOT) for place in places for file in (ROOT / place).rglob("*.py")]
    assert len(found) > 1000
    return found


def test_no_folder_is_a_hall() -> None:
    beside = Counter(str(file.parent) for file in written())
    halls = {folder: count for folder, count in beside.items() if count > FILES_SIDE_BY_SIDE}
    assert halls == {}, f"at most {FILES_SIDE_BY_SIDE} files stand side by side"


def test_no_file_is_a_scroll() -> None:
    lines = {str(file): len((ROOT / file).read_text("utf-8").splitlines()) for file in written()}
    long = {file: count for file, count in lines.items() if count > LINES}
    assert long == {}, f"a file has at most {LINES} lines"
