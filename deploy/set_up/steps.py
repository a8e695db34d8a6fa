"""The tools of every set-up step: paths, stamps, running a program and saying how it went."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import re
import subprocess
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
STATE = ROOT / ".setup"
HEARTBEAT_S = 15


@dataclass(frozen=True)
class Case:
    """A way in which a program fails: a pattern looked for in its output, and what the user should do.

    `said` is what went wrong, in one sentence, where the program itself says it in many lines ("": its last
    lines are shown).
    """

    pattern: str
    advice: str
    said: str = ""


Cases = Sequence[Case]


class SetupError(Exception):
    """Set-up cannot go on; the message says why and what to do."""


class Stamp:
    """One remembered value in a small JSON file: the hash of what a finished step was made from."""

    def __init__(self, path: Path, name: str) -> None:
        self._path, self._name = path, name

    def _all(self) -> dict[str, str]:
        try:
            found = json.loads(self._path.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return found if isinstance(found, dict) else {}

    def holds(self, value: str) -> bool:
        """True when the step was finished for exactly this value."""
        return self._all().get(self._name) == value

    def write(self, value: str) -> None:
        """Remember that the step is finished for ``value``; a crash leaves the old file or the new one."""
        fresh = self._path.with_name(self._path.name + ".new")
        fresh.write_text(json.dumps({**self._all(), self._name: value}, indent=1), encoding="utf-8")
        fresh.replace(self._path)


def digest(paths: Iterable[Path]) -> str:
    """One hash over the names and contents of ``paths``, in whatever order they come."""
    total = hashlib.sha256()
    for path in sorted(paths):
        content = hashlib.sha256(path.read_bytes()).hexdigest() if path.exists() else "missing"
        total.update(f"{os.path.relpath(path, ROOT)} {content}\n".encode())
    return total.hexdigest()


@contextlib.contextmanager
def only_one_set_up() -> Iterator[None]:
    """Hold the set-up lock; a second run waits for the first and then finds everything done.

    Makes the folder STATE, in which the steps keep their logs and stamps. Raises SetupError where it cannot.
    """
    try:
        import fcntl
    except ImportError as error:
        raise SetupError(
            "Windows is supported through WSL only: run `wsl --install` and start there."
        ) from error
    if STATE.exists() and not STATE.is_dir():
        raise SetupError(f"{STATE} is a file where a folder has to be: delete it and start again.")
    try:
        STATE.mkdir(exist_ok=True)
        lock = (STATE / "lock").open("w")
    except OSError as error:
        raise SetupError(f"{STATE} cannot be written to ({error.strerror}): {_NOT_YOURS}") from error
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            print("Another set-up is running here; waiting for it ...", flush=True)
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def run_step(
    title: str,
    command: Sequence[str | Path],
    cases: Cases,
    *,
    otherwise: str,
    env: Mapping[str, str] | None = None,
    cwd: Path = ROOT,
) -> None:
    """Run ``command``, saying what is done and how long it took.

    Its log lies in STATE, so every step is taken within ``only_one_set_up``.
    Raises SetupError with what the first of ``cases`` that fits says, or the last lines, and with its advice.
    """
    print(f"{title} ...", flush=True)
    started = time.monotonic()
    log = STATE / f"{Path(command[0]).name}-{re.sub(r'[^a-z]+', '-', title.lower()).strip('-')}.log"
    with log.open("wb") as out:
        child = subprocess.Popen(
            command, cwd=cwd, env=env, stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.STDOUT
        )
        try:
            while _still_running(child):
                print(f"  still at it after {time.monotonic() - started:.0f} s", flush=True)
        except KeyboardInterrupt:
            # The terminal sent Ctrl-C to the child too; it may be moving files into place, so let it end.
            child.wait()
            raise
    if child.returncode:
        output = log.read_text(encoding="utf-8", errors="replace").strip()
        case = _case(output, (*COMMON, *cases))
        tail = "\n".join(f"  | {line}" for line in output.splitlines()[-15:])
        failed = f": {case.said}" if case and case.said else f" (exit code {child.returncode}).\n{tail}"
        raise SetupError(
            f"{title} failed{failed}\n"
            f"What to do: {case.advice if case else otherwise}\nThe whole output: {shown(log)}"
        )
    print(f"  done in {time.monotonic() - started:.0f} s", flush=True)


def _still_running(child: subprocess.Popen[bytes]) -> bool:
    """Wait for the end of ``child`` or the next heartbeat, whichever comes first."""
    try:
        child.wait(timeout=HEARTBEAT_S)
    except subprocess.TimeoutExpired:
        return True
    return False


_NOT_YOURS = "make this folder yours, or clone it into your home folder."
COMMON: Cases = (
    Case(r"No space left|ENOSPC", "free some disk space (about 2 GB are needed) and start again."),
    Case(r"Permission denied|EACCES|EPERM", _NOT_YOURS),
)


def _case(output: str, cases: Cases) -> Case | None:
    """Return the first of ``cases`` that fits."""
    return next((case for case in cases if re.search(case.pattern, output, re.IGNORECASE)), None)


def shown(path: Path) -> str:
    """``path`` the way the user would type it from here."""
    with contextlib.suppress(ValueError):
        return str(path.relative_to(Path.cwd()))
    return str(path)
