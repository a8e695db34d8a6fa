"""Citizens' ID numbers, to be refused wherever they stand: Weike keeps none. Pure.

GB 11643-1999: 17 digits, and a check character by ISO 7064 MOD 11-2.
"""

from __future__ import annotations

import re

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS = "10X98765432"
# Spaces and dashes between the groups are how people write it.
_LIKE = re.compile(r"(?<![0-9])(?:[0-9][ -]?){17}[0-9Xx](?![0-9])")
_WIDE = str.maketrans("０１２３４５６７８９Ｘｘ", "0123456789Xx")


def holds_id_number(text: str) -> bool:
    """Tell whether a citizen's ID number stands in a text: 18 characters whose check character is right."""
    if len(text) < len(_WEIGHTS) + 1:
        return False
    return any(_is_right(found[0]) for found in _LIKE.finditer(text.translate(_WIDE)))


def _is_right(text: str) -> bool:
    digits = text.replace(" ", "").replace("-", "").upper()
    total = sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, digits[:17], strict=True))
    return _CHECKS[total % 11] == digits[17]
