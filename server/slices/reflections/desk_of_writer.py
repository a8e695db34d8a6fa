"""One request of somebody who writes: the page around what they write, and what they do with it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

from fastapi import Depends, Request
from sqlalchemy.orm import Session
from starlette.responses import Response

from library.catalog import queries as catalog
from library.catalog.clip_cues import cues_of
from library.catalog.rules import CAPTIONED
from library.catalog.tables import Clip, Lesson
from library.core.errors import Conflict, Invalid, Throttled, TooLarge, WeikeError
from library.core.permits import Viewer
from library.programme.weeks import read_week
from library.reflections import queries, rules
from library.reflections.actions import About
from library.reflections.permits import chain_of
from library.reflections.rules import Quote
from library.reflections.tables import Reflection
from server.slices.reflections.contexts import (
    AboutView,
    ClipBeside,
    ClipChoice,
    Elsewhere,
    Invitation,
    QuoteView,
    SpokenLine,
    WritePage,
)
from server.slices.reflections.gatherings import gathering_for, gathering_titles
from server.slices.reflections.shown import quote_view, sound_view
from server.web.deps import ClockDep, DatabaseDep, MediaDep, PagesDep, RuleDep, SettingsDep, SignedIn
from server.web.errors import headers_of, status_of
from server.web.forms.seconds import read_second
from server.web.pages import reason
from server.web.parts import LessonRef, RefusedForm
from server.web.shown.weeks import present

REFUSALS = (Invalid, Conflict, Throttled, TooLarge)


def second_of(text: str) -> float:
    """Return a second as people type it: 83, 83.5, 1:23; raises Invalid("reflection_second")."""
    return read_second(text, "reflection_second")


def second_asked(text: str) -> float:
    """Return the second of an address, 0 for whatever is none."""
    try:
        return second_of(text or "0")
    except Invalid:
        return 0.0


def version_of(text: str) -> int | None:
    """Return the version that a form was made of, None for nothing."""
    return int(text) if text.isdecimal() and len(text) <= 6 else None


class WriterDesk:
    """Shows somebody what they write, and does what they ask; a form not taken comes back as typed."""

    def __init__(
        self,
        request: Request,
        who: SignedIn,
        pages: PagesDep,
        clock: ClockDep,
        db: DatabaseDep,
        media: MediaDep,
        rule: RuleDep,
        settings: SettingsDep,
    ) -> None:
        self.request, self.who, self.pages, self.db, self.clock = request, who, pages, db, clock
        self._media, self._rule, self.settings = media, rule, settings

    @property
    def viewer(self) -> Viewer:
        """Who asks."""
        return self.who.viewer

    def about(self, session: Session, lesson: str, week: str, gathering: str) -> About:
        """Return what somebody begins to write about; raises NotFound, Invalid for what is not theirs."""
        form = None
        if gathering:
            form = gathering_for(session, self.viewer, gathering).form
        if lesson:
            catalog.lesson_for(session, self.viewer, lesson)
        return About(lesson or None, str(read_week(week)) if week else None, gathering or None, form)

    def change(
        self,
        reflection_id: str,
        act: Callable[[Session], object],
        to: str,
        done: str | None,
        form: str = "write",
        about: About | None = None,
        **typed: str,
    ) -> Response:
        """Do something with a reflection, and go on `to`; what is refused brings the page back as typed."""
        try:
            with self.db.write() as session:
                act(session)
        except REFUSALS as error:
            return self.refuse(error, reflection_id, form, about, typed)
        return self.pages.redirect(to, done)

    def refuse(
        self, error: WeikeError, reflection_id: str, form: str, about: About | None, typed: dict[str, str]
    ) -> Response:
        """Return the page with why a form was not taken."""
        refused = RefusedForm(form=form, typed=typed, reason=reason(error))
        with self.db.read() as session:
            row = session.get(Reflection, reflection_id)
            if row is None and about is None:
                raise error
            if row is not None and row.state not in rules.EDITABLE:
                raise error
            answer = self.page(
                session, reflection_id, about or About(), refused=refused, status=status_of(error)
            )
        answer.headers.update(headers_of(error))
        return answer

    def page(
        self,
        session: Session,
        reflection_id: str,
        about: About,
        clip_id: str = "",
        at_s: float = 0.0,
        refused: RefusedForm | None = None,
        status: int = 200,
    ) -> Response:
        """Return the editor; `about` counts for what the server does not have yet."""
        row = session.get(Reflection, reflection_id)
        if row is not None:
            row = queries.own(session, self.viewer, reflection_id)
            about = About(row.lesson_id, row.week, row.gathering_id)
        typed = refused.typed if refused is not None and refused.form == "write" else {}
        lessons = queries.lessons_seen(session, self.viewer, [about.lesson_id])
        lesson = lessons.get(about.lesson_id or "")
        quotes = queries.quotes_of(session, [reflection_id]).get(reflection_id, [])
        key = (self.viewer.person_id, about.lesson_id, about.week, about.gathering_id)
        context = WritePage(
            frame=self.pages.frame(self.request, session, self.who),
            id=reflection_id,
            saved=row is not None,
            version=row.version if row is not None else 0,
            key=":".join(one or "" for one in key),
            title=typed.get("title", row.title if row is not None else ""),
            text=typed.get("text", row.text if row is not None else ""),
            about=AboutView(
                lesson=LessonRef(id=lesson.id, title=lesson.title) if lesson is not None else None,
                week=about.week or "",
                gathering=gathering_titles(session, self.viewer, [about.gathering_id]).get(
                    about.gathering_id or "", ""
                ),
            ),
            gathering_id=about.gathering_id or "",
            quotes=self._quotes(session, quotes, about.lesson_id),
            sound=sound_view(queries.sound_of(session, reflection_id)),
            clip=self._clip(session, lesson, clip_id, at_s) if lesson is not None else None,
            invitations=self._invited(session, about.week or ""),
            limits=(rules.TITLE_MAX, rules.TEXT_MAX, rules.MOST_QUOTES),
            most_sound_s=60 * self.settings.reflection_sound_max_min,
            most_sound_bytes=rules.SOUND_MAX_BYTES,
            remark=row.remark if row is not None else "",
            refused=refused,
            elsewhere=Elsewhere(title=row.title, text=row.text)
            if row is not None and refused is not None and refused.reason.code == "reflection_changed"
            else None,
        )
        return self.pages.respond(self.request, self.who, context, status)

    @staticmethod
    def _quotes(session: Session, quotes: list[Quote], lesson_id: str | None) -> tuple[QuoteView, ...]:
        lines = queries.lines_of(session, [lesson_id])[lesson_id] if quotes and lesson_id else []
        return tuple(quote_view(one, lines) for one in quotes)

    def _clip(self, session: Session, lesson: Lesson, clip_id: str, at_s: float) -> ClipBeside | None:
        playable = [clip for clip in lesson.clips if clip.plan]
        if not playable:
            return None
        clip: Clip = next((one for one in playable if one.id == clip_id), playable[0])
        cues = cues_of(session, clip)
        captioned = lesson.transcript in CAPTIONED and bool(cues)
        return ClipBeside(
            id=clip.id,
            master_url=self._media.of(lesson, clip, "master.m3u8"),
            poster_url=self._media.poster(lesson, clip) or "",
            captions_url=f"/clips/{clip.id}/captions.vtt" if captioned else "",
            start_s=at_s if 0 <= at_s < (clip.duration_s or 0.0) else 0.0,
            beat_every_s=self._rule.beat_every_s,
            lines=tuple(SpokenLine(start_s=cue.start_s or 0.0, text=cue.text) for cue in cues),
            clips=tuple(ClipChoice(id=one.id, n=one.n or 0, title=one.title) for one in playable),
        )

    def _invited(self, session: Session, week: str) -> tuple[Invitation, ...]:
        return self.invitations(session, week) if week else ()

    def invitations(self, session: Session, week: str = "") -> tuple[Invitation, ...]:
        """Return what the viewer's nodes ask about for a week, by itself the present one."""
        wanted = week or str(present(self.clock()))
        found = queries.prompts(session, chain_of(self.viewer), wanted)
        return tuple(Invitation(node=node, question=question, week=wanted) for node, question in found)

    def editable(self, session: Session, reflection_id: str) -> Reflection | None:
        """Return one's own reflection if it can be changed, None where it was sent; raises NotFound."""
        row = queries.own(session, self.viewer, reflection_id)
        return row if row.state in rules.EDITABLE else None


WriterDeskDep = Annotated[WriterDesk, Depends()]
