"""Run things at the same moment, each in a thread of its own, as requests and workers do."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import TypeVar

T = TypeVar("T")
WAIT_S = 120.0


def together(acts: Sequence[Callable[[], T]]) -> list[T | Exception]:
    """Start all `acts` at once; returns what each returned or raised, in their order."""
    begin = threading.Barrier(len(acts))
    results: list[T | Exception] = [TimeoutError() for _ in acts]

    def run(n: int) -> None:
        begin.wait(WAIT_S)
        try:
            results[n] = acts[n]()
        except Exception as error:
            results[n] = error

    threads = [threading.Thread(target=run, args=(n,), daemon=True) for n in range(len(acts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(WAIT_S)
    return results
