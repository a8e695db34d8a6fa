"""Known items: questions of which it is known what passage, and which sentence of it, answers them.

From JSON lines (`{"id", "text"}` and `{"q", "gold"}`), or three hundred made here from the passages of the
tests and the demonstration's transcripts: what a person remembers of a sentence, in another order.
"""

from __future__ import annotations

import json
import random
import re
import tomllib
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from search import fold
from search.text.analysis import STOP_WORDS, words
from tests.search.passages import PASSAGES

EVERYONE = frozenset(["everyone"])
QUESTIONS = 300
_DEMO = Path("server/demo/texts")
_PASSAGE_CHARACTERS = 90
_SENTENCE = re.compile(r"[^。！？；\n]+[。！？；]?")
_PATTERNS = (
    "{0}和{1}是怎么回事",
    "{1} {0} {2}",
    "哪里讲到{2}的{0}",
    "关于{1}，说的是{0}还是{2}",
    "{0}{1}",
    "为什么{0}要{1}",
)


@dataclass(frozen=True)
class Passage:
    """`text` is what is said; `id` is what a question's gold names."""

    id: str
    text: str


@dataclass(frozen=True)
class Question:
    """`gold`: ids of the passages that answer. `answer`: the sentence that does; "" when unknown."""

    text: str
    gold: frozenset[str]
    answer: str = ""


def read_passages(path: Path) -> list[Passage]:
    """Read JSON lines of `{"id", "text"}`."""
    return [Passage(str(one["id"]), str(one["text"])) for one in _lines(path)]


def read_questions(path: Path) -> list[Question]:
    """Read JSON lines of `{"q", "gold"}`; gold is an id or a list of them. `answer` may stand beside."""
    found = []
    for one in _lines(path):
        gold = one["gold"] if isinstance(one["gold"], list) else [one["gold"]]
        found.append(Question(str(one["q"]), frozenset(map(str, gold)), str(one.get("answer", ""))))
    return found


def _lines(path: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


def own_passages() -> list[Passage]:
    """Return the passages of the tests and the demonstration's transcripts, cut into some of their length."""
    found = [Passage(f"p{n}", one.text) for n, one in enumerate(PASSAGES)]
    files = sorted(_DEMO.glob("*.toml"))
    if not files:
        raise SystemExit(f"{_DEMO} has no texts: start this in the project's folder")
    for path in files:
        told = "".join(section["text"] for section in tomllib.loads(path.read_text("utf-8"))["sections"])
        for n, text in enumerate(_grouped(_SENTENCE.findall(told))):
            found.append(Passage(f"{path.stem}-{n}", text))
    return found


def _grouped(sentences: Iterable[str]) -> list[str]:
    groups = [""]
    for sentence in map(str.strip, sentences):
        if len(groups[-1]) >= _PASSAGE_CHARACTERS:
            groups.append("")
        groups[-1] += sentence
    return [group for group in groups if len(group) > _PASSAGE_CHARACTERS // 2]


def own_questions(passages: Sequence[Passage], count: int = QUESTIONS, seed: int = 1) -> list[Question]:
    """Return `count` questions made from sentences, and those that the tests' passages come with."""
    found = [Question(one.question, frozenset([f"p{n}"])) for n, one in enumerate(PASSAGES)]
    return [*found, *made_questions(passages, count - len(found), random.Random(seed))]


def made_questions(
    passages: Sequence[Passage], count: int, dice: random.Random, among: Sequence[Passage] | None = None
) -> list[Question]:
    """Return `count` questions made from sentences of passages, `among` them those that are asked about."""
    found: list[Question] = []
    held = Counter(word for one in passages for word in set(_telling(one.text)))
    while len(found) < count:
        passage = dice.choice(among or passages)
        sentence = dice.choice(_SENTENCE.findall(passage.text)).strip()
        told = list(dict.fromkeys(_telling(sentence)))
        if len(told) < 4:
            continue
        # People remember what is special about a sentence, and something else of it.
        rarest = sorted(told, key=lambda word: (held[word], word))[:4]
        chosen = [*dice.sample(rarest, 2), dice.choice([word for word in told if word not in rarest[:2]])]
        if len(set(chosen)) == 3:
            text = dice.choice(_PATTERNS).format(*chosen)
            found.append(Question(text, frozenset([passage.id]), sentence))
    return found


def _telling(text: str) -> list[str]:
    cut = [word.text for word in words(fold(text)) if not word.is_part]
    return [word for word in cut if len(word) > 1 and word not in STOP_WORDS]
