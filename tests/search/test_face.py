"""What is outside reaches the search through its face, and pays for an engine only when it asks for one."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import search

HERE = Path(search.__file__).parent
LOADED = "print(*sorted({'whoosh', 'tantivy'} & sys.modules.keys()))"


def loaded_after(statements: str) -> list[str]:
    """Which engines' libraries a fresh interpreter has loaded."""
    command = [sys.executable, "-c", f"import sys\n{statements}\n{LOADED}"]
    return subprocess.run(command, capture_output=True, check=True, text=True).stdout.split()


def test_importing_the_face_loads_no_engine() -> None:
    assert loaded_after("import search") == []


@pytest.mark.parametrize("name", ["whoosh", "tantivy"])
@pytest.mark.slow
def test_opening_an_index_loads_one_engine(name: str, tmp_path: Path) -> None:
    opening = (
        f"import pathlib, search\nsearch.ENGINES[{name!r}].open_or_create(pathlib.Path({str(tmp_path)!r}))"
    )
    assert loaded_after(opening) == [name]


def test_the_face_names_all_that_it_has() -> None:
    tree = ast.parse((HERE / "__init__.py").read_text(encoding="utf-8"))
    imported = {
        alias.name
        for node in tree.body
        if isinstance(node, ast.ImportFrom) and node.module != "__future__"
        for alias in node.names
    }
    assert imported == set(search.__all__)


def test_nothing_below_looks_into_the_face() -> None:
    """What is below would otherwise work or not, whichever of its modules is imported first."""
    for path in HERE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [node.module] if isinstance(node, ast.ImportFrom) else []
            names += [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            assert "search" not in names, path
