"""How the child process is started: its arguments and its environment. Whoever starts it does so
through the one door to child processes, which gives it no network and nowhere to write."""

from __future__ import annotations

import sys
from pathlib import Path


def command(
    folder: Path, *, start_s: float = 0.0, threads: int = 2, terms_file: Path | None = None
) -> list[str]:
    """Return the command that recognises what comes on its stdin (s16le, 16 kHz, mono), whose first
    sample is that of ``start_s``; what it writes says ``child``."""
    terms = ["--terms-file", str(terms_file)] if terms_file is not None else []
    made = [sys.executable, "-P", "-m", "speech.child", "--model", str(folder), "--start-s", f"{start_s:.3f}"]
    return [*made, "--threads", str(threads), *terms]


def environment(threads: int = 2) -> dict[str, str]:
    """Return what the child needs in its environment: this code, so many threads, and no hub."""
    return {
        "PYTHONPATH": str(Path(__file__).resolve().parents[1]),
        "PYTHONDONTWRITEBYTECODE": "1",
        "OMP_NUM_THREADS": str(threads),
        "HF_HUB_OFFLINE": "1",
        "HF_HUB_DISABLE_TELEMETRY": "1",
    }
