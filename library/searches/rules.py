"""What may be saved of a search, and which queries may ever be offered to others."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import unicodedata
from collections.abc import Mapping
from datetime import date

from library.catalog.rules import TITLE_MAX
from library.core.text import NAME_MAX, clean_line, required_line
from search import COUNTED, MAX_QUERY_CHARACTERS, fold, parse

MOST_SAVED = 100
"""Searches that one person saves; more is a list that nobody reads."""

ASKED_MAX = 30
"""Characters of a query that is counted. What is longer was pasted; and a search looks for no more than 32
terms, so of a longer one it would not be known that all of it is there for whom it is offered to."""

# Folding writes small numbers as 一 … 十 and others as digits; here all are digits, of whatever script.
_HAN_DIGITS = str.maketrans(
    {**{han: str(n) for n, han in enumerate("〇一二三四五六七八九")}, "零": "0", "十": "10"}
)
_DECIMAL = re.compile(r"\d")
_NUMBER = re.compile(r"\d(?:[\s().+/-]*\d)*")
_GROUP = re.compile(r"\d+")
_YEAR = re.compile(r"(?:1[89]|20)\d\d")
_DATE = re.compile(r"(?:1[89]|20)\d\d([./-])\d{1,2}\1\d{1,2}")
_MANY_DIGITS = 7
_LETTERED_NUMBER = re.compile(r"[a-z]\d{5}|\d{5}[a-z]")
_NET_ADDRESS = re.compile(r"@|://|\bwww\.|\b[a-z0-9-]+\.(?:com|cn|net|org|edu|gov|top|xyz|vip|cc)\b")
# 人民路12号, 3栋, 501室; but 1号文件 (the first document of a year) is what many look for.
_HOME = re.compile(r"[路街巷弄道村组区园苑庄]\d[-\d]*[号弄栋幢组]|\d(?:号楼|栋|幢|室)")


def proposed_name(query: str, *chosen: str) -> str:
    """Return a name for a search that was given none: its words and what it is narrowed to."""
    return " · ".join(filter(None, map(clean_line, (query, *chosen))))[:NAME_MAX].rstrip()


def clean_query(text: str) -> str:
    """Return the query as it is saved; raises Invalid when it is empty or longer than a search reads."""
    return required_line(text, "q", MAX_QUERY_CHARACTERS)


def clean_filters(filters: Mapping[str, str]) -> dict[str, str]:
    """Return the chosen values of the filters there are, cleaned; raises Invalid when one is too long."""
    chosen = {name: filters.get(name, "") for name in COUNTED}
    return {name: required_line(value, name, TITLE_MAX) for name, value in chosen.items() if value.strip()}


def asked_as(text: str) -> tuple[str, str] | None:
    """Return a query as it is written and as it is counted; None when it may never be offered to others.

    Counted is what has words, all of which a search looks for: not a bare filter, a single character, what
    is excluded with a minus, a pasted sentence; nor what looks like a telephone, a card or an address.
    """
    written = clean_line(text)
    folded = clean_line(fold(written))
    query = parse(written)
    fits = 0 < len(written) <= ASKED_MAX and len(folded) <= ASKED_MAX
    if not fits or query.excluded or query.length < 2 or looks_private(folded):
        return None
    return written, folded


def looks_private(folded: str) -> bool:
    """Tell whether a folded text holds what belongs to one person: a long number, an address."""
    text = _DECIMAL.sub(lambda one: str(unicodedata.decimal(one[0])), folded.translate(_HAN_DIGITS))
    if _NET_ADDRESS.search(text) or _LETTERED_NUMBER.search(text) or _HOME.search(text.replace(" ", "")):
        return True
    return any(_is_long_number(number.group()) for number in _NUMBER.finditer(text))


def _is_long_number(number: str) -> bool:
    """Seven digits or more, however they are grouped, unless they are years (1921-1949) or a date."""
    groups = _GROUP.findall(number)
    is_time = all(map(_YEAR.fullmatch, groups)) or _DATE.fullmatch(number)
    return sum(map(len, groups)) >= _MANY_DIGITS and not is_time


def mark_of(secret: str, day: date, folded: str, searcher: str) -> str:
    """Return the mark of a searcher for one query of one day; nobody without `secret` can tell whose."""
    said = "\0".join(("asked", day.isoformat(), folded, searcher))
    digest = hmac.new(secret.encode(), said.encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")
