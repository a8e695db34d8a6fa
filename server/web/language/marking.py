"""The mark of a sentence that is translated later; apart, for whatever is known before anything is loaded."""

from __future__ import annotations


def N_(sentence: str) -> str:  # noqa: N802  (gettext's customary name, which the extractor knows)
    """Mark `sentence` for translation where it cannot be translated yet, and return it unchanged."""
    return sentence
