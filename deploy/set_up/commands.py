"""The sub-commands of run.py."""

from __future__ import annotations

import difflib
import os
import re
import subprocess
import sys
import time
from collections.abc import Sequence

from deploy.set_up.environment import prepare
from deploy.set_up.judges import FAST, are_content, judges
from deploy.set_up.steps import ROOT, SetupError, shown
from deploy.set_up.system import install_system_things

USAGE = """usage: python3 run.py COMMAND [arguments]

  setup   install everything into .venv and build the front end; leaves .venv/bin/weike
  demo    set up, then start the demonstration library   (arguments go to `weike demo`)
  test    set up, then linters, types, layers and the tests; with the media corpora whole: test --full
          (with other arguments only pytest, which they go to)
  check   set up, then linters, types, layers and the fast tests

WEIKE_VENV names another folder for the virtual environment."""

_NO_TESTS = 5
"""pytest's exit code when nothing was chosen."""


def main(arguments: Sequence[str]) -> int:
    """Run the sub-command and return the exit code (``demo`` does not return: it becomes weike)."""
    command, rest = (arguments[0] if arguments else "help"), list(arguments[1:])
    commands = {"setup": _setup, "demo": _demo, "test": _test, "check": _check}
    if command in ("help", "-h", "--help"):
        print(USAGE)
        return 0
    if command not in commands:
        near = difflib.get_close_matches(command.lower(), commands, n=1)
        meant = f"; did you mean {near[0]}?" if near else "."
        print(f"run.py: there is no command {command!r}{meant}\n\n{USAGE}", file=sys.stderr)
        return 2
    try:
        return commands[command](rest)
    except SetupError as error:
        print(f"\nrun.py: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nrun.py: interrupted; the next run continues here", file=sys.stderr)
        return 130


def _setup(rest: list[str]) -> int:
    if rest:
        raise SetupError(f"setup takes no arguments, and these were given: {' '.join(rest)}")
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
    _require_files(rest)
    install_system_things()
    venv = prepare("dev")
    content = not _is_whole(rest) or are_content(judges(venv))
    _keep_compiled()
    tests = subprocess.call([venv / "bin" / "python", "-m", "pytest", *_parallel(rest), *rest], cwd=ROOT)
    if tests == _NO_TESTS:
        print(f"\nrun.py: no test is called like that: {' '.join(rest)}", file=sys.stderr)
    return tests or (0 if content else 1)


def _require_files(rest: list[str]) -> None:
    """Raise SetupError for a test file that is not there: pytest's several processes say nothing of it."""
    for word in rest:
        file = word.partition("::")[0]
        if not word.startswith("-") and ("/" in file or file.endswith(".py")) and not (ROOT / file).exists():
            raise SetupError(f"there is no {file} here; name tests like tests/search or tests/a/test_b.py")


def _is_whole(rest: list[str]) -> bool:
    """True when all tests are meant, not a choice of them: then the judges have their say before them."""
    words = "".join(f"{word} " for word in rest)
    return re.fullmatch(r"(--full |--seed[ =]\S+ |-[vqsx]+ )*", words) is not None


def _check(rest: list[str]) -> int:
    venv = prepare("dev")
    _keep_compiled()
    fast = [str(venv / "bin" / "python"), "-m", "pytest", "-m", FAST, *_parallel(rest), *rest]
    return 0 if are_content({**judges(venv), "fast tests": fast}) else 1


def _keep_compiled() -> None:
    """Let Python keep what it compiles, whatever the machine says: tests start hundreds of processes."""
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)


def _parallel(rest: list[str]) -> list[str]:
    """One test process more than there are processors, as much of the time is waiting, and at most 8."""
    if any(word.startswith(("-n", "--numprocesses", "--pdb", "--co")) for word in rest):
        return []
    # loadfile keeps a module in one process: the costly fixtures (an encode, a server) are made per module.
    # In the order of tests/conftest.py, the longest first; xdist's own begins with the most tests.
    processes = str(min(8, (os.cpu_count() or 1) + 1))
    return ["-n", processes, "--dist", "loadfile", "--no-loadscope-reorder"]
