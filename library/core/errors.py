"""One root for everything that can go wrong in the product; the docstring is the default message.

`code` names the reason for catalogues and API clients; `args` are its values. The sentence a person
reads is made from them at the rim, in that person's language.
"""

from __future__ import annotations

from typing import Any


class WeikeError(Exception):
    """Something went wrong."""

    code = "error"

    def __init__(self, code: str | None = None, **args: Any) -> None:
        self.code = code or type(self).code
        self.values: dict[str, Any] = args
        super().__init__(f"{self.code} {args}" if args else self.code)


class NotFound(WeikeError):
    """There is nothing at this address, or it is not for you."""

    code = "not_found"


class SignInNeeded(WeikeError):
    """Sign in first."""

    code = "sign_in_needed"


class Forbidden(WeikeError):
    """Your role does not allow this."""

    code = "forbidden"


class Invalid(WeikeError):
    """What was entered cannot be used; `field` names where."""

    code = "invalid"


class Conflict(WeikeError):
    """It does not fit the present state."""

    code = "conflict"


class TooLarge(WeikeError):
    """It is larger than allowed, or than there is room for."""

    code = "too_large"


class Away(WeikeError):
    """What is needed from another machine does not come; trying again later may help."""

    code = "away"


class Throttled(WeikeError):
    """Too many attempts; wait a little."""

    code = "throttled"
