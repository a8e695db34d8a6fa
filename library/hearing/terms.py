"""Words that may be said in a lesson, as they are written: with them a machine's spelling is repaired."""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import pairwise

import rjieba
from sqlalchemy.orm import Session

from library.catalog.tables import Lesson
from library.dictionary import queries as dictionary

_SHORTEST = 2
_SUMMARY_MOST = 1000
"""Characters of a summary that are looked at: a longer one is no summary."""
_HAN = re.compile(r"[\u3400-\u9fff]+")


def terms_of(session: Session, lesson: Lesson) -> list[str]:
    """Return the words of the dictionary, and those of a lesson's title, summary, lecturer and topics.

    The lesson's own first.
    """
    names = [lesson.lecturer.name] if lesson.lecturer else []
    names += (link.topic.name for link in lesson.topics)
    own = [*names, *words_in(lesson.title), *words_in(lesson.summary[:_SUMMARY_MOST])]
    taught = (word for entry in dictionary.in_use(session) for word in entry)
    return list(dict.fromkeys(word for word in (*own, *taught) if len(word) >= _SHORTEST))


def words_in(text: str) -> Iterable[str]:
    """Return the Chinese words of a text, and each two that stand side by side."""
    for run in _HAN.findall(text):
        words = rjieba.cut(run)
        yield from (word for word in words if len(word) >= _SHORTEST)
        yield from (first + second for first, second in pairwise(words))
