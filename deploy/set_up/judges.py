"""The quick judges, run side by side: each is one line when it is content, and all it says when it is not."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from deploy.set_up.steps import ROOT, STATE

FAST = "not slow and not browser and not postgres and not nginx"
"""The tests that make check runs, as pytest's -m takes it."""


def judges(venv: Path) -> dict[str, list[str]]:
    """The judges of what is written, without any test: a name and the command of each."""
    python = str(venv / "bin" / "python")
    return {
        "lint": [python, "-m", "ruff", "check", "."],
        "format": [python, "-m", "ruff", "format", "--check", "."],
        "layers": [str(venv / "bin" / "lint-imports")],
        "types": [python, "-m", "mypy"],
    }


def are_content(commands: Mapping[str, Sequence[str]]) -> bool:
    """Run all of ``commands`` at once and say how each ended; True when none complains.

    Their logs lie in STATE, which ``prepare`` has made.
    """
    started = time.monotonic()
    running = {name: _start(name, command) for name, command in commands.items()}
    failed = [name for name, (child, log) in running.items() if not _is_content(name, child, log)]
    print(f"{time.monotonic() - started:.0f} s", flush=True)
    if failed:
        print(f"\nrun.py: not in order: {', '.join(failed)}", file=sys.stderr, flush=True)
    return not failed


def _start(name: str, command: Sequence[str]) -> tuple[subprocess.Popen[bytes], Path]:
    log = STATE / f"check-{name.replace(' ', '-')}.log"
    with log.open("wb") as out:
        return subprocess.Popen(command, cwd=ROOT, stdout=out, stderr=subprocess.STDOUT), log


def _is_content(name: str, child: subprocess.Popen[bytes], log: Path) -> bool:
    code = child.wait()
    output = log.read_text(encoding="utf-8", errors="replace").strip()
    closing = output.splitlines()[-1] if output else ""
    print(f"{name:<11} {closing}" if code == 0 else f"{name:<11} FAILED\n{output}\n", flush=True)
    return code == 0
