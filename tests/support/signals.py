"""Signals as a terminal would give them to what tests start."""

from __future__ import annotations

import signal

_OURS = (signal.SIGINT, signal.SIGQUIT, signal.SIGTERM)


def give_children_the_defaults() -> None:
    """Let every program that this process starts from now on have the default signals.

    What a shell without job control starts with `&` ignores Ctrl-C, and so would all that it starts. This
    process goes on ignoring it; but a handler, even of nothing, is not handed down as "ignore" is.
    """
    for number in _OURS:
        if signal.getsignal(number) == signal.SIG_IGN:
            signal.signal(number, _ignore)


def _ignore(_number: int, _frame: object) -> None:
    """Do nothing."""
