"""减负: what no rule of grades may reward, found in a rule set and in what is entered by hand. Pure.

The law is 《整治形式主义为基层减负若干规定》 (2024) and
《政务移动互联网应用程序规范化管理办法》 (国办函〔2026〕12号).
The first line of defence is the language: it has no fact for log-ins, clicks, likes or minutes, so Weike
itself never counts them. The second: words and figures by which they could come in under another name.
Somebody determined can still find another word; what is entered has a person and a reason for that.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from itertools import pairwise
from typing import Any

from library.core.errors import Invalid
from library.grades import burden_words as words
from library.grades.language import DEPTH_MAX, RuleSet, parse, read_json, wrong
from search import fold, syllables


class Burden(StrEnum):
    """A point of the 减负 profile; each can be switched off by itself, with its legal basis."""

    SIGN_INS = "sign_ins"
    """Log-ins, compulsory check-in (登录、打卡签到)."""
    CLICKS = "clicks"
    LIKES = "likes"
    """Likes and votes (点赞、投票)."""
    FORWARDS = "forwards"
    LENGTH = "length"
    """How long a text is (字数、篇幅)."""
    TIME = "time"
    """Minutes and online time as such (时长)."""
    USAGE = "usage"
    """Who installed or uses an app (安装、使用率)."""
    PHOTOS = "photos"
    """Photos, videos and tracks that somebody must give (拍照留痕、轨迹)."""
    RANKING = "ranking"
    """Ranking of persons, by points or by bands so small that they rank (排名、积分)."""


@dataclass(frozen=True)
class Finding:
    """A point that is touched, where (a path of keys), and by which words or figure."""

    point: Burden
    where: str
    text: str


MOST_BANDS = 5
LEAST_STEP_PERCENT = 5
"""Two bands lie at least so many hundredths of the whole range apart."""
LEAST_SHARE = (1, 10)
"""The smallest share that a quota may leave: a quota for one of twenty is a rank."""


def findings(values: Mapping[str, Any], rules: RuleSet | None = None) -> list[Finding]:
    """Return all that a rule set's JSON values touch, in every key and every text, however deep."""
    found = [one for where, text in _texts(values, "") for one in in_text(text, where)]
    return [*found, *(_shape(rules) if rules is not None else _shape_of(values))]


def in_text(text: str, where: str, *, reason: bool = False) -> Iterator[Finding]:
    """Find what words touch, also spaced out, in other scripts' letters, in traditional characters, by sound,
    or half in letters; with `reason` what a sentence may not say."""
    meant = words.HONEST.sub("", text)
    variants = _variants(meant)
    whole = _tokens(meant, variants) | variants
    sounds, spelled = _sounds(meant), _spelled(meant)
    for point in Burden:
        hit = _word(point, variants, reason=reason)
        hit = hit or next((w for w in words.SOUNDS.get(point, ()) if f" {w} " in sounds), None)
        hit = hit or next((w for w in words.SPELLED[point] if _is_mixed(w, spelled)), None)
        if hit is None and not reason and not whole.isdisjoint(words.WHOLE[point]):
            hit = min(whole & words.WHOLE[point]) if text not in words.STRUCTURE else None
        if hit is not None:
            yield Finding(point, where, text[:40])


def _word(point: Burden, variants: frozenset[str], *, reason: bool) -> str | None:
    known = words.IN_REASONS.get(point, words.WORDS[point]) if reason else words.WORDS[point]
    hit = next((w for w in known if any(w in one for one in variants)), None)
    patterns = [words.PATTERNS.get(point), None if reason else words.NAMES.get(point)]
    for pattern in patterns:
        match = next((m for one in variants if pattern and (m := pattern.search(one))), None)
        hit = hit or (match[0] if match else None)
    return hit


def _tokens(text: str, variants: frozenset[str]) -> frozenset[str]:
    """Return the words of a text, and what of it is letters: 党建app is two."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    found = {_looks(one) for one in re.findall(r"[^\W_]+", plain)}
    runs = {run for one in (_looks(plain), *variants) for run in re.findall("[a-z]{2,}", one)}
    return frozenset(found | runs)


def _variants(text: str) -> frozenset[str]:
    """Return a text as it may be meant: without what stands between its letters, in one script."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    kept = _squeezed(plain)
    simple = _squeezed(_simplified(plain))
    leet = _squeezed(_looks(_simplified(plain)).translate(words.DIGITS))
    return frozenset({kept, simple, _looks(simple), leet, leet.replace("l", "i")})


def _simplified(text: str) -> str:
    return fold(text)


def _squeezed(text: str) -> str:
    """Drop everything but letters, digits and pictures."""
    apart = unicodedata.normalize("NFKD", text)
    return "".join(c for c in apart if unicodedata.category(c)[0] in "LN" or unicodedata.category(c) == "So")


def _looks(text: str) -> str:
    return text.translate(words.LOOKS)


def _sounds(text: str) -> str:
    han = "".join(c for c in _simplified(unicodedata.normalize("NFKC", text)) if "\u3400" <= c <= "\u9fff")
    if not han:
        return ""
    return " " + " ".join(sound[0] for _c, sound in syllables(han) if sound) + " "


