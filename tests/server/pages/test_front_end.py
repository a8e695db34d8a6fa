"""How the front end's sources are laid out: a folder per noun, and what two nouns need is shared."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.server.pages.conftest import ROOT

SOURCES = ROOT / "frontend" / "src"
SLICES = {path.name for path in (ROOT / "server" / "slices").iterdir() if (path / "__init__.py").exists()}
NOUNS = sorted(path.name for path in SOURCES.iterdir() if path.is_dir() and path.name != "shared")


def _classes_styled(folder: Path) -> set[str]:
    """The classes that stand in the selectors of the styles in `folder`."""
    found: set[str] = set()
    for path in folder.rglob("*.css"):
        css = re.sub(r"/\*.*?\*/", "", path.read_text(encoding="utf-8"), flags=re.S)
        found.update(re.findall(r"\.([a-z][\w-]*)(?=[^{}]*\{)", css))
    return found


def _classes_worn(template: Path) -> set[str]:
    """The classes that a template gives to its elements, but for those that are worked out."""
    html = re.sub(r"\{%.*?%\}|\{\{.*?\}\}", " ", template.read_text(encoding="utf-8"), flags=re.S)
    return {name for value in re.findall(r'class="([^"]*)"', html) for name in value.split()}


def test_the_folders_are_the_nouns_of_the_server() -> None:
    assert {"watching", "intake", "finding"} <= set(NOUNS), "looked in the wrong place"
    assert set(NOUNS) <= SLICES


@pytest.mark.parametrize("noun", NOUNS)
def test_a_noun_imports_its_own_scripts_and_the_shared_ones(noun: str) -> None:
    for script in (SOURCES / noun).rglob("*.js"):
        for named in re.findall(
            r"(?:from|import|import\()\s*'(\.[^']*)'", script.read_text(encoding="utf-8")
        ):
            path = (script.parent / named).resolve()
            assert path.exists(), f"{script.name} imports {named}"
            assert path.relative_to(SOURCES).parts[0] in (noun, "shared"), f"{script.name} imports {named}"


def test_what_is_shared_knows_no_noun() -> None:
    for script in (SOURCES / "shared").glob("*.js"):
        assert re.findall(r"from '(?!\./)\.[^']*'", script.read_text(encoding="utf-8")) == [], script.name


def test_a_page_wears_the_styles_of_its_own_noun_and_the_shared_ones() -> None:
    """What a noun changes of its own changes no other's pages; what two wear belongs to what is shared."""
    shared = _classes_styled(SOURCES / "shared")
    styled = {noun: _classes_styled(SOURCES / noun) for noun in NOUNS}
    assert "button" in shared
    assert "stage" in styled["watching"]
    for template in (ROOT / "templates").rglob("*.html"):
        folder = template.parent.name
        others = {name: noun for noun, names in styled.items() if noun != folder for name in names}
        foreign = _classes_worn(template) & set(others) - shared - styled.get(folder, set())
        assert not foreign, f"{template.name} wears {[(name, others[name]) for name in foreign]}"
