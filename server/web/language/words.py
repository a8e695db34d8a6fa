"""Codes put into words: what states, roles and steps are called; reasons as sentences with their values.

What is said stands in the slices; a catalogue carries it, and says it in its language.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from server.web.language.filling import fill
from server.web.language.formats import duration_words, percent_words, size, week_words
from server.web.language.i18n import N_, Catalogue
from server.web.language.sentences import SENTENCES
from server.web.language.tongues import tracks_named

if TYPE_CHECKING:
    from server.web.parts import CountingRule


@dataclass(frozen=True, slots=True)
class Explained:
    """A reason in words: `message` says what happened, `todo` what to do ("" when there is nothing to do)."""

    message: str
    todo: str = ""


class _Values(dict[str, str]):
    """Values for a sentence; one that was not given shows as a dash instead of hiding the whole sentence."""

    def __missing__(self, key: str) -> str:
        return "—"


def explain(code: str, args: Mapping[str, object], catalogue: Catalogue) -> Explained:
    """Put a reason into words. An unknown code becomes a general sentence that still names the code."""
    told_apart, sentences = catalogue.phrases.told_apart, catalogue.phrases.sentences
    code = next((own for (said, name), own in told_apart.items() if said == code and name in args), code)
    if code not in sentences:
        message = catalogue.say(N_("出了点问题（代码 %(code)s）。"), code=code)
        return Explained(message, catalogue.say(SENTENCES["error"][1]))
    values = _Values({name: _value(name, value, catalogue) for name, value in args.items()})
    message, todo = sentences[code]
    return Explained(
        fill(catalogue.translations.gettext(message), values),
        fill(catalogue.translations.gettext(todo), values) if todo else "",
    )


def word(kind: str, code: str, catalogue: Catalogue, **values: object) -> str:
    """What `code` is called, e.g. word("role", "staff", ...). Raises KeyError for an unknown one."""
    return catalogue.say(catalogue.phrases.words[kind][code], **values)


def rule_sentences(rule: CountingRule, catalogue: Catalogue) -> tuple[str, ...]:
    """The counting rule in short, for what stands beside counted numbers."""
    return (
        catalogue.say(
            N_("真正播放满 %(min)s 算一次观看；不到 %(short)s 的短视频，播放满 %(share)s 即可。"),
            min=duration_words(rule.min_s, catalogue),
            short=duration_words(rule.short_clip_s, catalogue),
            share=percent_words(rule.short_share * 100, catalogue),
        ),
        catalogue.say(N_("同一个人看同一个短视频，%(window)s 分钟内只算一次。"), window=rule.window_min),
        catalogue.say(
            N_("看到 %(share)s 以上算看完；集体观看另计。"),
            share=percent_words(rule.complete_share * 100, catalogue),
        ),
    )


def where_words(path: str, catalogue: Catalogue) -> str:
    """A place in a set of rules as people find it: 加分和扣分 › 第 2 项 › 名称 for terms.1.name. What does
    not begin with a part of such a set stays as it is."""
    parts = catalogue.phrases.words.get("rule_part", {})
    first, *rest = path.split(".")
    if first not in parts:
        return path
    said = [catalogue.say(parts[first])]
    for one in rest:
        if one.isdecimal():
            said.append(catalogue.say(N_("第 %(n)s 项"), n=int(one) + 1))
        elif one not in _KINDS_OF_TERMS:
            said.append(catalogue.say(parts[one]) if one in parts else one)
    return " › ".join(said)


_KINDS_OF_TERMS = frozenset({"count", "share", "entered"})
"""Stand in a path for what kind of a thing the one before is; nobody writes them there."""

_WEEK = re.compile(r"\d{4}-W\d{2}")

_CODED = {"found": "found", "held": "role", "wanted": "role"}
"""Values that are codes, with the words they are called by."""

_TRACKS = ("taken", "left")
"""Values that name tracks of a recording, with codes of their languages."""


def _value(name: str, value: object, catalogue: Catalogue) -> str:
    """One value as it is written in a sentence: the ending of its name tells its unit."""
    if isinstance(value, int | float):
        if name.endswith("_s"):
            return duration_words(float(value), catalogue)
        if name.endswith("_bytes"):
            return size(float(value))
    if name in _TRACKS:
        return tracks_named(str(value), catalogue)
    if name == "where" and isinstance(value, str):
        return where_words(value, catalogue)
    if name == "week" and isinstance(value, str):
        return week_words(value, catalogue)
    if name == "weeks" and isinstance(value, str):
        return _WEEK.sub(lambda found: week_words(found[0], catalogue), value)
    kind = _CODED.get(name)
    if kind is not None and value in catalogue.phrases.words.get(kind, {}):
        return word(kind, str(value), catalogue)
    return str(value)
