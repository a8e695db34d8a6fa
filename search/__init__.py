"""Full-text search over lessons, for people who type Chinese: the face of this package.

Everything outside imports from here and from nowhere below; what is not named here may change at any time. An
index is opened through one of ``ENGINES`` and promises what ``SearchEngine`` says. Neither Whoosh nor tantivy
is loaded before one of them is asked for. What lies below, from the ground up:

errors      what can go wrong with an index
document    what an index is told about one clip
text        folding, numbers, cutting into words, pinyin; the dictionary, and names found by their sound
query       the small language that people type
engine      what every engine promises: its functions and its answers
disk        how an index lies on a disk: generations, manifests, locks
ranking     which terms a query asks for, which documents fit, and in what order
meaning     what somebody meant who typed otherwise, and where the words of a query are said
engines     the index in Whoosh and in tantivy, each blind to the other
rebuilding  a whole index anew, beside the one in use
"""

from __future__ import annotations

from search.document import LENGTHS, Document, length_class
from search.engine import COUNTED, Counts, Filters, Hit, Popularity, Results, SearchEngine, Sort, Suggestion
from search.engines import ENGINES, TANTIVY, WHOOSH, Engine
from search.errors import IndexBusy, IndexDamaged, SchemaChanged, SearchError
from search.meaning.did_you_mean import is_found_in_pieces
from search.meaning.expansion import QueryWord, expanded, words_looked_for
from search.meaning.highlighting import Sought, highlight
from search.meaning.moments import Moment, Moments, best_moments, best_text_moment, find_moments
from search.query import MAX_QUERY_CHARACTERS, Query, parse
from search.rebuilding import Changes, Rebuilt, rebuild
from search.text.dictionary import MAX_WORD_UNITS, NO_DICTIONARY, Dictionary, shipped_entries, units_of
from search.text.fold import fold
from search.text.names import Names, names_of
from search.text.persons import seems_to_name_somebody
from search.text.pinyin import syllables
from search.text.query_words import MAX_SYNONYMS

__all__ = [
    "COUNTED",
    "ENGINES",
    "LENGTHS",
    "MAX_QUERY_CHARACTERS",
    "MAX_SYNONYMS",
    "MAX_WORD_UNITS",
    "NO_DICTIONARY",
    "TANTIVY",
    "WHOOSH",
    "Changes",
    "Counts",
    "Dictionary",
    "Document",
    "Engine",
    "Filters",
    "Hit",
    "IndexBusy",
    "IndexDamaged",
    "Moment",
    "Moments",
    "Names",
    "Popularity",
    "Query",
    "QueryWord",
    "Rebuilt",
    "Results",
    "SchemaChanged",
    "SearchEngine",
    "SearchError",
    "Sort",
    "Sought",
    "Suggestion",
    "best_moments",
    "best_text_moment",
    "expanded",
    "find_moments",
    "fold",
    "highlight",
    "is_found_in_pieces",
    "length_class",
    "names_of",
    "parse",
    "rebuild",
    "seems_to_name_somebody",
    "shipped_entries",
    "syllables",
    "units_of",
    "words_looked_for",
]
