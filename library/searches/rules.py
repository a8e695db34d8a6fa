"""What may be saved of a search, and which queries may ever be offered to others."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import unicodedata
from collections.abc import Iterable, Mapping
from datetime import date

from library.catalog.rules import TITLE_MAX
from library.core.errors import Invalid
from library.core.text import NAME_MAX, clean_line, required_line
from search import COUNTED, MAX_QUERY_CHARACTERS, Query, fold, parse

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
_LEAST_UNITS = 2
_MOST_KEY = 60
_LONGEST_NAME = 12
_READ = re.compile(r"[^\W_]+(?:[-./·%][^\W_]+)*%?")
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
    """Return what a query looked for, as it is shown and as it is counted; None when it may never be offered
    to others.

    What is shown is put together anew from the words and phrases that the search took: what stands behind a
    field's colon, and all that no search reads, stays with whoever typed it. Counted is what has words: not a
    bare filter, a single character, what is excluded with a minus, a pasted sentence; nor what looks like a
    telephone, a card or an address.
    """
    typed = clean_line(text)
    query = parse(typed)
    if query.excluded or len(typed) > MAX_QUERY_CHARACTERS:
        return None
    written = _looked_for(query)
    folded = clean_line(fold(written))
    fits = 0 < len(written) <= ASKED_MAX and 0 < len(folded) <= ASKED_MAX
    # Typed by whom it is offered to, it must say the same again.
    if not fits or _looked_for(parse(written)) != written or looks_private(clean_line(fold(typed))):
        return None
    return (written, folded) if parse(written).length >= _LEAST_UNITS else None


def _looked_for(query: Query) -> str:
    """Put the words and phrases of a query together: of each what a search reads, letters, characters, and
    numbers with what joins them."""
    words = dict.fromkeys(part for word in query.words for part in _READ.findall(word))
    phrases = (" ".join(_READ.findall(phrase)) for phrase in query.phrases)
    return clean_line(" ".join((*words, *(f"“{phrase}”" for phrase in phrases if phrase))))


def key_of(text: str) -> str:
    """Return a text as the stop list compares it: folded, and without what separates words."""
    return "".join(_READ.findall(fold(text)))


def is_stopped(text: str, stopped: Iterable[str]) -> bool:
    """Tell whether a query holds one of the texts that are not to be offered; `stopped` are their keys."""
    key = key_of(text)
    return any(one in key for one in stopped)


def clean_stopped(text: str) -> tuple[str, str]:
    """Return a text that is not to be offered, as it is shown and its key; raises Invalid when it is empty,
    too long or nothing that a query can hold."""
    written = required_line(text, "text", ASKED_MAX)
    key = key_of(written)
    if not key:
        raise Invalid("empty", field="text")
    return written, key[:_MOST_KEY]


def pieces(text: str) -> set[str]:
    """Return all that stands in a text and is as long as a name may be, to ask who is called so."""
    return {
        text[start:end]
        for start in range(len(text))
        for end in range(start + 2, min(len(text), start + _LONGEST_NAME) + 1)
    }


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
