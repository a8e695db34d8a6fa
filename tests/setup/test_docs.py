"""What the documents name is there: paths in backquotes, and links between documents."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = sorted([ROOT / "README.md", *(ROOT / "docs").rglob("*.md")])
TOPS = (
    *("server", "library", "search", "transcode", "templates", "frontend"),
    *("migrations", "deploy", "tests", "bench", "docs"),
)
MADE_LATER = {"deploy/scale.env"}


def places(text: str) -> set[str]:
    """Paths from the root of the repository that stand in backquotes, without patterns such as <noun>."""
    return {word for word in re.findall(r"`([\w./-]+)`", text) if "/" in word and word.split("/")[0] in TOPS}


def is_there(place: str) -> bool:
    """A file, a folder, a module without its ending, or a name in one (`library/review/actions.move`)."""
    path = ROOT / place
    if path.exists() or path.with_name(f"{path.name}.py").exists():
        return True
    module, _, name = place.rpartition(".")
    file = ROOT / f"{module}.py"
    return file.exists() and re.search(rf"\b{name}\b", file.read_text(encoding="utf-8")) is not None


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_a_document_names_what_is_there(document: Path) -> None:
    text = document.read_text(encoding="utf-8")
    assert [place for place in sorted(places(text) - MADE_LATER) if not is_there(place)] == []
    links = re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", text)
    assert [link for link in links if not (document.parent / link).exists()] == []


def test_the_look_at_documents_finds_something() -> None:
    said = "`library/nothing.py` and `search/` but not `weike doctor`, `a/b` or `server/slices/<noun>/`"
    assert places(said) == {"library/nothing.py", "search/"}
    assert not is_there("library/nothing.py")
    assert is_there("library/review/actions.publish")
    assert not is_there("library/review/actions.unpublish")
