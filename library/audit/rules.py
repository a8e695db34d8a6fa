"""What is written down, and what must never stand there. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime
from enum import Enum, StrEnum

Detail = str | int | bool
Value = str | int | bool | None

ERASED = "erased"
"""Stands where a person stood who has been erased."""

LEAST_DAYS = 180
"""Days that an entry stays at least: logs are kept for six months (网络安全法, article 21 (3), and so
GB/T 22239-2019, 等保 2.0). The database refuses to delete younger ones."""

VALUE_MAX = 120
"""Characters of a value that are kept; of a longer one its beginning."""

OPEN_FIELDS = frozenset(
    {
        *("node", "short_name", "code", "kind", "since", "parent", "into", "closed"),
        *("mode", "release", "reach"),
        *("stage", "quota", "blind", "trimmed", "scale"),
        *("opens_on", "closes_on", "judged_until", "results_on"),
        *("state", "audience", "role", "active", "days", "scope", "released", "keep"),
    }
)
"""Fields whose values are neither personal nor secret. Of others it is told that they changed, not how."""

_CODE = re.compile(r"[A-Za-z0-9_.:-]{0,64}")


class Deed(StrEnum):
    """What somebody did."""

    SIGN_IN = "sign_in"
    SIGN_IN_FAILED = "sign_in_failed"
    SIGN_IN_THROTTLED = "sign_in_throttled"
    SIGNED_OUT = "signed_out"
    PASSWORD_SET = "password_set"  # noqa: S105  (the name of a deed)
    PASSWORD_CHANGED = "password_changed"  # noqa: S105
    SECOND_FACTOR_SET = "second_factor_set"
    SECOND_FACTOR_CODES = "second_factor_codes"
    SECOND_FACTOR_FAILED = "second_factor_failed"
    SECOND_FACTOR_RECOVERED = "second_factor_recovered"
    SECOND_FACTOR_OFF = "second_factor_off"
    IDENTITY_LINKED = "identity_linked"
    IDENTITY_ENDED = "identity_ended"
    ROLE_GIVEN = "role_given"
    ROLE_TAKEN = "role_taken"
    LINK_MADE = "link_made"
    LINK_USED = "link_used"
    LINK_ENDED = "link_ended"
    BRANCH_CODE = "branch_code"
    JOIN_APPROVED = "join_approved"
    JOIN_REFUSED = "join_refused"
    SIGN_IN_NAMES = "sign_in_names"
    MAIL_ADDRESS = "mail_address"
    TOKEN_MADE = "token_made"  # noqa: S105
    TOKEN_ENDED = "token_ended"  # noqa: S105
    ACCOUNT_CLOSED = "account_closed"
    ACCOUNT_OPENED = "account_opened"
    ACCOUNT_ERASED = "account_erased"
    READ = "read"
    READINGS_LOST = "readings_lost"
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"
    AUDIENCE = "audience"
    DRAFT = "draft"
    LESSON_DELETED = "lesson_deleted"
    TRANSCRIPT = "transcript"
    STOP_LIST = "stop_list"
    DICTIONARY = "dictionary"
    ORGANISATION = "organisation"
    SUGGESTION = "suggestion"
    QUESTION = "question"
    PROGRAMME = "programme"
    RECORD = "record"
    GATHERING = "gathering"
    REFLECTION = "reflection"
    DECLARATION = "declaration"
    LEVELS = "levels"
    CALL = "call"
    EVIDENCE_TAKEN_BACK = "evidence_taken_back"
    EVIDENCE_LIFTED = "evidence_lifted"
    EVIDENCE_SEALED = "evidence_sealed"
    HOURS_RULES = "hours_rules"
    PRACTICE = "practice"
    SERIES = "series"
    HONOUR = "honour"
    MATERIAL = "material"
    COVER = "cover"
    SITE = "site"
    ABOUT = "about"
    MEMBERSHIP = "membership"
    TRANSFER = "transfer"
    GROUP = "group"
    GRADES = "grades"
    GRADES_WAIVER = "grades_waiver"
    SETTING = "setting"
    SWEPT = "swept"
    RETRIED = "retried"
    GIVEN_UP = "given_up"
    RESTORE_TESTED = "restore_tested"
    EXPORTED = "exported"
    BACKED_UP = "backed_up"
    RESTORED = "restored"
    FORGOTTEN = "forgotten"


SIGN_INS_OF_NOBODY = frozenset({Deed.SIGN_IN_FAILED, Deed.SIGN_IN_THROTTLED})
"""What somebody did of whom nobody knows who it was."""


def check_details(details: Mapping[str, Detail]) -> None:
    """Raise ValueError for what is no number and no code: names, secrets and what people search for."""
    for name, value in details.items():
        if isinstance(value, str) and _CODE.fullmatch(value) is None:
            raise ValueError(f"{name} is no code, and does not belong into the ledger")


def changes(before: Mapping[str, object], after: Mapping[str, object]) -> dict[str, list[Value]]:
    """Return what became other: by field [before, after], and [] for a field whose values are not told.

    A field that is in one of them only has None in the other.
    """
    told: dict[str, list[Value]] = {}
    for field in sorted({*before, *after}):
        was, now = before.get(field), after.get(field)
        if was != now:
            told[field] = [_plain(was), _plain(now)] if field in OPEN_FIELDS else []
    return told


def _plain(value: object) -> Value:
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, Enum):
        return str(value.value)
    text = value.isoformat() if isinstance(value, date | datetime) else str(value)
    return text if len(text) <= VALUE_MAX else f"{text[: VALUE_MAX - 1]}…"
