"""The passwords that every guesser tries first."""

from __future__ import annotations

from functools import cache

# Those of this country that the list of zxcvbn, which was leaked elsewhere, does not know.
_HERE = frozenset(
    {"88888888", "66666666", "00000000", "11223344", "147258369", "abc12345", "abcd1234", "admin123"}
    | {
        "woaini1314",
        "woaini520",
        "woaini521",
        "wo5201314",
        "5201314520",
        "1314520520",
        "13145200",
        "52013140",
    }
    | {"qq123456", "qq123456789", "qq5201314", "aa123456", "aa123456789", "asd123456", "zxc123456"}
    | {
        "a5201314",
        "a12345678",
        "123456789a",
        "123456qq",
        "1234567a",
        "woaizhongguo",
        "zhongguo",
        "gongchandang",
    }
)


@cache
def common_passwords(least: int) -> frozenset[str]:
    """Return the commonest passwords of at least `least` characters, in small letters: some eleven thousand.

    The list comes with zxcvbn. It is loaded when somebody first chooses a password: it is some megabytes, and
    most processes never need it.
    """
    from zxcvbn.frequency_lists import FREQUENCY_LISTS

    found = frozenset(word.lower() for word in FREQUENCY_LISTS["passwords"] if len(word) >= least)
    return found | _HERE
