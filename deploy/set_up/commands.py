"""The sub-commands of run.py."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from deploy.set_up.environment import prepare
from deploy.set_up.steps import ROOT, STATE, SetupError, shown
from deploy.set_up.system import install_system_things

USAGE = """usage: python3 run.py COMMAND [arguments]

  setup   install everything into .venv and build the front end; leaves .venv/bin/weike
  demo    set up, then start the demonstration library   (arguments go to `weike demo`)
  test    set up, then run all tests                     (arguments go to pytest)
  check   set up, then linters, types, layers and the fast tests

WEIKE_VENV names another folder for the virtual environment."""

FAST = "not slow and not browser and not postgres and not nginx"


def main(arguments: Sequence[str]) -> int:
    """Run the sub-command and return the exit code (``demo`` does not return: it becomes weike)."""
    command, rest = (arguments[0] if arguments else "help"), list(arguments[1:])
    commands = {"setup": _setup, "demo": _demo, "test": _test, "check": _check}
    if command not in commands:
        print(USAGE)
        return 0 if command in ("help", "-h", "--help") else 2
    try:
        return commands[command](rest)
    except SetupError as error:
        print(f"\nrun.py: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nrun.py: interrupted; the next run continues here", file=sys.stderr)
        return 130


def _setup(rest: list[str]) -> int:
    started = time.monotonic()
    venv = prepare("demo")
    print(f"Ready in {time.monotonic() - started:.1f} s: {shown(venv / 'bin' / 'weike')}")
    return 0


def _demo(rest: list[str]) -> int:
    weike = str(prepare("demo") / "bin" / "weike")
    sys.stdout.flush()
    # Become it: Ctrl-C and other signals then reach it and nobody else.
    os.execv(weike, [weike, "demo", *rest])  # noqa: S606


def _test(rest: list[str]) -> int:
    install_system_things()
    python = prepare("dev") / "bin" / "python"
    return subprocess.call([python, "-m", "pytest", *_parallel(rest), *rest], cwd=ROOT)


def _check(rest: list[str]) -> int:
    """All the quick judges side by side; a judge's output is shown only where it complains."""
    python = str(prepare("dev") / "bin" / "python")
    judges = {
        "lint": [python, "-m", "ruff", "check", "."],
        "format": [python, "-m", "ruff", "format", "--check", "."],
        "layers": [str(Path(python).parent / "lint-imports")],
        "types": [python, "-m", "mypy"],
        "fast tests": [python, "-m", "pytest", "-m", FAST, *_parallel(rest), *rest],
    }
    started = time.monotonic()
    running = {name: _start(name, command) for name, command in judges.items()}
    failed = [name for name, (child, log) in running.items() if not _is_content(name, child, log)]
    print(f"{time.monotonic() - started:.0f} s")
    if failed:
        print(f"\nrun.py: not in order: {', '.join(failed)}", file=sys.stderr)
    return 1 if failed else 0


def _start(name: str, command: list[str]) -> tuple[subprocess.Popen[bytes], Path]:
    log = STATE / f"check-{name.replace(' ', '-')}.log"
    with log.open("wb") as out:
        return subprocess.Popen(command, cwd=ROOT, stdout=out, stderr=subprocess.STDOUT), log


def _is_content(name: str, child: subprocess.Popen[bytes], log: Path) -> bool:
    code = child.wait()
    output = log.read_text(encoding="utf-8", errors="replace").strip()
    closing = output.splitlines()[-1] if output else ""
    print(f"{name:<11} {closing}" if code == 0 else f"{name:<11} FAILED\n{output}\n", flush=True)
    return code == 0


def _parallel(rest: list[str]) -> list[str]:
    """One test process per processor, at least 2 (much of the time is waiting) and at most 8."""
    if any(word.startswith(("-n", "--numprocesses", "--pdb", "--co")) for word in rest):
        return []
    # loadfile keeps a module in one process: the costly fixtures (an encode, a server) are made per module.
    return ["-n", str(max(2, min(8, os.cpu_count() or 2))), "--dist", "loadfile"]
