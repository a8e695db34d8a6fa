"""The locks of requirements/: one version each, with hashes, naming no host."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

REQUIREMENTS = Path(__file__).resolve().parents[2] / "requirements"
LOCKS = ("runtime", "demo", "dev", "speech", "node")


def text(name: str) -> str:
    return (REQUIREMENTS / f"{name}.txt").read_text(encoding="utf-8")


def pins(name: str) -> dict[str, str]:
    """Package -> version (and marker), as pip reads the lock."""
    return dict(re.findall(r"^([a-z0-9][a-z0-9.-]*)(?:\[[a-z,]+\])?==(.+?) \\$", text(name), re.MULTILINE))


@pytest.mark.parametrize(
    ("smaller", "larger"), [("runtime", "demo"), ("demo", "dev"), ("runtime", "speech"), ("speech", "dev")]
)
def test_a_larger_lock_contains_the_smaller(smaller: str, larger: str) -> None:
    # `run.py demo` is content with what `run.py test` installed.
    assert len(pins(smaller)) > 30
    assert set(pins(smaller).items()) <= set(pins(larger).items())


@pytest.mark.parametrize("name", LOCKS)
def test_every_package_has_hashes_and_no_host_is_named(name: str) -> None:
    lock = text(name)
    assert "://" not in lock
    assert not re.search(r"^\s*(--index-url|--extra-index-url|--find-links|-i|-f)\b", lock, re.MULTILINE)
    for block in re.split(r"\n(?=[a-z0-9])", lock):
        assert "--hash=sha256:" in block, block.splitlines()[0]


def test_what_pyproject_asks_for_is_locked() -> None:
    project = tomllib.loads((REQUIREMENTS.parent / "pyproject.toml").read_text(encoding="utf-8"))
    wanted = {
        "runtime": project["project"]["dependencies"],
        "demo": project["project"]["optional-dependencies"]["demo"],
        "dev": project["project"]["optional-dependencies"]["dev"],
        "speech": project["project"]["optional-dependencies"]["speech"],
        "node": project["dependency-groups"]["node"],
    }
    for name, requirements in wanted.items():
        asked = {re.split(r"[\[<>=!~ ]", requirement)[0] for requirement in requirements}
        assert asked <= set(pins(name)), name


def test_the_command_can_be_made_from_the_demo_lock() -> None:
    # run.py installs the project without build isolation, so the build backend has to be there already.
    assert "hatchling" in pins("demo")
