"""The sub-commands of run.py."""

from __future__ import annotations

import difflib
import os
import re
import subprocess
import sys
import time
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from deploy.set_up.audit import audit
from deploy.set_up.bundle import make, opened
from deploy.set_up.environment import has_speech, prepare
from deploy.set_up.judges import FAST, are_content, judges
from deploy.set_up.packages import download_lock
from deploy.set_up.sbom import write_sbom
from deploy.set_up.steps import ROOT, SetupError, only_one_set_up, shown
from deploy.set_up.system import install_system_things

USAGE = """usage: python3 run.py COMMAND [arguments]

  setup   install everything into .venv and build the front end; leaves .venv/bin/weike
          (setup --speech: with what recognises speech and its model, 0.4 GB more;
          setup --from FOLDER: from a bundle, without any line)
  bundle  make FOLDER, from which a machine of the same kind is set up without any line
          (bundle --speech FOLDER: with what recognises speech)
  audit   ask whether anything that the locks name is known to be vulnerable
  demo    set up, then start the demonstration library   (arguments go to `weike demo`)
  test    set up, then linters, types, layers and the tests; with the large corpora whole: test --full
          (with other arguments only pytest, which they go to)
  check   set up, then linters, types, layers and the fast tests

WEIKE_VENV names another folder for the virtual environment."""

_NO_TESTS = 5
"""pytest's exit code when nothing was chosen."""


def main(arguments: Sequence[str]) -> int:
    """Run the sub-command and return the exit code (``demo`` does not return: it becomes weike)."""
    command, rest = (arguments[0] if arguments else "help"), list(arguments[1:])
    commands = {
        "setup": _setup,
        "bundle": _bundle,
        "audit": _audit,
        "demo": _demo,
        "test": _test,
        "check": _check,
    }
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
    bundle, words, speech = None, *_without(rest, "--speech")
    if len(words) == 2 and words[0] == "--from":
        bundle = opened(Path(words[1]), speech=speech)
    elif words:
        raise SetupError(
            f"setup takes --speech, --from FOLDER or nothing, and these were given: {' '.join(rest)}"
        )
    started = time.monotonic()
    venv = prepare("demo", bundle, speech=speech)
    write_sbom(venv, speech=speech or has_speech(venv))
    if bundle is not None and bundle.speech and not speech:
        print(
            "The bundle carries speech recognition too, which was left out: setup --speech --from takes it."
        )
    print(f"Ready in {time.monotonic() - started:.1f} s: {shown(venv / 'bin' / 'weike')}")
    return 0


def _without(rest: list[str], word: str) -> tuple[list[str], bool]:
    """The words without one of them, and whether it was there."""
    return [one for one in rest if one != word], word in rest


def _bundle(rest: list[str]) -> int:
    words, speech = _without(rest, "--speech")
    if len(words) != 1 or words[0].startswith("-"):
        raise SetupError("bundle takes one folder, which it makes: python3 run.py bundle /media/stick/weike")
    venv = prepare("demo")
    with only_one_set_up():
        folder = make(Path(words[0]), partial(download_lock, venv), speech=speech)
    size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    print(f"{shown(folder)}: {size / 1e6:.0f} MB; on the other machine see {shown(folder / 'README.txt')}")
    return 0


def _audit(rest: list[str]) -> int:
    if rest:
        raise SetupError(f"audit takes no arguments, and these were given: {' '.join(rest)}")
    return audit()


def _demo(rest: list[str]) -> int:
    venv = prepare("demo")
    weike = str(venv / "bin" / "weike")
    if (ROOT / "speech").is_dir() and not has_speech(venv):
        print(
            "Recordings find no words by themselves here: python3 run.py setup --speech (0.4 GB) "
            "changes that."
        )
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
    # The judges take what these leave of the processors.
    fast = [str(venv / "bin" / "python"), "-m", "pytest", "-m", FAST, *_parallel(rest, more=0), *rest]
    return 0 if are_content({**judges(venv), "fast tests": fast}) else 1


def _keep_compiled() -> None:
    """Let Python keep what it compiles, whatever the machine says: tests start hundreds of processes."""
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)


def _parallel(rest: list[str], more: int = 1) -> list[str]:
    """So many test processes more than there are processors (much of the time is waiting), and at most 8."""
    if any(word.startswith(("-n", "--numprocesses", "--pdb", "--co")) for word in rest):
        return []
    # loadfile keeps a module in one process: the costly fixtures (an encode, a server) are made per module.
    # In the order of tests/conftest.py, the longest first; xdist's own begins with the most tests.
    processes = str(min(8, (os.cpu_count() or 1) + more))
    return ["-n", processes, "--dist", "loadfile", "--no-loadscope-reorder"]
