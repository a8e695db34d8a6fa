"""What makes a good name and password."""

from __future__ import annotations

import pytest

from library.core.errors import Invalid
from library.people import rules as people
from library.people.common_passwords import common_passwords


@pytest.mark.parametrize("name", ["", "  ", "王 书记", "a" * 81, "\u200b"])
def test_a_user_name_that_cannot_be_typed_again_is_refused(name: str) -> None:
    with pytest.raises(Invalid):
        people.clean_username(name)


def test_user_names_fold() -> None:
    assert people.clean_username(" ＷangShuji ") == "wangshuji"


@pytest.mark.parametrize("password", ["short", "12345678", "PASSWORD", "aaaaaaaabb", "wang.shuji", "x" * 257])
def test_a_weak_password_is_refused(password: str) -> None:
    with pytest.raises(Invalid):
        people.check_password(password, "wang.shuji")


def test_the_commonest_passwords_are_refused_in_any_case() -> None:
    """ASVS 6.2.4: at least the 3,000 commonest of those that are long enough."""
    common = common_passwords(people.PASSWORD_MIN)
    assert len(common) >= 3000
    assert min(map(len, common)) >= people.PASSWORD_MIN
    for password in (
        "iloveyou",
        "P@ssw0rd",
        "Trustno1",
        "a123456789",
        "woaini1314",
        "5201314520",
        *list(common)[:50],
    ):
        with pytest.raises(Invalid) as refused:
            people.check_password(password.upper(), "wang")
        assert refused.value.code == "password_common"


def test_long_passwords_and_sentences_are_welcome() -> None:
    people.check_password("不忘初心，牢记使命", "wang")
    people.check_password("correct horse battery staple" * 5, "wang")
