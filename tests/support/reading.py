"""Who reads which test modules first, where several processes are about to read all of them.

pytest writes the `assert`s of a module anew when it is first read, which takes half of the time that reading
takes, and keeps the result on the disk. Processes that read the same modules in the same order would all do
it. So each begins with a part of its own, and finds the other parts done.
"""

from __future__ import annotations

import contextlib
import importlib
from collections.abc import Sequence
from pathlib import Path


def part(modules: Sequence[Path], process: int, processes: int) -> list[Path]:
    """What the process number `process` of so many, counted from 0, reads first: together they read all."""
    return list(modules[process::processes])


def read_first(modules: Sequence[Path], root: Path) -> None:
    """Import test modules below `root`. One that cannot be read says so when its turn comes."""
    for module in modules:
        name = ".".join(module.relative_to(root).with_suffix("").parts)
        with contextlib.suppress(Exception):
            importlib.import_module(name)
