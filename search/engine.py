"""What every search engine of ours promises: its answers, its errors, its functions."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol

from search.document import Document
from search.query import Query
from search.text.dictionary import NO_DICTIONARY, Dictionary

Sort = Literal["relevance", "date", "views"]

Popularity = Callable[[Sequence[str]], Mapping[str, int]]
"""How often lessons were watched, by their ids; a lesson that nobody watched may be left out."""


@dataclass(frozen=True, slots=True)
class Filters:
    """Narrowing chosen on the page; every one given must hold. Texts are compared folded and as a whole."""

    topics: tuple[str, ...] = ()
    lecturer: str | None = None
    year: int | None = None
    branch: str | None = None
    kind: str | None = None
    genre: str | None = None
    length: str | None = None


# What found documents are counted by, as the fields of Counts and the kinds of key in an index.
COUNTED = ("topic", "lecturer", "year", "branch", "genre", "kind", "length")


@dataclass(frozen=True, slots=True)
class Counts:
    """How many of the documents found have each value, the most frequent first.

    Each kind is counted with the page's other filters applied but not its own: the number is what choosing
    that value instead will show. Values are as they were given to the index, to be used in ``Filters``.
    """

    topic: tuple[tuple[str, int], ...] = ()
    lecturer: tuple[tuple[str, int], ...] = ()
    year: tuple[tuple[str, int], ...] = ()
    branch: tuple[tuple[str, int], ...] = ()
    genre: tuple[tuple[str, int], ...] = ()
    kind: tuple[tuple[str, int], ...] = ()
    length: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Hit:
    """One clip found (``clip is None``: a lesson without clips, or a file of one).

    A higher ``score`` is better."""

    id: str
    lesson: str
    clip: str | None
    score: float


@dataclass(frozen=True, slots=True)
class Results:
    """``total`` counts everything the searcher may see that fits, ``hits`` is the page asked for.

    ``relaxed``: nothing held all the words, so these hold only some of the rarest; decided without the
    page's filters. ``in_part``: how many of ``total`` hold only some of the words, beside others that hold
    all.
    ``weights``: how rare each word of the query is in this index; pass it on to ``best_moments``.
    ``counts``: if they were asked for. ``heard``: what letters were taken for as pinyin (dsxx: 党史学习);
    ``expanded`` marks it in what is shown. ``by_sound``: recognised words were also found by their sound.
    """

    total: int
    hits: tuple[Hit, ...]
    relaxed: bool = False
    in_part: int = 0
    weights: Mapping[str, float] = field(default_factory=dict)
    counts: Counts = field(default_factory=Counts)
    heard: tuple[str, ...] = ()
    by_sound: bool = False


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A topic, lecturer or title as it is written. ``count``: its documents that the searcher may see."""

    kind: Literal["topic", "lecturer", "title"]
    text: str
    count: int


class SearchEngine(Protocol):
    """One index: a single writer (the worker), any number of readers in any number of processes."""

    def apply(self, upserts: Iterable[Document], replaced_lessons: Iterable[str], mark: int) -> int:
        """Replace whole lessons in one commit, then advance the mark. Returns the documents written.

        All documents of every lesson in ``replaced_lessons`` and of every lesson that ``upserts`` names are
        removed first; so a lesson is deleted by naming it without documents, and a replay changes nothing.
        """
        ...

    def mark(self) -> int:
        """The revision up to which the index is known to hold everything; 0 for a new one."""
        ...

    def doc_count(self) -> int:
        """Documents in the index, whoever may see them."""
        ...

    def search(
        self,
        query: Query | str,
        scope: frozenset[str],
        *,
        limit: int = 10,
        offset: int = 0,
        filters: Filters | None = None,
        sort: Sort = "relevance",
        dictionary: Dictionary = NO_DICTIONARY,
        counts: bool = False,
        popularity: Popularity | None = None,
    ) -> Results:
        """Find documents whose scope meets the searcher's. Raises IndexDamaged, and nothing on any query.

        What a machine recognised is also found by its sound, behind what is written so; a query of two
        characters only where few documents hold it, because everything sounds like two characters.

        ``counts``: also count for the filters. ``popularity``: asked once when ``sort`` is "views", with the
        lessons of all that was found; without it nothing was watched. Of lessons watched as often the better
        hits come first, then the newer, then those of the lesson with the lower id.
        """
        ...

    def suggest(self, typed: str, scope: frozenset[str], limit: int = 8) -> list[Suggestion]:
        """Topics, lecturers and titles for what has been typed so far: characters, pinyin or initials."""
        ...

    def did_you_mean(
        self,
        query: Query | str,
        scope: frozenset[str],
        dictionary: Dictionary = NO_DICTIONARY,
        *,
        sounds_only: bool = False,
    ) -> str | None:
        """Another spelling of the query with which more is found, or None; it never names what the searcher
        may not see. For results that are relaxed or empty; ``sounds_only``, for those that only hold pieces
        of a word: what sounds like it and is said."""
        ...

    def close(self) -> None:
        """Let go of the files held open; the next use opens them again."""
        ...
