"""How a document lies in Whoosh: our own terms, Whoosh's postings. Nothing here reads or writes a file.

The fields take terms that ``weights`` has already made; none of Whoosh's analyzers, parsers or scorers is
used. Fields without positions store weights alone. The document's text is not stored, only its three ids.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version

import whoosh
from whoosh import columns, fields, formats

from search.document import Document
from search.ranking.keys import keys_of
from search.ranking.weights import Positions, sequence_positions, terms_of
from search.text.fold import fold
from search.text.names import name_terms
from search.text.sounds import sound_terms

# Raise it when fields, terms, keys, folding or weights change: an index of another version asks to be
# rebuilt.
VERSION = 7

# The distribution is pinned by hash; four others share the import name, and private parts are used below.
WHOOSH = (3, 54, 0)

COLUMNS = ("words_length", "units_length", "day")


class _Weights(formats.Existence):  # type: ignore[misc]  # Whoosh is Any here
    """Postings with a weight and nothing else."""


class _Positions(formats.Format):  # type: ignore[misc]
    """Postings with a weight and packed ordinal positions."""


class _Ready(fields.FieldType):  # type: ignore[misc]
    """A field whose terms are made by ``weights`` and written by ``writer``."""

    def __init__(self, format_: formats.Format) -> None:
        super().__init__(format_, analyzer=None, scorable=False, stored=False)


def schema() -> fields.Schema:
    """Searched: words, pairs, units (of all fields together), sounds (of recognised words), lecturer, topics.
    Compared whole: keys, names."""
    return fields.Schema(
        ids=fields.STORED,
        words=_Ready(_Weights()),
        pairs=_Ready(_Positions()),
        units=_Ready(_Weights()),
        sounds=_Ready(_Weights()),
        lecturer=_Ready(_Positions()),
        topics=_Ready(_Positions()),
        keys=_Ready(_Weights()),
        names=_Ready(_Weights()),
        **{name: fields.COLUMN(columns.NumericColumn("i")) for name in COLUMNS},
    )


@cache
def fingerprint() -> str:
    """What an index must have been written with to be read: other releases fold or cut otherwise."""
    releases = "/".join(f"{name}-{version(name)}" for name in ("whoosh3", "rjieba", "opencc", "pypinyin"))
    return f"{VERSION}/{releases}/{sys.byteorder}"


@dataclass(frozen=True, slots=True)
class Entry:
    """A document as the index takes it. ``weights`` and ``positions``: by field, then by term."""

    ids: tuple[str, str, str | None]
    weights: dict[str, Mapping[str, int]]
    positions: dict[str, Mapping[str, Positions]]
    columns: dict[str, int]


def entry_of(document: Document) -> Entry:
    """Everything the index holds of a document."""
    terms = terms_of(document)
    lecturer = sequence_positions((document.lecturer,))
    topics = sequence_positions(document.topics)
    return Entry(
        ids=(document.id, document.lesson, document.clip),
        weights={
            "words": terms.words,
            "pairs": terms.pairs,
            "units": terms.units,
            "sounds": dict.fromkeys(sound_terms(fold(document.recognised)), 1),
            "lecturer": dict.fromkeys(lecturer, 1),
            "topics": dict.fromkeys(topics, 1),
            "keys": dict.fromkeys(keys_of(document), 1),
            "names": dict.fromkeys(name_terms(document), 1),
        },
        positions={"pairs": terms.positions, "lecturer": lecturer, "topics": topics},
        columns={
            "words_length": terms.words.total(),
            "units_length": terms.units.total(),
            "day": document.date.toordinal() if document.date else 0,
        },
    )


def check_whoosh() -> None:
    """Raises ImportError when another distribution than the pinned one answers to ``import whoosh``."""
    if tuple(whoosh.__version__[:3]) != WHOOSH:
        expected, found = (".".join(map(str, v[:3])) for v in (WHOOSH, whoosh.__version__))
        raise ImportError(f"whoosh3 {expected} is needed, but whoosh {found} is installed")
