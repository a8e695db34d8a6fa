""".ci/run: the README's command and nothing else, the closing line last, and an exit code that cannot lie."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
CLOSING = "1 failed, 2 passed, 3 deselected in 3.21s (0:00:03)"

# Stands where make is: says what it was asked for and ends as it is told.
MAKE = f"""#!/bin/sh
echo "make $@ CI=$CI"
echo "{CLOSING}"
echo more
exit "$TEST_EXIT"
"""


@pytest.mark.parametrize(("test", "expected"), [(0, 0), (1, 1), (5, 1)])
def test_it_runs_one_command_and_fails_when_that_does(tmp_path: Path, test: int, expected: int) -> None:
    clone, logs = tmp_path / "clone", tmp_path / "logs"
    (clone / ".ci").mkdir(parents=True)
    logs.mkdir()
    shutil.copy(ROOT / ".ci" / "run", clone / ".ci")
    make = tmp_path / "make"
    make.write_text(MAKE)
    make.chmod(0o755)
    path = f"{tmp_path}{os.pathsep}{os.environ['PATH']}"
    answer = subprocess.run(
        [clone / ".ci" / "run"],
        env={"PATH": path, "TEST_EXIT": str(test), "TMPDIR": str(logs)},
        cwd="/",
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert answer.returncode == expected
    lines = answer.stdout.splitlines()
    assert [line for line in lines if line.startswith("make")] == ["make test CI=true"]
    assert lines[-1] == CLOSING
    assert ("FAILED: the reasons stand above" in lines) == bool(expected)
    assert [path.name for path in clone.iterdir()] == [".ci"], "it left something in the clone"
    assert list(logs.iterdir()) == []
