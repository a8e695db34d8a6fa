"""What was left out, guessed or moved, in words: the same on pages, in JSON and on a terminal."""

from __future__ import annotations

from collections.abc import Iterable

from pydantic import BaseModel

from server.web.language.i18n import Catalogue
from server.web.language.words import explain
from server.web.parts import Reason
from transcode.remarks import Remark


class WarningOut(BaseModel):
    """Something a person should know: a stable code, how many cues, lines, tracks or cells it is about, a
    sentence."""

    code: str
    count: int
    text: str


def warnings_of(remarks: Iterable[Remark], catalogue: Catalogue) -> list[WarningOut]:
    """Return remarks in words, in their order."""
    return [WarningOut(code=r.code, count=r.count, text=sentence_of(r, catalogue)) for r in remarks]


def reasons_of(remarks: Iterable[Remark]) -> tuple[Reason, ...]:
    """Return remarks as pages take them, to be put into words by the template."""
    return tuple(Reason(code=r.code, args={"count": r.count, **r.values}) for r in remarks)


def sentence_of(remark: Remark, catalogue: Catalogue) -> str:
    """Return a remark as one line: what happened, and what can be done about it."""
    said = explain(remark.code, {"count": remark.count, **remark.values}, catalogue)
    # Chinese sentences stand side by side, English ones need a space between them.
    return (" " if catalogue.language == "en" else "").join(
        part for part in (said.message, said.todo) if part
    )
