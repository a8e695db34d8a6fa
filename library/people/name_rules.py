"""Further names with which somebody signs in: how they are written, compared and shown. Pure."""

from __future__ import annotations

import re
from enum import StrEnum

from library.core.errors import Invalid
from library.core.text import name_key, required_name


class NameKind(StrEnum):
    """What a further name is: an employer's number (工号), a phone's, or one that somebody chose."""

    STAFF_NUMBER = "staff_number"
    PHONE = "phone"
    CHOSEN = "chosen"


_BETWEEN = re.compile(r"[\s().\-‐‑‒–—]+")
_MOBILE = re.compile(r"(?:\+|00)?(?:86)?(1[3-9]\d{9})")
_ABROAD = re.compile(r"\+[1-9]\d{7,14}")
# GB 11643: eighteen characters with a birthday in the middle, or fifteen of the kind before 1999.
_ID_NUMBER = re.compile(
    r"[1-9]\d{5}(?:(?:19|20)\d{2})(?:0[1-9]|1[0-2])(?:[0-2]\d|3[01])\d{3}[\dx]"
    r"|[1-9]\d{7}(?:0[1-9]|1[0-2])(?:[0-2]\d|3[01])\d{3}"
)


def phone_key(text: str) -> str | None:
    """Return a phone number as it is compared, None for what is none: 138 1234 5678, +86-138…, 0086138… are
    one; numbers of elsewhere begin with their +."""
    bare = _BETWEEN.sub("", name_key(text))
    mobile = _MOBILE.fullmatch(bare)
    if mobile is not None:
        return mobile[1]
    return bare if _ABROAD.fullmatch(bare) else None


def sign_in_keys(text: str) -> tuple[str, ...]:
    """Return what a name typed at the door may stand for, () for what nobody can be called.

    The first is the same however a number is written: guesses are counted at it.
    """
    typed = name_key(text[:400])
    joined = phone_key(typed)
    if joined is None and typed.replace(" ", "").isdecimal():
        joined = typed.replace(" ", "")
    keys = tuple(dict.fromkeys(key for key in (joined, typed) if key and len(key) <= 80))
    return tuple(key for key in keys if " " not in key)


def clean_name(kind: NameKind, text: str) -> str:
    """Return a further name as it is kept; raises Invalid: phone_unreadable, name_is_id_number, space_inside,
    what `required_name` says. An ID number is never kept, whatever it is called."""
    field = kind.value
    _typed, key = required_name(text, field)
    if _ID_NUMBER.fullmatch(_BETWEEN.sub("", key)):
        raise Invalid("name_is_id_number", field=field)
    if kind is NameKind.PHONE:
        found = phone_key(key)
        if found is None:
            raise Invalid("phone_unreadable", field=field)
        return found
    keys = sign_in_keys(key)
    if not keys:
        raise Invalid("space_inside", field=field)
    return keys[0]


def masked(key: str) -> str:
    """Return a name as others see it: 138****5678, 20**03."""
    ends = 4 if len(key) >= 11 else 2
    if len(key) <= 2 * ends:
        return f"{key[:1]}{'*' * max(1, len(key) - 1)}"
    begins = 3 if len(key) >= 11 else 2
    return f"{key[:begins]}{'*' * (len(key) - begins - ends)}{key[-ends:]}"
