"""What is said in a lesson, to take along: subtitles, plain text, Word."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from urllib.parse import quote

from fastapi import APIRouter
from starlette.responses import Response

from library.catalog import queries as catalog
from library.catalog.permits import Action
from library.core.errors import Conflict, NotFound
from library.correcting import queries
from server.web.deps import Reading, WhoDep
from server.web.files.attachments import file_name
from transcode.transcripts import captions
from transcode.transcripts.parsing import Cue

router = APIRouter(include_in_schema=False)

_WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def docx(title: str, cues: Sequence[Cue]) -> bytes:
    """Return what is said as a Word document: a paragraph a line, its time before it where there are any."""
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


_FORMS: dict[str, tuple[str, Callable[[str, Sequence[Cue]], bytes]]] = {
    "srt": ("application/x-subrip", lambda _title, cues: captions.to_srt(cues).encode()),
    "vtt": ("text/vtt", lambda _title, cues: captions.to_vtt(cues).encode()),
    # Older editors of Windows know UTF-8 by its mark.
    "txt": ("text/plain", lambda title, cues: captions.to_text(cues, title).encode("utf-8-sig")),
    "docx": (_WORD, docx),
}
FORMS = tuple(_FORMS)
_TIMED = ("srt", "vtt")


@router.get("/lessons/{lesson_id}/transcript.{form}")
def take_along(session: Reading, who: WhoDep, lesson_id: str, form: str) -> Response:
    """What is said in a lesson now, with what waits to be published, as a file (its owner, the staff)."""
    lesson = catalog.lesson_for(session, who.viewer, lesson_id, Action.EDIT)
    if form not in _FORMS:
        raise NotFound
    lines = queries.present(session, lesson).lines
    if not lines:
        raise Conflict("no_words")
    if form in _TIMED and all(line.start_s is None for line in lines):
        raise Conflict("words_without_times")
    media_type, write = _FORMS[form]
    cues = [Cue(line.start_s, line.end_s, line.text, line.speaker) for line in lines]
    name = quote(f"{file_name(lesson.title)}.{form}", safe="")
    headers = {
        # RFC 8187; the plain name is for whoever does not read the other.
        "content-disposition": f"attachment; filename=\"weike-words.{form}\"; filename*=UTF-8''{name}",
        "cache-control": "no-store",
    }
    return Response(write(lesson.title, cues), media_type=media_type, headers=headers)
