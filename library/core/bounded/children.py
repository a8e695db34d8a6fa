"""Asks children for what pages do not wait for: few at a time, within bounds of time, memory and output."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from library.core.errors import Invalid, Throttled
from transcode.errors import Failed
from transcode.kept_children import KeptChildren
from transcode.run import Limits

MOST_AT_ONCE = 2
MOST_WAITING = 6
"""More than these are told to come again; of one person one thing at a time is worked at."""
_AGAIN_S = 10


@dataclass(frozen=True)
class Bounds:
    """What one answer may take, and be."""

    answer_s: float
    """On the clock, from the moment its turn has come."""
    processor_s: int
    memory_bytes: int
    """Of addresses, the interpreter's own among them."""
    answer_bytes: int


class BoundedChildren(KeptChildren):
    """Children of one kind that answer many threads. They are started when they are first needed."""

    def __init__(
        self,
        name: str,
        module: str,
        bounds: Bounds,
        *,
        busy: type[Throttled],
        costly: Callable[[], Invalid],
        environment: Mapping[str, str] | None = None,
    ) -> None:
        """`busy` is raised, with `wait_s`, where too many ask at once or one asks twice; `costly` where an
        answer takes more than its bounds. `module`, which serves by transcode.forking_child, is told its
        `processor_s`; `name` and `environment` as in KeptChildren."""
        super().__init__(
            module,
            str(bounds.processor_s),
            Limits(address_space_bytes=bounds.memory_bytes, file_size_bytes=0, open_files=64, nice=0),
            name=name,
            at_once=MOST_AT_ONCE,
            waiting=MOST_WAITING,
            refusal=lambda: busy(wait_s=_AGAIN_S),
            environment=environment,
        )
        self._bounds, self._costly = bounds, costly

    def answer(self, asker: str | None, question: bytes) -> bytes:
        """Return the answer when its turn has come; raises `busy`, `costly` and Failed("tool_missing")."""
        return self.run(asker, lambda: self.answer_now(question))

    def answer_now(self, question: bytes) -> bytes:
        """Return the answer, in `run`; raises `costly` and Failed("tool_missing")."""
        with within_bounds(self._costly):
            bounds = self._bounds
            return self.ask(question, timeout_s=bounds.answer_s, most_bytes=bounds.answer_bytes)


@contextmanager
def within_bounds(costly: Callable[[], Invalid]) -> Iterator[None]:
    """Raise `costly` where a child fails in whatever way; Failed("tool_missing") where there is none."""
    try:
        yield
    except Failed as failed:
        if failed.code == "tool_missing":
            raise
        raise costly() from failed
