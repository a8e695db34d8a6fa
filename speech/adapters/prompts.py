"""What Whisper is told before each chunk."""

from __future__ import annotations

from speech.recogniser import Hints

PROMPT = "以下是普通话的句子。"
"""Asks for simplified characters and marks. Only the first window of a call sees it, so each chunk is a
call."""

PROMPTS = {"zh": PROMPT}
"""By language; none for others."""

_AS_WHISPER = str.maketrans("，？！：；", ",?!:;")
"""The marks that Whisper writes itself: with ours before it, it loses its way."""

MOST_BEFORE = 50
"""Characters of what was said before. A hundred made the recogniser lose its way on one sound of three."""


def prompt_for(hints: Hints) -> str | None:
    """What to tell before a chunk: what was said before it, else the sentence of its language."""
    return hints.before[-MOST_BEFORE:].translate(_AS_WHISPER) or PROMPTS.get(hints.language)
