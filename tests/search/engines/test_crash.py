"""kill -9 at any moment loses nothing: the old content or the new, and a mark that is not ahead of it."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.spreading import moments

pytestmark = pytest.mark.dear(8)

CLIPS, OTHERS = 3, 7


@pytest.fixture
def work() -> Iterator[Path]:
    # A folder in memory where there is one: a kill (unlike a power cut) loses no written byte, and 200
    # crashes spend most of their time in fsync otherwise.
    memory = Path("/dev/shm")  # noqa: S108
    folder = Path(tempfile.mkdtemp(dir=memory if memory.is_dir() else None))
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


def is_old(seen: dict[str, Any]) -> bool:
    return bool(seen["before"] == CLIPS and seen["after"] == 0 and seen["documents"] == OTHERS + CLIPS)


def is_new(seen: dict[str, Any], others: int) -> bool:
    return bool(seen["before"] == 0 and seen["after"] == CLIPS and seen["documents"] == others + CLIPS)


@pytest.mark.slow
def test_kill_at_every_touch_of_a_file(work: Path, pytestconfig: pytest.Config) -> None:
    places = moments(pytestconfig)
    first, second = next(places), next(places)
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "tests.search.engines.crash_points",
            str(work),
            str(first),
            str(second - first),
        ],
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    results = json.loads(done.stdout)
    for action, others in (("commit", OTHERS), ("rebuild", 0)):
        crashes = results[action]
        killed = [c for c in crashes if c["killed"]]
        assert len(killed) * (second - first) > 30
        assert not crashes[-1]["killed"], "the last run must have come through"
        for crash in crashes:
            seen = crash["seen"]
            assert is_old(seen) or is_new(seen, others), (action, crash)
            if seen["mark"] == 2:
                assert is_new(seen, others), (action, crash)
            assert seen["mark"] in (1, 2)
            assert crash["replayed"]["mark"] == 2
            assert is_new(crash["replayed"], OTHERS) or is_new(crash["replayed"], 0)
        assert any(is_old(c["seen"]) for c in killed)
        if second - first == 1:  # few touches come after the new one is in its place
            assert any(is_new(c["seen"], others) for c in killed)
