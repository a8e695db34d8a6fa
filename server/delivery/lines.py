"""What a line (a connection) may cost: how long it may take, how much it may send, how many there are.

Here it is decided; server/delivery/bounded_protocol.py watches the lines of uvicorn and does what is decided.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum, auto
from typing import Generic, Protocol, TypeVar

HEAD_MAX_BYTES = 64 * 1024
"""Everything before the body of a request: its address and all its headers."""
HEAD_MAX_FIELDS = 200
"""Headers of a request. Each of the shortest takes thirty times its bytes in memory."""
UNREAD_MAX_BYTES = 84 * 1024 * 1024
"""What is still taken of a body that nobody reads any more: else whoever sends it would see no answer.

Twice the largest body (a list of people) and more: who sends one that is twice too large is told so, however
little of it had arrived when they were refused."""
UNREAD_S = 30.0
"""For how long it is taken."""
TAKES_NOTHING_S = 60.0
"""How long a line may take no byte of its answer."""
LEAST_LINES = 64
"""However few files the system lets us open."""


class Phase(Enum):
    """What a line is at."""

    IDLE = auto()
    """Between two requests, or before the first."""
    HEAD = auto()
    """A request has begun, and its headers are not complete."""
    BODY = auto()
    """Its body arrives."""
    ANSWER = auto()
    """It is worked at, or answered; its sender cannot do anything about how long that takes."""
    UNREAD = auto()
    """It is answered, and more of its body arrives."""


class End(Enum):
    """What a line has come to."""

    SILENT = auto()
    """It is closed: nothing was asked on it."""
    TOO_SLOW = auto()
    """It is told 408 and closed."""
    CUT = auto()
    """It is cut off: whoever is there takes nothing."""


@dataclass(frozen=True)
class LineLimits:
    """The limits of one server's lines. Times in seconds.

    `body_least_bytes`: what of a body must arrive within `body_s`; a line of 20 kB/s brings forty times as
    much. `idle_s` must be longer than a proxy keeps its lines to us.
    """

    head_s: float = 20.0
    body_s: float = 30.0
    body_least_bytes: int = 15_000
    idle_s: float = 75.0
    lines: int = 2000
    lines_per_address: int = 128


@dataclass
class Watch:
    """How a line has been getting on. `now` is a clock that only goes forward, in seconds."""

    now: float

    def __post_init__(self) -> None:
        self._seen: tuple[Phase, int] = (Phase.IDLE, 0)
        self._since = self._taken_at = self.heard_at = self.now
        self._came_bytes = self._waiting_bytes = 0

    def came(self, size_bytes: int, now: float) -> None:
        """Note that something arrived."""
        self.heard_at = now
        self._came_bytes += size_bytes

    def look(
        self, phase: Phase, request: int, waiting_bytes: int, now: float, limits: LineLimits
    ) -> End | None:
        """Tell whether it is time to end the line.

        `request` is the number of the one it is at, 0 before the first; `waiting_bytes` are those of its
        answers not yet taken.
        """
        if (phase, request) != self._seen:
            self._seen, self._since, self._came_bytes = (phase, request), now, 0
        if waiting_bytes != self._waiting_bytes or waiting_bytes == 0:
            self._waiting_bytes, self._taken_at = waiting_bytes, now
        if now - self._taken_at > TAKES_NOTHING_S:
            return End.CUT
        took_s = now - self._since
        if phase is Phase.IDLE:
            patience_s = limits.idle_s if request else limits.head_s
            return End.SILENT if took_s > patience_s else None
        if phase is Phase.HEAD:
            return End.TOO_SLOW if took_s > limits.head_s else None
        if phase is Phase.UNREAD:
            return End.CUT if took_s > UNREAD_S else None
        if phase is Phase.BODY and took_s > limits.body_s:
            if self._came_bytes < limits.body_least_bytes:
                return End.TOO_SLOW
            self._since, self._came_bytes = now, 0
        return None


class Trusted(Protocol):
    """The proxies that are believed."""

    def __contains__(self, host: str | None) -> bool: ...


class Line(Protocol):
    """A line as far as making room is concerned; `home` is what its address is counted as
    (server.addresses.network_of), "" for one that is not counted by address."""

    home: str
    watch: Watch

    @property
    def phase(self) -> Phase: ...


L = TypeVar("L", bound=Line)


@dataclass(frozen=True)
class Room(Generic[L]):
    """Whether a new line is taken, and which one is closed for it."""

    taken: bool
    instead_of: L | None = None


def make_room(lines: Iterable[L], home: str, limits: LineLimits) -> Room[L]:
    """Decide about a new line of `home`, beside all `lines` that there are.

    Who has been quiet for longest makes room: of the same address when that has its share, else of anybody.
    What is being answered never does. So lines that only stand there shut nobody out.
    """
    present = list(lines)
    same = [line for line in present if line.home == home] if home else []
    if len(same) >= limits.lines_per_address:
        crowd = same
    elif len(present) >= limits.lines:
        crowd = present
    else:
        return Room(True)
    quiet = [line for line in crowd if line.phase is not Phase.ANSWER]
    if not quiet:
        return Room(False)
    return Room(True, min(quiet, key=lambda line: line.watch.heard_at))


def lines_that_fit(wanted: int, files: int, kept_for_others: int) -> int:
    """Return how many lines a process may have: each takes up to two of its `files`, some are kept back."""
    return max(LEAST_LINES, min(wanted, (files - kept_for_others) // 2))
