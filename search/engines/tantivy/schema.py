"""How a document lies in tantivy: the same terms as everywhere, handed over as texts that are already cut.

tantivy cuts at spaces and does nothing else. A pair of two runs of letters holds a space; here it is written
with an underscore, which no unit contains. Pure.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from hashlib import blake2b
from importlib.metadata import version

import tantivy

from search.document import Document
from search.ranking.keys import counted_values, is_recognised, keys_of
from search.ranking.weights import weighted_fields
from search.text.analysis import pairs, unit_texts, word_texts
from search.text.fold import fold
from search.text.names import name_terms
from search.text.sounds import sound_terms

# Raise it when fields, terms, keys, folding or weights change: an index of another version asks to be
# rebuilt.
VERSION = 7

# How often a word is written beside its pair: what is a word in the text counts for more than the same
# characters by chance, and being said again for more than the length it adds.
TIMES_A_WORD = 2

# Between two texts: further apart than the pairs that a phrase is looked up by.
_GAP = " _ _ _ "

COUNTED_FIELD = "has_{}"


def written(term: str) -> str:
    """A term as it lies in tantivy."""
    return term.replace(" ", "_")


def schema() -> tantivy.Schema:
    """As in Whoosh; besides, a column for each kind that found documents are counted by."""
    from search.engine import COUNTED

    builder = tantivy.SchemaBuilder()
    builder.add_text_field("ids", stored=True, tokenizer_name="raw", index_option="basic")
    for name, option in (("said", "freq"), ("pairs", "position"), ("units", "freq")):
        builder.add_text_field(name, tokenizer_name="whitespace", index_option=option)
    builder.add_text_field("sounds", tokenizer_name="whitespace", index_option="basic")
    for name in ("lecturer", "topics"):
        builder.add_text_field(name, tokenizer_name="whitespace", index_option="position")
    for name in ("keys", "names"):
        builder.add_text_field(name, tokenizer_name="raw", index_option="basic")
    for name in ("day", "lesson", "recognised"):
        builder.add_integer_field(name, fast=True)
    for kind in COUNTED:
        builder.add_text_field(
            COUNTED_FIELD.format(kind), tokenizer_name="raw", index_option="basic", fast=True
        )
    return builder.build()


def lesson_number(lesson: str) -> int:
    """A lesson as tantivy reads it for thousands of documents at once, which it does for numbers only."""
    return int.from_bytes(blake2b(lesson.encode(), digest_size=8).digest(), "big", signed=True)


@cache
def fingerprint() -> str:
    """What an index must have been written with to be read."""
    releases = "/".join(f"{name}-{version(name)}" for name in ("tantivy", "rjieba", "opencc", "pypinyin"))
    return f"{VERSION}/{releases}"


@dataclass(frozen=True, slots=True)
class Entry:
    """A document as the index takes it."""

    texts: dict[str, str]
    values: dict[str, list[str]]
    numbers: dict[str, int]


def entry_of(document: Document) -> Entry:
    """Everything the index holds of a document."""
    cut: dict[str, list[str]] = {"said": [], "pairs": [], "units": []}
    for text, weight in weighted_fields(document):
        folded = fold(text)
        found = unit_texts(folded)
        # A text that weighs three is said three times: that is how a term's weight grows here.
        found_pairs = " ".join(map(written, pairs(found)))
        found_words = " ".join(word_texts(folded))
        cut["said"] += [found_pairs, *[found_words] * TIMES_A_WORD] * weight
        cut["pairs"] += [found_pairs] * weight
        cut["units"] += [" ".join(found)] * weight
    values = {"keys": keys_of(document), "names": name_terms(document)}
    for kind, value in counted_values(document):
        values.setdefault(COUNTED_FIELD.format(kind), []).append(value)
    ids = json.dumps([document.id, document.lesson, document.clip])
    return Entry(
        texts={
            "ids": ids,
            "said": " ".join(cut["said"]),
            "pairs": _GAP.join(text for text in cut["pairs"] if text),
            "units": " ".join(cut["units"]),
            "sounds": " ".join(map(written, sound_terms(fold(document.recognised)))),
            "lecturer": " ".join(unit_texts(fold(document.lecturer))),
            "topics": _GAP.join(" ".join(unit_texts(fold(topic))) for topic in document.topics),
        },
        values=values,
        numbers={
            "day": document.date.toordinal() if document.date else 0,
            "lesson": lesson_number(document.lesson),
            "recognised": int(is_recognised(document)),
        },
    )


def document_of(entry: Entry) -> tantivy.Document:
    """The entry as tantivy takes it."""
    made = tantivy.Document()
    for name, text in entry.texts.items():
        made.add_text(name, text)
    for name, values in entry.values.items():
        for value in values:
            made.add_text(name, value)
    for name, number in entry.numbers.items():
        made.add_integer(name, number)
    return made
