"""Reads a list beside pages: in a child process, within bounds of time, memory and output.

A workbook of 50,000 rows takes some ten seconds of a processor. In the process that makes pages it would
hold the interpreter's lock for all of them; here the kernel bounds what it takes, and pages go first. One
list is read at a time on a machine (server/web/lists/jobs.py), so the child is started for each.
"""

from __future__ import annotations

import sys
from pathlib import Path

from library.core.bounded.children import within_bounds
from library.core.errors import Invalid
from library.core.lists.apart import message
from transcode.kept_child import KeptChild
from transcode.run import Limits

READING_S = 900.0
"""From its start, on a machine where others compute: it stands back behind them, and no page waits for it.
What it costs is bounded by PROCESSOR_S."""
PROCESSOR_S = 45
"""The largest workbook that is read, 620,000 cells, takes 11 to 17 s."""
MEMORY_BYTES = 640 * 2**20
"""Of addresses, the interpreter's own 130 MB among them; the largest workbook takes 150 MB of memory."""


def read_apart(
    module: str, data: bytes, file_name: str, *, reading_s: float = READING_S, processor_s: int = PROCESSOR_S
) -> bytes:
    """Return what a list says as `message.understood` reads it: rows, or what is wrong with it.

    `module` is what reads lists of its kind (child). `reading_s`, `processor_s`: so long may it take, on the
    clock and of a processor. Raises Invalid("list_too_costly") beyond them.
    """
    kept = KeptChild(
        [sys.executable, "-P", "-m", module, str(processor_s)],
        Limits(address_space_bytes=MEMORY_BYTES, file_size_bytes=0, open_files=64, nice=10),
        {"PYTHONPATH": str(Path(__file__).resolve().parents[4]), "PYTHONDONTWRITEBYTECODE": "1"},
    )
    asked = file_name.replace("\n", " ").encode("utf-8", "replace") + b"\n" + data
    try:
        with within_bounds(lambda: Invalid("list_too_costly", field="file")):
            return kept.ask(asked, timeout_s=reading_s, most_bytes=message.ANSWER_BYTES + 2**20)
    finally:
        kept.end()
