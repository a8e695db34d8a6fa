"""How long a door stays open, how long a guesser must wait, and what a program may do. Pure.

Guesses are slowed down as OWASP describes for device cookies
(https://owasp.org/www-community/Slow_Down_Online_Guessing_Attacks_with_Device_Cookies): a browser that has
signed in as a person before has a budget of its own, so that nobody's wrong passwords keep the person out of
it; all others share what the name and their address have left.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from math import ceil

SIGN_IN_DAYS = 30
"""A browser that nobody uses for so many days is signed out."""
INVITATION_DAYS = 7
"""A one-time link works for so many days."""
TOKEN_DAYS = (30, 90, 180, 365)
"""For how many days a token may be made."""
TOKEN_KEPT_DAYS = 30
"""One that has ended is still shown for so many days."""
FAILURE_DAYS = 1
"""Failures are forgotten after so many days without another."""


class LinkPurpose(StrEnum):
    """What a one-time link was made for; it does nothing else."""

    FIRST_ADMIN = "first_admin"
    INVITE = "invite"
    RESET = "reset"
    START = "start"
    """Somebody whom the library knows chooses a password for the first time."""
    MAIL_RESET = "mail_reset"
    """A new password, by a link that was asked for at the door and went to the person's own mail address."""


class TokenScope(StrEnum):
    """What a program may do in a person's name; each includes the ones before it, none more than the person.

    READ looks, WRITE also works on lessons, transcripts and the dictionary, PEOPLE also on other people's
    accounts and on the organisation. No token makes tokens or changes the account that it belongs to.
    """

    READ = "read"
    WRITE = "write"
    PEOPLE = "people"

    def covers(self, other: TokenScope) -> bool:
        """Tell whether it includes `other`."""
        order = tuple(TokenScope)
        return order.index(self) >= order.index(other)


class Counted(StrEnum):
    """At what failed attempts are counted."""

    BROWSER = "browser"
    """A browser that has signed in as this person before."""
    PAIR = "pair"
    """A name from one address, in browsers that have not."""
    NAME = "name"
    """A name from everywhere, in browsers that have not."""
    ADDRESS = "address"
    """An address, for all names, in browsers that have not."""
    OWNER = "owner"
    """Somebody signed in who says their old password."""
    CODE = "code"
    """An address at which codes are typed: right ones are taken back."""
    JOIN = "join"
    """An address that asks to be taken into a branch: each asking counts, right or not."""
    FORGOTTEN = "forgotten"
    """An address that asks for a new password by mail: each asking counts."""
    CERTIFICATE = "certificate"
    """An address that looks up codes of certificates: those that do not exist count."""


@dataclass(frozen=True)
class Budget:
    """How many failures cost no waiting, the longest wait (seconds), and how often one failure is forgiven.

    The waits after the free ones are 2, 4, 8 ... seconds.
    """

    free: int
    longest_s: float
    forgiven_every_s: float


BUDGETS: Mapping[Counted, Budget] = {
    Counted.BROWSER: Budget(free=10, longest_s=900.0, forgiven_every_s=3600.0),
    Counted.PAIR: Budget(free=5, longest_s=900.0, forgiven_every_s=3600.0),
    # Forgiven more often than one address alone can fail: its guesses make nobody else wait for the name.
    Counted.NAME: Budget(free=20, longest_s=900.0, forgiven_every_s=600.0),
    # A whole branch comes from one address: forty people who mistype once each wait for nobody.
    Counted.ADDRESS: Budget(free=60, longest_s=300.0, forgiven_every_s=20.0),
    Counted.OWNER: Budget(free=5, longest_s=900.0, forgiven_every_s=3600.0),
    # Forty people in a room who mistype theirs once each wait for nobody; links need no code and no budget.
    Counted.CODE: Budget(free=40, longest_s=60.0, forgiven_every_s=10.0),
    Counted.JOIN: Budget(free=80, longest_s=300.0, forgiven_every_s=30.0),
    Counted.FORGOTTEN: Budget(free=20, longest_s=300.0, forgiven_every_s=60.0),
    # A school's office looks up a whole box of certificates; only codes that do not exist are counted.
    Counted.CERTIFICATE: Budget(free=40, longest_s=300.0, forgiven_every_s=30.0),
}

FAILED_NOTED_AN_HOUR = 200
"""So many wrong passwords of one hour are written down in the ledger of deeds, whoever they are tried at."""

FREE_FAILURES = BUDGETS[Counted.PAIR].free
"""So many wrong passwords for one name at one place cost no waiting."""
_DOUBLINGS = 12


@dataclass(frozen=True)
class Failures:
    """What is remembered of failed attempts: how many weighed when the last one came, and when it came."""

    weight: float
    last_at: datetime

    def weight_at(self, budget: Budget, now: datetime) -> float:
        """Return how many failures still weigh."""
        since_s = max(0.0, (now - self.last_at).total_seconds())
        return max(0.0, self.weight - since_s / budget.forgiven_every_s)

    def count_at(self, budget: Budget, now: datetime) -> int:
        """Return as how many failures they count: one that is half forgiven still counts as one."""
        return ceil(self.weight_at(budget, now))


def wait_s(budget: Budget, failures: Failures | None, now: datetime) -> float:
    """Return the seconds after which another attempt is looked at."""
    if failures is None:
        return 0.0
    beyond = failures.count_at(budget, now) - budget.free
    if beyond < 0:
        return 0.0
    pause_s = min(budget.longest_s, 2.0 ** min(_DOUBLINGS, beyond + 1))
    left_s = (failures.last_at + timedelta(seconds=pause_s) - now).total_seconds()
    # A clock that was put back makes nobody wait longer than that.
    return min(pause_s, max(0.0, left_s))


def after_failure(budget: Budget, failures: Failures | None, now: datetime) -> Failures:
    """Return what is remembered once an attempt has failed now."""
    weight = failures.weight_at(budget, now) if failures is not None else 0.0
    return Failures(weight + 1.0, now)
