"""One request at the versions of a lesson."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Annotated, TypedDict

from fastapi import Depends, Request
from sqlalchemy.orm import Session
from starlette.responses import Response

from library.catalog import covers, cue_queries
from library.catalog import queries as catalog
from library.catalog import transcript_queries as given
from library.catalog.permits import Action, LessonState, may
from library.catalog.tables import Lesson
from library.core.errors import Conflict, Invalid, NotFound
from library.core.permits import Viewer
from library.correcting import queries as correcting
from library.review import queries as review
from library.review.rules import Decided
from library.versions import queries
from library.versions.queries import Version
from library.versions.rules import WordsShown, ids_of
from server.slices.versions import differences
from server.slices.versions.contexts import (
    Differences,
    DraftPage,
    HappenedLine,
    NoDraftPage,
    VersionPage,
    VersionsPage,
    WordsChange,
)
from server.slices.versions.differences import Pictured
from server.web.deps import ClockDep, DatabaseDep, MediaDep, PagesDep, WhoDep
from server.web.errors import status_of
from server.web.pages import reason
from server.web.parts import Picture, RefusedForm
from server.web.shown.lesson_cards import lesson_ref


class VersionDesk:
    """Shows somebody what was published of a lesson and what waits, and does with it what they ask."""

    def __init__(
        self,
        request: Request,
        who: WhoDep,
        pages: PagesDep,
        clock: ClockDep,
        db: DatabaseDep,
        media: MediaDep,
    ) -> None:
        self._request, self._who, self._pages, self._db = request, who, pages, db
        self._media = media
        self.clock = clock

    @property
    def viewer(self) -> Viewer:
        """Who asks."""
        return self._who.viewer

    def change(
        self,
        act: Callable[[Session], str],
        again: Callable[[Session, RefusedForm, int], Response],
        form: str,
        to: str,
        **typed: str,
    ) -> Response:
        """Do something with a version and go on to `to` with the word that `act` returns; what is refused
        brings the page back, by `again`, with what was typed."""
        try:
            with self._db.write() as session:
                done = act(session)
        except (Invalid, Conflict, NotFound) as error:
            if error.code == "not_found":
                raise
            refused = RefusedForm(form=form, typed=typed, reason=reason(error))
            with self._db.read() as session:
                return again(session, refused, status_of(error))
        return self._pages.redirect(to, done)

    def _lesson(self, session: Session, lesson_id: str) -> Lesson:
        return catalog.lesson_for(session, self.viewer, lesson_id, Action.VERSIONS)

    def _pictured(self, session: Session, lesson: Lesson, *coming: str) -> Pictured:
        """Return what gives the picture of a cover that is kept, in use, or `coming` with a draft, and of
        what the plan of a clip made."""
        there = {*queries.still_there(session, lesson), *coming}
        clips = {clip.id: clip for clip in lesson.clips}

        def pictured(place: str) -> Picture | None:
            found, (clip_id, _, file) = covers.parted(place), place.partition("/")
            if found is not None:
                return self._media.cover(lesson, *found) if place in there else None
            clip = clips.get(clip_id)
            return self._media.made(lesson, clip) if clip is not None and clip.poster == file else None

        return pictured

    # ------------------------------------------------------------------ what waits

    def draft(
        self, session: Session, lesson_id: str, refused: RefusedForm | None = None, status: int = 200
    ) -> Response:
        """Return the page of what waits to be published."""
        lesson = self._lesson(session, lesson_id)
        frame = self._pages.frame(self._request, session, self._who)
        waiting = queries.draft(session, lesson.id)
        if waiting is None:
            empty = NoDraftPage(frame=frame, lesson=lesson_ref(lesson), refused=refused)
            return self._pages.respond(self._request, self._who, empty, status)
        facts, present = catalog.facts(lesson), queries.snapshot(session, lesson)
        context = DraftPage(
            frame=frame,
            lesson=lesson_ref(lesson),
            published=lesson.state is LessonState.PUBLISHED,
            who=waiting.who,
            changed_at=waiting.changed_at,
            n=queries.last_number(session, lesson.id),
            based_on=waiting.based_on,
            restored=waiting.restored,
            differences=differences.differences(
                present,
                queries.with_draft(session, lesson, present, waiting.values),
                self._pictured(
                    session, lesson, str(waiting.values.get("cover", "")), *ids_of(waiting.values, "posters")
                ),
            ),
            words=_words(session, lesson) if waiting.words is not None else None,
            seen=queries.standing_whole(session, lesson.id),
            may_publish=may(self.viewer, Action.PUBLISH, facts),
            may_edit=may(self.viewer, Action.EDIT, facts),
            refused=refused,
        )
        return self._pages.respond(self._request, self._who, context, status)

    # ------------------------------------------------------------------ what was published

    def versions(self, session: Session, lesson_id: str) -> Response:
        """Return the page of a lesson's whole history."""
        lesson = self._lesson(session, lesson_id)
        found = queries.versions(session, lesson.id)
        waiting = queries.draft(session, lesson.id)
        context = VersionsPage(
            frame=self._pages.frame(self._request, session, self._who),
            lesson=lesson_ref(lesson),
            lines=tuple(history(found, review.history(session, lesson.id))),
            versions=tuple(map(differences.line_of, found)),
            draft_at=waiting.changed_at if waiting else None,
        )
        return self._pages.respond(self._request, self._who, context)

    def version(
        self,
        session: Session,
        lesson_id: str,
        n: int,
        against: int | None = None,
        read: bool = False,
        refused: RefusedForm | None = None,
        status: int = 200,
    ) -> Response:
        """Return the page of one version beside another, the one before it unless it is named."""
        lesson = self._lesson(session, lesson_id)
        version, snapshot = queries.version(session, lesson.id, n)
        against = n - 1 if against is None else against
        beside = queries.version(session, lesson.id, against)[1] if against else None
        # In the order of time, whichever of them is looked at.
        pair = (snapshot, beside) if against > n else (beside, snapshot)
        found = queries.versions(session, lesson.id)
        words = snapshot.words
        there, pictured = queries.still_there(session, lesson), self._pictured(session, lesson)
        context = VersionPage(
            frame=self._pages.frame(self._request, session, self._who),
            lesson=lesson_ref(lesson),
            version=differences.line_of(version),
            values=differences.values_of(snapshot),
            clips=differences.bars(snapshot.clips, snapshot.clips),
            words=None if words is None else (words.n, words.quality, words.lines),
            audience=snapshot.audience,
            **_reading(session, lesson.id, words, read=read),
            cover=pictured(snapshot.cover or ""),
            materials=tuple(
                (one.name, f"/lessons/{lesson.id}/files/{one.id}" if one.id in there else "")
                for one in snapshot.materials
            ),
            honours=tuple(one.name for one in snapshot.honours),
            site=snapshot.site.name if snapshot.site else "",
            others=tuple(differences.line_of(one) for one in found if one.n != n),
            against=against,
            differences=Differences()
            if pair[0] is None or pair[1] is None
            else differences.differences(pair[0], pair[1], pictured),
            last=found[0].n,
            seen=queries.standing(session, lesson.id),
            may_edit=may(self.viewer, Action.EDIT, catalog.facts(lesson)),
            has_draft=queries.draft(session, lesson.id) is not None,
            refused=refused,
        )
        return self._pages.respond(self._request, self._who, context, status)


