"""What a program's token must be for, by what it asks. Pure."""

from __future__ import annotations

import re

from library.access.rules import TokenScope

_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_NEVER = re.compile(r"/(?:account|welcome|start|join|sign-in|sign-out|language)(?:/.*)?")
"""What belongs to the person at a browser: how they sign in, and what else signs in as them."""
_OWN_TOKENS = re.compile(r"/api/v1/account/tokens(?:/.*)?")
_ACCOUNT_API = re.compile(r"/api/v1/account(?:/.*)?")
_PEOPLE = re.compile(r"/(?:api/v1/)?(?:people|invitations)(?:/.*)?")
_ORGANISATION = re.compile(r"/(?:api/v1/)?organisation(?:/.*)?")
"""Who moves a node moves the rights of people: to look at the tree a program needs no more than elsewhere."""

_WHY = re.compile(r"/(?:api/v1/)?lessons/[^/]+/(?:why|who)")
"""What somebody may see, and why, tells where they belong."""


def needed(method: str, path: str) -> TokenScope | None:
    """Return the least that a token must be for; None for what no program may do.

    A token never makes another one, and never reads where its person is signed in; it may list the tokens of
    its person, and take them back.
    """
    if _NEVER.fullmatch(path):
        return None
    if _ACCOUNT_API.fullmatch(path):
        if not _OWN_TOKENS.fullmatch(path):
            return None
        return {"GET": TokenScope.READ, "HEAD": TokenScope.READ, "DELETE": TokenScope.WRITE}.get(method)
    if (
        _PEOPLE.fullmatch(path)
        or _WHY.fullmatch(path)
        or (_ORGANISATION.fullmatch(path) and method not in _SAFE)
    ):
        return TokenScope.PEOPLE
    return TokenScope.READ if method in _SAFE else TokenScope.WRITE
