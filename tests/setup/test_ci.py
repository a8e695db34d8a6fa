""".ci/run: both commands, nothing skipped, the closing line last, and an exit code that cannot lie."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

# Stands where make is: says what it was asked for and ends as it is told.
MAKE = """#!/bin/sh
echo "make $1 CI=$CI"
if [ "$1" = test ]; then echo "1 failed, 2 passed in 3.21s (0:00:03)"; echo more; exit "$TEST_EXIT"; fi
exit "$CHECK_EXIT"
"""


@pytest.mark.parametrize(("check", "test", "expected"), [(0, 0, 0), (1, 0, 1), (0, 1, 1), (2, 5, 1)])
def test_it_fails_when_either_command_fails(tmp_path: Path, check: int, test: int, expected: int) -> None:
    (tmp_path / ".ci").mkdir()
    shutil.copy(ROOT / ".ci" / "run", tmp_path / ".ci")
    make = tmp_path / "make"
    make.write_text(MAKE)
    make.chmod(0o755)
    path = f"{tmp_path}{os.pathsep}{os.environ['PATH']}"
    answer = subprocess.run(
        [tmp_path / ".ci" / "run"],
        env={"PATH": path, "CHECK_EXIT": str(check), "TEST_EXIT": str(test)},
        cwd="/",
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert answer.returncode == expected
    lines = answer.stdout.splitlines()
    assert "make check CI=true" in lines
    assert "make test CI=true" in lines
    assert lines[-1] == "1 failed, 2 passed in 3.21s (0:00:03)"
    assert ("FAILED: the reasons stand above" in lines) == bool(expected)