class _Reading(TypedDict):
    reading: tuple[tuple[float | None, str, str], ...] | None
    may_read: bool
    read_otherwise: bool


def _reading(session: Session, lesson_id: str, words: WordsShown | None, *, read: bool) -> _Reading:
    """Return the lines that were said in a version, if they are asked for and still there."""
    try:
        kept = given.version(session, lesson_id, words.n) if words is not None and words.n else None
        lines = correcting.beside(session, lesson_id, kept.n) if kept is not None and read else None
    except NotFound:
        kept, lines = None, None
    told = None if lines is None else tuple((line.start_s, line.speaker, line.text) for line in lines)
    other = kept is not None and words is not None and kept.digest != words.digest
    return {"reading": told, "may_read": kept is not None, "read_otherwise": other}


def _words(session: Session, lesson: Lesson) -> WordsChange:
    """Return how the words that wait differ from those that viewers see."""
    waiting = correcting.present(session, lesson).lines
    return differences.words(cue_queries.cues(session, lesson.id), waiting)


def history(versions: Iterable[Version], decisions: Iterable[review.HistoryLine]) -> Iterator[HappenedLine]:
    """Return versions and decisions as one history, newest first; what was decided and what came of it in the
    same moment is one line."""
    versions = list(versions)
    moments = {version.at for version in versions}
    lines = [
        HappenedLine(at=one.at, who=one.who, note=one.why, version=differences.line_of(one))
        for one in versions
    ]
    lines += [
        HappenedLine(at=one.at, who=one.who, note=one.note, decided=one.what)
        for one in decisions
        if one.what is not Decided.PUBLISH or one.at not in moments
    ]
    yield from sorted(lines, key=lambda line: line.at, reverse=True)


VersionDeskDep = Annotated[VersionDesk, Depends()]
