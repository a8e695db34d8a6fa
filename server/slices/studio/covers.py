"""The picture that stands for a lesson or a clip: a moment of it, or somebody's own, with words on it."""

from __future__ import annotations

import shutil
from functools import cache
from pathlib import Path
from typing import Annotated

import obstore
from fastapi import APIRouter, Depends, File, Request, UploadFile
from sqlalchemy.orm import Session
from starlette.responses import Response

from library.catalog import covers, queries
from library.catalog.permits import Action, media_audience
from library.catalog.tables import Clip, Lesson
from library.core.clock import Clock
from library.core.errors import Conflict, Invalid, NotFound, Throttled, TooLarge
from library.core.ids import new_id
from library.core.text import clean_line
from library.intake.files.objects import clip_prefix, delete_path, keep_file
from library.studio.covering.drawing import Drawn
from library.studio.rules import COVER_MAX_BYTES, WORDS_MAX
from library.versions import belongings
from library.versions import queries as versions
from library.versions.actions import Saved
from library.versions.rules import posters_of
from server import fonts
from server.fonts import FontMissing, Fonts
from server.slices.studio.contexts import CoverPage, FrameLine
from server.web.deps import (
    ClockDep,
    DatabaseDep,
    MediaDep,
    PagesDep,
    PainterDep,
    Reading,
    SettingsDep,
    StoreDep,
    WhoDep,
    Writing,
)
from server.web.errors import status_of
from server.web.limits.fields import LineForm, WordForm, WordQuery
from server.web.pages import reason
from server.web.parts import Reason
from server.web.shown.lesson_cards import lesson_ref
from transcode.pictures.stills import still_file, still_time_s

router = APIRouter(include_in_schema=False)

_PIECE = 2**20
_FRAMES_SHOWN = 48
_PICTURE_LIFE_S = 3600
"""For so long caches show another picture than the one that was chosen since."""


@cache
def _fonts() -> Fonts | None:
    try:
        return fonts.find_fonts()
    except FontMissing:
        return None


