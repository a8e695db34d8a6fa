"""What is said in a lesson, to take along: subtitles, plain text, Word."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from urllib.parse import quote

from fastapi import APIRouter
from starlette.responses import Response

from library.catalog import queries as catalog
from library.catalog.permits import Action
from library.core.errors import Conflict, NotFound
from library.correcting import queries
from server.slices.correcting.word_file import docx
from server.web.deps import Reading, WhoDep
from server.web.files.attachments import file_name
from transcode.transcripts import captions
from transcode.transcripts.parsing import Cue

router = APIRouter(include_in_schema=False)

_WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


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
