"""What a mail address is, and how many letters somebody is written. Pure."""

from __future__ import annotations

import re
from datetime import timedelta

from library.core.errors import Invalid
from library.core.text import short_line

ADDRESS_MAX = 254
"""Characters of an address (RFC 5321, 4.5.3.1.3, less the brackets)."""
LINK_H = 24
"""Hours for which the link of a letter works."""
A_DAY = 5
"""Letters of one kind that are written to a person within 24 hours, whoever asks for them."""
WITHIN = timedelta(hours=24)
APART = timedelta(minutes=2)
"""A second letter of a kind is written so long after the first at the earliest: impatience sends no more."""

_ADDRESS = re.compile(
    r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}"
    r"@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z]{2,63}"
)
"""What browsers take as an address (HTML, valid e-mail address), with a domain of two parts at least. Letters
beyond ASCII need servers that know SMTPUTF8; those of mainland providers are written in ASCII."""


def clean_address(text: str) -> str:
    """Return a mail address as it is written to, its domain in small letters; raises Invalid."""
    address = short_line(text.replace("＠", "@").replace("．", "."), "address", ADDRESS_MAX)
    if _ADDRESS.fullmatch(address) is None:
        raise Invalid("mail_address", field="address", address=address)
    name, _at, domain = address.rpartition("@")
    return f"{name}@{domain.lower()}"
