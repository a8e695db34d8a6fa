"""Some children of one kind that answer many threads: few at a time, few in line, each asker once."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from transcode.kept_child import KeptChild
from transcode.run import Limits

T = TypeVar("T")


class KeptChildren:
    """Children that run a module of ours. Each is started when it is first needed, and stays."""

    def __init__(
        self,
        module: str,
        argument: str,
        limits: Limits,
        *,
        name: str,
        at_once: int,
        waiting: int,
        refusal: Callable[[], Exception],
        environment: Mapping[str, str] | None = None,
    ) -> None:
        """`at_once` of them work, `waiting` more askers wait; others, and who asks twice, get `refusal`.

        `name` is what their threads are called. A child begins with `argument` and knows nothing of this
        process's environment but `environment`.
        """
        self._command = [sys.executable, "-P", "-m", module, argument]
        self._limits = limits
        self._environment = {
            "PYTHONPATH": str(Path(__file__).resolve().parents[1]),
            "PYTHONDONTWRITEBYTECODE": "1",
            **(environment or {}),
        }
        self._threads = ThreadPoolExecutor(at_once, name)
        self._most, self._refusal = at_once + waiting, refusal
        self._mine = threading.local()
        self._children: list[KeptChild] = []
        self._guard = threading.Lock()
        self._askers: set[str | None] = set()

    def run(self, asker: str | None, work: Callable[[], T]) -> T:
        """Return what `work` returns, which may `ask`, when its turn has come. Raises the refusal, and what
        `work` raises."""
        with self.place(asker):
            return self._threads.submit(work).result()

    @contextmanager
    def place(self, asker: str | None) -> Iterator[None]:
        """Take a place in the line for the block; raises the refusal."""
        with self._guard:
            if asker in self._askers or len(self._askers) >= self._most:
                raise self._refusal()
            self._askers.add(asker)
        try:
            yield
        finally:
            with self._guard:
                self._askers.discard(asker)

    def ask(self, question: bytes, *, timeout_s: float, most_bytes: int) -> bytes:
        """Ask the child of this thread, in `run`; raises as KeptChild.ask."""
        kept: KeptChild | None = getattr(self._mine, "child", None)
        if kept is None:
            kept = self._mine.child = KeptChild(self._command, self._limits, self._environment)
            with self._guard:
                self._children.append(kept)
        return kept.ask(question, timeout_s=timeout_s, most_bytes=most_bytes)

    def close(self) -> None:
        """End them; nothing is answered any more."""
        self._threads.shutdown(wait=True, cancel_futures=True)
        for kept in self._children:
            kept.end()
