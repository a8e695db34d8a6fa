"""What is said in a lesson, to take along: subtitles, plain text, Word."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from urllib.parse import quote

from fastapi import APIRouter
from starlette.responses import Response

from library.catalog import queries as catalog
from library.catalog.permits import Action
from library.catalog.rules import note_of
from library.core.errors import Conflict, NotFound
from library.correcting import queries
from server.slices.correcting.word_file import docx
from server.web.deps import Reading, WhoDep
from server.web.files.attachments import file_name
from transcode.transcripts import captions
from transcode.transcripts.parsing import Cue

router = APIRouter(include_in_schema=False)

_WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def _text(title: str, cues: Sequence[Cue], note: str) -> bytes:
    # Older editors of Windows know UTF-8 by its mark.
    return captions.to_text(cues, f"{title}\n{note}" if note else title).encode("utf-8-sig")


_FORMS: dict[str, tuple[str, Callable[[str, Sequence[Cue], str], bytes]]] = {
    # SubRip knows no remarks: the file's name says it.
    "srt": ("application/x-subrip", lambda _title, cues, _note: captions.to_srt(cues).encode()),
    "vtt": ("text/vtt", lambda _title, cues, note: captions.to_vtt(cues, note).encode()),
    "txt": ("text/plain", _text),
    "docx": (_WORD, docx),
}
FORMS = tuple(_FORMS)
_TIMED = ("srt", "vtt")
RECOGNISED_NAME = "（机器识别，待校对）"
"""Stands behind the title in the names of files of what a machine heard."""


@router.get("/lessons/{lesson_id}/transcript.{form}")
def take_along(session: Reading, who: WhoDep, lesson_id: str, form: str) -> Response:
    """What is said in a lesson now, with what waits to be published, as a file (its owner, the staff)."""
    lesson = catalog.lesson_for(session, who.viewer, lesson_id, Action.EDIT)
    if form not in _FORMS:
        raise NotFound
    present = queries.present(session, lesson)
    lines, note = present.lines, note_of(present.quality)
    if not lines:
        raise Conflict("no_words")
    if form in _TIMED and all(line.start_s is None for line in lines):
        raise Conflict("words_without_times")
    media_type, write = _FORMS[form]
    cues = [Cue(line.start_s, line.end_s, line.text, line.speaker) for line in lines]
    called = file_name(f"{lesson.title}{RECOGNISED_NAME}" if note else lesson.title)
    name = quote(f"{called}.{form}", safe="")
    headers = {
        # RFC 8187; the plain name is for whoever does not read the other.
        "content-disposition": f"attachment; filename=\"weike-words.{form}\"; filename*=UTF-8''{name}",
        "cache-control": "no-store",
    }
    return Response(write(lesson.title, cues, note), media_type=media_type, headers=headers)
