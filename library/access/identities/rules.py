"""What becomes of somebody for whom an identity provider vouches. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class LinkedBy(StrEnum):
    """What a link between an account elsewhere and a person here was made from."""

    INVITATION = "invitation"
    USERNAME = "username"
    CREATED = "created"


class MatchBy(StrEnum):
    """How somebody is found whose account elsewhere is linked to nobody yet, besides an invitation."""

    NONE = "none"
    USERNAME = "username"


@dataclass(frozen=True)
class Claimed:
    """What a provider says of somebody: `subject` of `issuer`, which never changes, and names that may.

    Nothing else is taken, and an e-mail address least of all: whoever can change theirs there must not become
    somebody else here.
    """

    issuer: str
    subject: str
    username: str = ""
    name: str = ""


class Outcome(StrEnum):
    """What is done with a claim."""

    SIGN_IN = "sign_in"
    INVITED = "invited"
    BY_USERNAME = "by_username"
    CREATE = "create"
    UNKNOWN = "unknown"
    CLOSED = "closed"
    TAKEN = "taken"


@dataclass(frozen=True)
class Known:
    """What is known here of a claim.

    `linked`: to whom its account is linked, and whether that person's account is open. `invited`: it came
    through a one-time link. `same_name`: who has the claimed user name, whether they are open, and whether
    another account of this issuer is linked to them.
    """

    linked: tuple[str, bool] | None = None
    invited: bool = False
    same_name: tuple[str, bool, bool] | None = None


def decide(known: Known, match_by: MatchBy, *, may_create: bool, has_username: bool) -> Outcome:
    """Return what is done with a claim.

    A link that holds goes before everything, also before an invitation: who opens somebody else's one-time
    link with an account of their own must not become two people. TAKEN says that.
    """
    if known.linked is not None:
        if known.invited:
            return Outcome.TAKEN
        return Outcome.SIGN_IN if known.linked[1] else Outcome.CLOSED
    if known.invited:
        return Outcome.INVITED
    if known.same_name is not None:
        _person, active, linked_otherwise = known.same_name
        if match_by is not MatchBy.USERNAME or linked_otherwise:
            return Outcome.UNKNOWN
        return Outcome.BY_USERNAME if active else Outcome.CLOSED
    return Outcome.CREATE if may_create and has_username else Outcome.UNKNOWN
