"""The command `weike`. Its commands, options, objects and exit codes are a contract: docs/cli.md.

What stands here is known before anything is loaded: which command is called, and how it is to be loaded.
"""

from __future__ import annotations

import atexit
import gc
import os
import sys
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from library.core.modes import OWNER_ONLY
from server.commands.help import HELP
from server.commands.running.asking import asked

if TYPE_CHECKING:
    from server.web.language.phrases import Phrases

# Commands that say what they know and end: looking for cycles takes a tenth of their time while they load and
# work, and a third when the process ends and everything is looked at once more, for nothing.
_SHORT = frozenset(["", "search", "searches", "stats", "user", "vocabulary", "doctor", "settings"])
_HELP_IS_ASKED = ("--help", "-h")


def called(arguments: Sequence[str]) -> str | None:
    """Return the command that is called; "" where help about all of them is, or what is no command; None
    where Typer has to find out."""
    words = iter(arguments)
    for word in words:
        if word == "--data":
            next(words, None)
        elif word in HELP:
            return word
        elif word in _HELP_IS_ASKED:
            return ""
        elif word not in ("-v", "--verbose") and not word.startswith("--data="):
            break
    return None if HELP.keys() & set(arguments) else ""


def _load_logging() -> None:
    """Load structlog without rich, which it loads for tracebacks that are not ours (server/logs.py): a tenth
    of what a short command takes."""
    if "structlog" in sys.modules or "rich" in sys.modules:
        return
    sys.modules["rich"] = None  # type: ignore[assignment]  # "import rich" is refused meanwhile
    try:
        import structlog  # noqa: F401
    finally:
        del sys.modules["rich"]


def main(arguments: Sequence[str] | None = None, gather: Callable[[], Phrases] | None = None) -> int:
    """Run one command; returns the exit code: 0 done, 1 failed, 2 bad input.

    `gather` brings what is said about codes, once one has to be spoken of; else that of all slices is.
    """
    words = list(sys.argv[1:] if arguments is None else arguments)
    answer = asked(words)
    if answer is not None:
        return answer
    name = called(words)
    before = os.umask(OWNER_ONLY)
    is_collecting = gc.isenabled()
    if name in _SHORT:
        gc.disable()
        atexit.unregister(gc.freeze)  # once, however many commands a process runs
        atexit.register(gc.freeze)
    try:
        if name and name in _SHORT:  # help speaks without a log
            _load_logging()
        from server.command_tree import run
        from server.slices import phrases

        return run(words, name, gather or phrases)
    finally:
        if is_collecting:
            gc.enable()
        os.umask(before)


if __name__ == "__main__":
    sys.exit(main())
