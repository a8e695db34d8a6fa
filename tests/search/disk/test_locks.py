"""A lock is held by one process, and free again when that ends, however it ends."""

from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path

from search.disk.locks import if_free, waiting_for

HOLDING = "import sys, time, pathlib; from search.disk.locks import waiting_for\n" + (
    "with waiting_for(pathlib.Path(sys.argv[1])): print('held', flush=True); time.sleep(60)"
)


def test_who_does_not_wait_is_told_that_it_is_held(tmp_path: Path) -> None:
    with if_free(tmp_path / "lock") as first:
        with if_free(tmp_path / "lock") as second:
            assert (first, second) == (True, False)
        with if_free(tmp_path / "lock") as third, if_free(tmp_path / "other") as other:
            assert (third, other) == (False, True)
    with if_free(tmp_path / "lock") as again:
        assert again


def test_who_waits_gets_it_when_it_is_free(tmp_path: Path) -> None:
    order = []

    def wait() -> None:
        with waiting_for(tmp_path / "lock"):
            order.append("second")

    waiting = threading.Thread(target=wait)
    with waiting_for(tmp_path / "lock"):
        waiting.start()
        waiting.join(0.2)
        assert waiting.is_alive()
        order.append("first")
    waiting.join(10)
    assert order == ["first", "second"]


def test_it_is_free_when_its_holder_is_killed(tmp_path: Path) -> None:
    command = [sys.executable, "-c", HOLDING, str(tmp_path / "lock")]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == b"held\n"
        with if_free(tmp_path / "lock") as mine:
            assert not mine
        child.kill()
        child.wait()
        with if_free(tmp_path / "lock") as mine:
            assert mine
