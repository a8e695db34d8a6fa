"""Codes of the phone, recovery codes, who needs them, and what becomes of a claim."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pyotp
import pytest

from library.access import second_factor_rules as rules
from library.access.identities.rules import Known, MatchBy, Outcome, decide
from library.access.sealing import Sealing, Unsealable
from library.access.second_factor_rules import Missing, SecondFactorPolicy
from library.core.permits import Grant, Role, Viewer

NOW = datetime(2026, 11, 30, 12, 0, 5, tzinfo=UTC)
RFC_SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
"""The twenty bytes "12345678901234567890" of RFC 6238, appendix B."""


@pytest.mark.parametrize(
    ("at_s", "code"),
    [(59, "287082"), (1111111109, "081804"), (1234567890, "005924"), (20000000000, "353130")],
)
def test_codes_are_those_of_the_standard(at_s: int, code: str) -> None:
    at = datetime.fromtimestamp(at_s, UTC)
    assert rules.step_of(RFC_SECRET, code, at, 0) == at_s // 30
    assert rules.step_of(RFC_SECRET, f" {code[:3]} {code[3:]} ", at, 0) == at_s // 30


def test_a_code_is_good_for_a_step_on_either_side_and_once() -> None:
    phone = pyotp.TOTP(RFC_SECRET)
    here = int(NOW.timestamp()) // 30
    for away in (-1, 0, 1):
        code = phone.at(NOW + timedelta(seconds=30 * away))
        assert rules.step_of(RFC_SECRET, code, NOW, here - 2) == here + away
        assert rules.step_of(RFC_SECRET, code, NOW, here + away) is None, "used"
    for away in (-2, 2):
        assert rules.step_of(RFC_SECRET, phone.at(NOW + timedelta(seconds=30 * away)), NOW, 0) is None


@pytest.mark.parametrize("typed", ["", "12345", "1234567", "１２３４５６", "12345a", "x" * 9999, "\x00" * 6])
def test_what_is_no_code_is_none(typed: str) -> None:
    assert rules.step_of(RFC_SECRET, typed, NOW, 0) is None
    assert rules.folded_recovery_code(typed) == ""


def test_recovery_codes_are_read_however_they_are_typed() -> None:
    codes = rules.new_recovery_codes()
    assert len(set(codes)) == rules.RECOVERY_CODES
    for code in codes:
        assert rules.folded_recovery_code(f" {code.upper().replace('-', ' ')}\n") == code


@pytest.mark.parametrize(
    ("policy", "role", "has", "elsewhere", "missing"),
    [
        ("off", Role.ADMIN, True, False, None),
        ("offered", Role.ADMIN, False, False, None),
        ("offered", Role.MEMBER, True, False, Missing.CODE),
        ("staff", Role.LECTURER, False, False, None),
        ("staff", Role.STAFF, False, False, Missing.SET_UP),
        ("staff", Role.ADMIN, False, False, Missing.SET_UP),
        ("admins", Role.STAFF, False, False, None),
        ("admins", Role.ADMIN, False, False, Missing.SET_UP),
        ("admins", Role.ADMIN, True, True, None),
    ],
)
def test_who_needs_what(policy: str, role: Role, has: bool, elsewhere: bool, missing: Missing | None) -> None:
    viewer = Viewer("p", "", (Grant(role, "b", "/b/"),))
    found = rules.missing_after_first(
        SecondFactorPolicy(policy), viewer, has_factor=has, proved_elsewhere=elsewhere
    )
    assert found is missing


@pytest.mark.parametrize(
    ("known", "match_by", "create", "outcome"),
    [
        (Known(), MatchBy.USERNAME, False, Outcome.UNKNOWN),
        (Known(), MatchBy.NONE, True, Outcome.CREATE),
        (Known(linked=("p", True)), MatchBy.NONE, False, Outcome.SIGN_IN),
        (Known(linked=("p", False)), MatchBy.NONE, True, Outcome.CLOSED),
        (Known(linked=("p", True), invited=True), MatchBy.NONE, False, Outcome.TAKEN),
        (Known(invited=True), MatchBy.NONE, False, Outcome.INVITED),
        (Known(same_name=("p", True, False)), MatchBy.USERNAME, False, Outcome.BY_USERNAME),
        (Known(same_name=("p", True, False)), MatchBy.NONE, True, Outcome.UNKNOWN),
        (Known(same_name=("p", True, True)), MatchBy.USERNAME, True, Outcome.UNKNOWN),
        (Known(same_name=("p", False, False)), MatchBy.USERNAME, True, Outcome.CLOSED),
    ],
)
def test_what_becomes_of_a_claim(known: Known, match_by: MatchBy, create: bool, outcome: Outcome) -> None:
    assert decide(known, match_by, may_create=create, has_username=True) is outcome


def test_what_was_sealed_opens_with_its_secret_in_its_time_for_its_purpose() -> None:
    secrets = ["a" * 32]
    sealing = Sealing(lambda: secrets, "one")
    sealed = sealing.seal("见字如面", NOW)
    secrets.insert(0, "b" * 32)
    assert sealing.open(sealed, NOW) == "见字如面", "the secret before still opens"
    assert sealing.open(sealed, NOW + timedelta(seconds=59), 60) == "见字如面"
    for other, at, life_s in (
        (sealing, NOW + timedelta(seconds=61), 60),
        (Sealing(lambda: secrets, "another"), NOW, None),
        (Sealing(lambda: ["c" * 32], "one"), NOW, None),
    ):
        with pytest.raises(Unsealable):
            other.open(sealed, at, life_s)
    for changed in ("", "x", sealed[:-2] + "AA", "见"):
        with pytest.raises(Unsealable):
            sealing.open(changed, NOW)