def _spelled(text: str) -> list[tuple[str, bool]]:
    """Return the letters of a text with its characters as they sound, each with whether it was one."""
    found: list[tuple[str, bool]] = []
    if re.search("[a-z]", _looks(text.casefold())) is None:
        return found
    for one in _squeezed(_looks(_simplified(unicodedata.normalize("NFKC", text).casefold()))):
        if "\u3400" <= one <= "\u9fff":
            sound = next((each[0] for _c, each in syllables(one) if each), "")
            found += [(letter, True) for letter in sound]
        else:
            found.append((one, False))
    return found


def _is_mixed(word: str, spelled: Sequence[tuple[str, bool]]) -> bool:
    """Tell whether a word stands there, part in characters and part in letters."""
    letters = "".join(letter for letter, _han in spelled)
    at = letters.find(word)
    while at >= 0:
        if len({han for _letter, han in spelled[at : at + len(word)]}) == 2:
            return True
        at = letters.find(word, at + 1)
    return False


def _texts(value: Any, where: str, depth: int = 0) -> Iterator[tuple[str, str]]:
    if depth > DEPTH_MAX:
        raise wrong("deep", where[:80])
    if isinstance(value, str):
        yield where, value
    elif isinstance(value, Mapping):
        for key, one in value.items():
            inner = f"{where}.{key}" if where else str(key)
            yield inner, str(key)
            yield from _texts(one, inner, depth + 1)
    elif isinstance(value, list | tuple):
        for n, one in enumerate(value):
            yield from _texts(one, f"{where}.{n}", depth + 1)


def _shape(rules: RuleSet) -> Iterator[Finding]:
    return _shape_of(rules.document())


def _shape_of(values: Mapping[str, Any]) -> Iterator[Finding]:
    """Find bands and quotas that rank. Works on what could not be read as a rule set as well."""
    bands = values.get("bands")
    if isinstance(bands, list):
        if len(bands) > MOST_BANDS:
            yield Finding(Burden.RANKING, "bands", str(len(bands)))
        for n, band in enumerate(bands):
            name = str(band.get("name", "")) if isinstance(band, Mapping) else ""
            if _squeezed(unicodedata.normalize("NFKC", name)).isdecimal():
                yield Finding(Burden.RANKING, f"bands.{n}.name", name[:40])
        yield from _steps(values, bands)
    quotas = values.get("quotas")
    for n, quota in enumerate(quotas if isinstance(quotas, list) else []):
        share = quota.get("of") if isinstance(quota, Mapping) else None
        if not isinstance(share, list | tuple) or [type(one) for one in share] != [int, int]:
            continue
        if share[0] * LEAST_SHARE[1] < share[1] * LEAST_SHARE[0]:
            yield Finding(Burden.RANKING, f"quotas.{n}", f"{share[0]}/{share[1]}")


def _steps(values: Mapping[str, Any], bands: Iterable[Any]) -> Iterator[Finding]:
    figures = [_number(one.get("at_least")) for one in bands if isinstance(one, Mapping)]
    known = [one for one in figures if one is not None]
    least, most = _number(values.get("floor", 0)), _number(values.get("ceiling", 100))
    if least is None or most is None or most <= least:
        return
    step = (most - least) * LEAST_STEP_PERCENT / 100
    ends = [most, *known]
    for n, (above, below) in enumerate(pairwise(ends)):
        # The lowest band begins at the floor and may be as small as it is.
        if above - below < step:
            yield Finding(Burden.RANKING, f"bands.{n}.at_least", f"{below}")


def _number(value: object) -> Decimal | None:
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        return None
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


@dataclass(frozen=True)
class Verdict:
    """What the checker says: the rule set if it can be read, what it touches, and what of that is waived."""

    rules: RuleSet | None
    found: tuple[Finding, ...]
    waived: tuple[Finding, ...]


def check(text: str, waived: Collection[Burden] = ()) -> Verdict:
    """Read a rule set's JSON under the 减负 profile; raises Invalid (grades_rule_…) for what is no rule set
    and touches nothing either. What touches a point is found before what is merely written wrongly."""
    values = read_json(text)
    found = tuple(dict.fromkeys(findings(values)))
    held = tuple(one for one in found if one.point not in waived)
    free = tuple(one for one in found if one.point in waived)
    if held:
        return Verdict(None, held, free)
    return Verdict(parse(values), (), free)


def checked(text: str, waived: Collection[Burden] = ()) -> RuleSet:
    """Return the rule set that a JSON says; raises Invalid: grades_rule_…, grades_burden_…."""
    verdict = check(text, waived)
    if verdict.rules is None:
        raise burdened(verdict.found[0], "document")
    return verdict.rules


def check_text(text: str, field: str, waived: Collection[Burden] = ()) -> None:
    """Refuse a reason that touches a point; raises Invalid (grades_burden_…)."""
    for one in in_text(text, field, reason=True):
        if one.point not in waived:
            raise burdened(one, field)


def burdened(one: Finding, field: str) -> Invalid:
    """Return the refusal of a finding; its sentence quotes what the two texts say."""
    return Invalid(
        f"grades_burden_{one.point}", field=field, point=str(one.point), where=one.where, text=one.text
    )