class CoverDesk:
    """One request at a lesson's cover."""

    def __init__(
        self,
        request: Request,
        who: WhoDep,
        pages: PagesDep,
        media: MediaDep,
        db: DatabaseDep,
        store: StoreDep,
        painter: PainterDep,
        settings: SettingsDep,
        clock: ClockDep,
    ) -> None:
        self._request, self._who, self._pages, self._media = request, who, pages, media
        self._db, self._store, self._painter, self._settings = db, store, painter, settings
        self._clock: Clock = clock

    def page(
        self, session: Session, lesson_id: str, clip_id: str, words: str = "", problem: Reason | None = None
    ) -> CoverPage:
        """Return the page; raises as `lesson_for` does, and NotFound for a clip that is not the lesson's."""
        lesson = self._lesson(session, lesson_id)
        clip = _clip_of(lesson, clip_id) if clip_id else None
        playing = [one for one in lesson.clips if one.plan]
        first = playing[0] if playing else None
        media = self._media
        chosen, waits = _chosen(session, lesson, clip)
        own = clip if clip is not None else first
        shown = media.cover(lesson, *chosen) if chosen else media.made(lesson, own)
        return CoverPage(
            frame=self._pages.frame(self._request, session, self._who),
            lesson=lesson_ref(lesson),
            clips=tuple((one.id, one.number, one.title) for one in playing),
            clip_id=clip_id,
            now=shown,
            own=chosen is not None,
            waits=waits,
            drafted=belongings.is_drafted(session, lesson),
            frames=self._frames(lesson, [clip] if clip is not None else playing),
            masters=tuple(
                {"n": one.number, "title": one.title, "master": media.of(lesson, one, "master.m3u8")}
                for one in ([clip] if clip is not None else playing)
            ),
            words=words,
            problem=problem,
            fonts=_fonts() is not None,
            most_bytes=COVER_MAX_BYTES,
            words_max=WORDS_MAX,
        )

    def _lesson(self, session: Session, lesson_id: str) -> Lesson:
        return queries.lesson_for(session, self._who.viewer, lesson_id, Action.EDIT)

    def _frames(self, lesson: Lesson, clips: list[Clip]) -> tuple[FrameLine, ...]:
        """Return pictures of the clips, of each as many, together no more than a page shows."""
        most = max(1, _FRAMES_SHOWN // max(1, len(clips)))
        found = []
        for clip in clips:
            every = max(1, -(-clip.stills // most))
            for number in range(1, clip.stills + 1, every):
                found.append(
                    FrameLine(
                        value=f"{clip.id}.{number}",
                        n=clip.number,
                        at_s=still_time_s(number, clip.stills, clip.duration_s or 0.0),
                        picture=self._media.listed(lesson, clip, still_file(number)),
                    )
                )
        return tuple(found)

    def put(
        self, lesson_id: str, clip_id: str, frame: str, upload: UploadFile | None, words: str
    ) -> Response:
        """Make a cover and let it stand; what is refused brings the page back as it was typed."""
        words = clean_line(words)
        try:
            if len(words) > WORDS_MAX:
                raise Invalid("too_long", field="words", most=WORDS_MAX, length=len(words))
            bearer, source = self._source(lesson_id, clip_id, frame, upload)
            name = self._painted(bearer, source, upload, words)
            what: covers.Of = "picture" if not source else "words" if frame == "kept" else "frame"
            with self._db.write() as session:
                lesson = self._lesson(session, lesson_id)
                saved = self._stand(session, lesson, clip_id, bearer, name, what)
        except (Invalid, Conflict, Throttled, TooLarge) as error:
            with self._db.read() as session:
                context = self.page(session, lesson_id, clip_id, words, reason(error))
                return self._pages.respond(self._request, self._who, context, status_of(error))
        said = "cover_kept" if saved is Saved.LESSON else "draft_saved"
        return self._pages.redirect(_path(lesson_id, clip_id), said)

    def _stand(
        self, session: Session, lesson: Lesson, clip_id: str, bearer: str, name: str, what: covers.Of
    ) -> Saved:
        clip = _clip_of(lesson, bearer)  # it may have been cut anew meanwhile
        put = belongings.cover_clip if clip_id else belongings.cover
        return put(session, lesson, clip, name, self._who.viewer.writer_id, self._clock(), what)

    def _source(self, lesson_id: str, clip_id: str, frame: str, upload: UploadFile | None) -> tuple[str, str]:
        """Return the clip whose folder takes the cover, and the object it is made of ("" for the upload)."""
        with self._db.read() as session:
            lesson = self._lesson(session, lesson_id)
            clip = _clip_of(lesson, clip_id) if clip_id else covers.bearer(lesson)
            if upload is not None and (upload.filename or upload.size):
                return clip.id, ""
            if not frame:
                raise Invalid("cover_missing", field="frame")
            if frame == "kept":
                return clip.id, _kept(_chosen(session, lesson, clip if clip_id else None)[0])
            of_id, _, number = frame.partition(".")
            of = next((one for one in lesson.clips if one.id == of_id and one.plan), None)
            if of is None or not (number.isdecimal() and len(number) <= 5 and 1 <= int(number) <= of.stills):
                raise Invalid("cover_frame_gone", field="frame")
            return clip.id, f"{clip_prefix(of.id, str(of.plan))}/{still_file(int(number))}"

    def _painted(self, bearer: str, source: str, upload: UploadFile | None, words: str) -> str:
        """Make the pictures and bring them into the store; returns the name of the cover."""
        found = _fonts()
        if words and found is None:
            raise Invalid("cover_no_font", field="words")
        face = (found.bold.path, found.bold.index) if found is not None else (Path(), 0)
        folder = self._settings.work_folder / f"cover-{new_id()}"
        folder.mkdir(parents=True)
        try:
            if source:
                self._fetch(source, folder / "file")
            elif upload is not None:
                self._copy(upload, folder / "file")
            if shutil.disk_usage(folder).free < self._settings.keep_free_bytes:
                raise TooLarge("cover_no_room")
            drawn = self._painter.paint(folder / "file", words, face, person_id=self._who.viewer.person_id)
            return self._stored(bearer, drawn, folder)
        finally:
            delete_path(folder)

    def _stored(self, bearer: str, drawn: Drawn, folder: Path) -> str:
        name = covers.folder_name()
        prefix = clip_prefix(bearer, name)
        of = {covers.PLAIN: drawn.plain, covers.SMALL: drawn.small, covers.COVER: drawn.cover}
        for file in covers.FILES:
            (folder / file).write_bytes(of[file])
            keep_file(self._store, folder / file, f"{prefix}/{file}")
        return name

    def _fetch(self, source: str, file: Path) -> None:
        try:
            file.write_bytes(obstore.get(self._store, source).bytes())
        except FileNotFoundError:
            raise Invalid("cover_frame_gone", field="frame") from None

    def _copy(self, upload: UploadFile, file: Path) -> None:
        size = 0
        with file.open("wb") as out:
            while piece := upload.file.read(_PIECE):
                size += len(piece)
                if size > COVER_MAX_BYTES:
                    raise Invalid("cover_too_large", field="file", most_bytes=COVER_MAX_BYTES)
                out.write(piece)


CoverDeskDep = Annotated[CoverDesk, Depends()]


def _clip_of(lesson: Lesson, clip_id: str) -> Clip:
    found = next((one for one in lesson.clips if one.id == clip_id and one.plan), None)
    if found is None:
        raise NotFound
    return found


def _chosen(session: Session, lesson: Lesson, clip: Clip | None) -> tuple[tuple[str, str] | None, bool]:
    """Return the cover that is to stand for a lesson, or for one of its clips, None for none that somebody
    chose; and whether it waits with the draft."""
    waiting = versions.draft(session, lesson.id)
    values = waiting.values if waiting is not None else {}
    if clip is None:
        waits = "cover" in values
        return covers.parted(str(values["cover"])) if waits else covers.of_lesson(lesson), waits
    posters = posters_of(values)
    name = posters.get(clip.id, clip.cover)
    return (clip.id, name) if name else None, clip.id in posters


def _kept(place: tuple[str, str] | None) -> str:
    """Return the present cover without its words; raises Invalid where nobody chose one."""
    if place is None:
        raise Invalid("cover_same_words", field="words")
    return f"{clip_prefix(*place)}/{covers.PLAIN}"


def _path(lesson_id: str, clip_id: str) -> str:
    return f"/lessons/{lesson_id}/cover{f'?clip={clip_id}' if clip_id else ''}"


@router.get("/lessons/{lesson_id}/cover")
def cover(
    request: Request,
    session: Reading,
    who: WhoDep,
    pages: PagesDep,
    desk: CoverDeskDep,
    lesson_id: str,
    clip: WordQuery = "",
) -> Response:
    """Choose the picture that stands for a lesson, or for one of its clips (its owner, the staff)."""
    return pages.respond(request, who, desk.page(session, lesson_id, clip))


@router.post("/lessons/{lesson_id}/cover")
def put(
    desk: CoverDeskDep,
    lesson_id: str,
    clip: WordForm = "",
    frame: WordForm = "",
    words: LineForm = "",
    file: Annotated[UploadFile | None, File()] = None,
) -> Response:
    """Let another picture stand for a lesson, or for one of its clips (its owner, the staff)."""
    return desk.put(lesson_id, clip, frame, file, words)


@router.post("/lessons/{lesson_id}/cover/undo")
def undo(
    session: Writing, who: WhoDep, pages: PagesDep, clock: ClockDep, lesson_id: str, clip: WordForm = ""
) -> Response:
    """Let the picture stand again that was chosen of itself (its owner, the staff)."""
    lesson = queries.lesson_for(session, who.viewer, lesson_id, Action.EDIT)
    by, now = who.viewer.writer_id, clock()
    if clip:
        saved = belongings.uncover_clip(session, lesson, _clip_of(lesson, clip), by, now)
    else:
        saved = belongings.uncover(session, lesson, by, now)
    said = {Saved.DRAFT: "draft_saved", Saved.NOTHING: "draft_same"}.get(saved, "cover_undone")
    return pages.redirect(_path(lesson_id, clip), said)


@router.get("/lessons/{lesson_id}/picture.jpg")
def picture(db: DatabaseDep, who: WhoDep, store: StoreDep, lesson_id: str) -> Response:
    """The picture that somebody chose for a lesson, at an address that stays: what cards of it show."""
    with db.read() as session:
        lesson = queries.lesson_for(session, who.viewer, lesson_id)
        place, facts = covers.of_lesson(lesson), queries.facts(lesson)
    if place is None:
        raise NotFound
    try:
        data = bytes(obstore.get(store, f"{clip_prefix(*place)}/{covers.COVER}").bytes())
    except FileNotFoundError:
        raise NotFound from None
    public = media_audience(facts.state, facts.audience) == "everyone"
    headers = {"cache-control": f"{'public' if public else 'private'}, max-age={_PICTURE_LIFE_S}"}
    return Response(data, media_type="image/jpeg", headers=headers)
