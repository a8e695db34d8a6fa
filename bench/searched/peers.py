"""What the search is measured against: SQLite's FTS5 with our tokens, and Whoosh as its manual shows it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from pathlib import Path

import jieba.analyse
from whoosh import fields, index

from search import Document, fold, parse
from search.ranking.plan import plan
from search.ranking.weights import weighted_fields
from search.text.analysis import pairs, unit_texts, words


class Fts5:
    """A table of the same words and pairs; a page is the number found and the ten best by its bm25."""

    def __init__(self, path: Path) -> None:
        self._db = sqlite3.connect(path)
        try:
            self._db.execute(
                "create virtual table lessons using fts5(words, pairs, keys, content='',"
                " tokenize=\"unicode61 remove_diacritics 0 tokenchars '_'\")"
            )
        except sqlite3.OperationalError as error:
            raise SystemExit(f"this SQLite has no FTS5: {error}") from error

    def fill(self, documents: Iterable[Document]) -> None:
        """Index, and merge into one tree: FTS5 at its fastest."""
        rows = map(self._row, documents)
        self._db.executemany("insert into lessons(rowid, words, pairs, keys) values (?, ?, ?, ?)", rows)
        self._db.execute("insert into lessons(lessons) values ('optimize')")
        self._db.commit()

    def _row(self, document: Document) -> tuple[int, str, str, str]:
        cut_words: list[str] = []
        cut_pairs: list[str] = []
        for text, weight in weighted_fields(document):
            folded = fold(text)
            cut_words += [word.text for word in words(folded)] * weight
            cut_pairs += [pair.replace(" ", "_") for pair in pairs(unit_texts(folded))] * weight
        return int(document.id[1:]), " ".join(cut_words), " ".join(cut_pairs), "everyone"

    def page(self, query: str) -> tuple[int, list[int]]:
        """All words, or when nothing holds them any; the number found and the ten best."""
        wanted = plan(parse(query))
        columns = {"pairs": wanted.required_pairs, "words": wanted.words}
        for how in (" AND ", " OR "):
            told = how.join(
                f"{name}:({how.join(_quoted(term) for term in terms)})"
                for name, terms in columns.items()
                if terms
            )
            match = f"keys:everyone AND ({told})"
            (total,) = self._db.execute(
                "select count(*) from lessons where lessons match ?", (match,)
            ).fetchone()
            if total:
                best = "select rowid from lessons where lessons match ? order by rank limit 10"
                return total, [row[0] for row in self._db.execute(best, (match,))]
        return 0, []

    def any_of(self, query: str) -> tuple[int, list[int]]:
        """Any of the words and pairs; the number found and the ten best."""
        wanted = plan(parse(query))
        columns = {"pairs": wanted.pairs, "words": wanted.words}
        told = " OR ".join(f"{name}:{_quoted(term)}" for name, terms in columns.items() for term in terms)
        match = f"keys:everyone AND ({told})"
        (total,) = self._db.execute("select count(*) from lessons where lessons match ?", (match,)).fetchone()
        best = "select rowid from lessons where lessons match ? order by rank limit 10"
        return total, [row[0] for row in self._db.execute(best, (match,))]


def _quoted(term: str) -> str:
    return '"' + term.replace(" ", "_").replace('"', "") + '"'


def plain_whoosh(folder: Path, documents: Iterable[Document]) -> None:
    """Index as jieba's and Whoosh's manuals do: one field a text, jieba's own analyzer, one loop."""
    analyzer = jieba.analyse.ChineseAnalyzer()
    schema = fields.Schema(
        id=fields.ID(stored=True, unique=True),
        title=fields.TEXT(analyzer=analyzer),
        lecturer=fields.TEXT(analyzer=analyzer),
        topics=fields.TEXT(analyzer=analyzer),
        spoken=fields.TEXT(analyzer=analyzer),
    )
    writer = index.create_in(str(folder), schema).writer()
    for one in documents:
        writer.add_document(
            id=one.id, title=one.title, lecturer=one.lecturer, topics=" ".join(one.topics), spoken=one.spoken
        )
    writer.commit()
