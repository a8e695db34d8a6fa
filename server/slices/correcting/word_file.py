"""What is said in a lesson as a Word document."""

from __future__ import annotations

import io
from collections.abc import Sequence

from transcode.transcripts import captions
from transcode.transcripts.parsing import Cue


def docx(title: str, cues: Sequence[Cue], note: str = "") -> bytes:
    """Return what is said as a Word document: a paragraph a line, its time before it where there are any.

    `note` is a line about all of it, before the first.
    """
    from docx import Document  # loaded where it is used
    from docx.oxml.ns import qn

    document = Document()
    style = document.styles["Normal"]
    style.font.name = "宋体"
    style.element.rPr.rFonts.set(qn("w:eastAsia"), "宋体")
    document.core_properties.author = ""
    document.core_properties.comments = ""
    document.core_properties.title = _plain(title)
    document.add_heading(_plain(title), level=1)
    if note:
        document.add_paragraph().add_run(_plain(note)).bold = True
    for cue in captions.named(cues):
        paragraph = document.add_paragraph()
        if cue.start_s is not None:
            minutes, seconds = divmod(int(cue.start_s), 60)
            paragraph.add_run(f"{minutes}:{seconds:02d}　").italic = True
        paragraph.add_run(_plain(cue.text))
    kept = io.BytesIO()
    document.save(kept)
    return kept.getvalue()


def _plain(text: str) -> str:
    """Return text that XML can hold."""
    return "".join(one if one.isprintable() or one == " " else " " for one in text)
