"""A small disk of its own, to fill."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.support import needs


@contextmanager
def small_disk(folder: Path, size_bytes: int) -> Iterator[None]:
    """Make `folder` a disk of its own for the block."""
    if sys.platform != "linux" or shutil.which("mount") is None:
        needs.missing("mount (Linux) is needed for a small disk")
    command = ["mount", "-t", "tmpfs", "-o", f"size={size_bytes}", "tmpfs", str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        pytest.skip(f"a small disk needs root and mount: {done.stderr.strip()}")
    try:
        yield
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)
