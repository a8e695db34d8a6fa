"""Recordings of the corpus, made once per session and process."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.media.corpus.recipes import Recipe
from transcode.tools import Tools

Cook = Callable[[Recipe], Path]


@pytest.fixture(scope="session")
def cook(wheel_tools: Tools, tmp_path_factory: pytest.TempPathFactory) -> Cook:
    """``cook(recipe)``: the path of the file that the recipe describes, alone in its folder."""
    made: dict[str, Path] = {}

    def cooked(recipe: Recipe) -> Path:
        if recipe.name not in made:
            before = [str(cooked(one)) for one in recipe.before]
            path = tmp_path_factory.mktemp("corpus") / recipe.name
            args = [arg.format(*before) if arg in {"{0}", "{1}"} else arg for arg in recipe.args]
            command = [str(wheel_tools.ffmpeg), "-v", "error", "-nostdin", "-y", *args]
            target = path.with_name(f"made{_suffix(recipe)}")
            if not recipe.args:
                path.write_bytes(b"".join(Path(one).read_bytes() for one in before))
            elif recipe.alter is None or not recipe.name.endswith((".srt", ".ffmeta")):
                done = subprocess.run([*command, str(target)], capture_output=True, text=True, timeout=120)
                assert done.returncode == 0, done.stderr
                target.rename(path)
            if recipe.alter is not None:
                path.write_bytes(recipe.alter(path.read_bytes() if path.exists() else b""))
            made[recipe.name] = path
        return made[recipe.name]

    return cooked


def _suffix(recipe: Recipe) -> str:
    """The suffix that tells ffmpeg what to write; names that lie are given afterwards."""
    return ".mp4" if recipe.name in LIARS else Path(recipe.name).suffix or ".mp4"


LIARS = {"really an mp4.avi", "no suffix", "mask.png"}
