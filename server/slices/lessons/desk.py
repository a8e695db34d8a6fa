"""One request at a lesson: its page, and what its owner and the staff change on it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request
from sqlalchemy.orm import Session
from starlette.responses import Response

from library.calls import queries as calls
from library.catalog import audiences, cue_queries, queries
from library.catalog import transcript_queries as given
from library.catalog.offline_rules import may_keep
from library.catalog.permits import Action, LessonState, may
from library.catalog.rules import CueLine, TranscriptQuality
from library.catalog.tables import Lesson
from library.core.errors import Conflict, Invalid
from library.core.permits import Viewer
from library.hearing import queries as hearing
from library.intake import queries as intake
from library.review import queries as review_queries
from library.versions import queries as versions
from library.versions.actions import Saved
from library.versions.rules import named
from server.slices.lessons.contexts import DraftNote, Editing, HistoryLine, LessonPage, LessonPowers
from server.web.deps import AddressDep, CardsDep, ClockDep, DatabaseDep, MediaDep, PagesDep, RuleDep, WhoDep
from server.web.errors import status_of
from server.web.pages import STAY_HEADER, reason
from server.web.parts import Reason, RefusedForm
from server.web.shown.audience_text import audience_text
from server.web.shown.declarations import latest_of, may_declare
from server.web.shown.lesson_cards import lesson_ref
from server.web.shown.marks import Marks, lesson_marks
from server.web.shown.reflections import lesson_reflections
from server.web.shown.remarks import reasons_of
from server.web.shown.sharing import share_card, share_lesson
from server.web.shown.works import honour_lines, material_lines, series_place, site_ref
from transcode.transcripts.captions import new_speakers


@dataclass(frozen=True)
class Done:
    """Where somebody goes on after a change, and the word about it."""

    to: str
    word: str


EDITED: Mapping[Saved, Callable[[str], Done]] = {
    Saved.LESSON: lambda lesson_id: Done(f"/lessons/{lesson_id}", "saved"),
    Saved.DRAFT: lambda lesson_id: Done(f"/lessons/{lesson_id}/draft", "draft_saved"),
    Saved.NOTHING: lambda lesson_id: Done(f"/lessons/{lesson_id}", "draft_same"),
}
"""What follows on a change of what people type, by what became of it."""


class Desk:
    """Shows somebody a lesson, and changes it as they ask; a form that is not taken comes back as typed."""

    def __init__(
        self,
        request: Request,
        who: WhoDep,
        pages: PagesDep,
        cards: CardsDep,
        rule: RuleDep,
        address: AddressDep,
        media: MediaDep,
        clock: ClockDep,
        db: DatabaseDep,
    ) -> None:
        self._request, self._who, self._pages, self._cards = request, who, pages, cards
        self._rule, self._address, self._media, self._db = rule, address, media, db
        self.clock = clock

    @property
    def viewer(self) -> Viewer:
        """Who asks."""
        return self._who.viewer

    def change(
        self,
        lesson_id: str,
        act: Callable[[Session], object],
        form: str,
        done: str,
        *,
        back: str = "",
        **typed: str,
    ) -> Response:
        """Change a lesson and go on to `back`, or to its page, with the word `done`.

        An act that returns Done says itself where to, and with which word. What is refused as Invalid or
        Conflict brings the page back with what was typed into `form`.
        """
        try:
            with self._db.write() as session:
                said = act(session)
        except (Invalid, Conflict) as error:
            refused = RefusedForm(form=form, typed=typed, reason=reason(error))
            with self._db.read() as session:
                return self.page(session, lesson_id, refused, status_of(error))
        where = said if isinstance(said, Done) else Done(back or f"/lessons/{lesson_id}", done)
        return self._pages.redirect(where.to, where.word)

    def page(
        self, session: Session, lesson_id: str, refused: RefusedForm | None = None, status: int = 200
    ) -> Response:
        """Return the lesson's page; raises as `queries.lesson_for` does."""
        viewer = self.viewer
        found = queries.lesson_for(session, viewer, lesson_id)
        powers = self._powers(found)
        recording = intake.recording_of(session, found.id)
        lecturers, topics = queries.known_names(session, viewer) if powers.edit else ([], [])
        history = review_queries.history(session, found.id) if powers.see_progress else []
        twins = intake.twins(session, viewer, recording) if recording is not None and powers.edit else []
        clips = self._cards.of_clips(session, found)
        others = queries.same_topic(session, viewer, [found])
        marks = lesson_marks(session, viewer, found, self._media, others)
        own = marks.own if marks is not None else Marks()
        waiting = versions.draft(session, found.id) if powers.versions else None
        told = audiences.told(session, audiences.open_to(found))
        context = LessonPage(
            frame=self._pages.frame(self._request, session, self._who),
            lesson=self._cards.of(session, [found])[0],
            summary=found.summary,
            clips=own.on_clips(clips, found.clips),
            marks=marks,
            open_to=told,
            audience_said=audience_text(told, self._pages.renderer.catalogue(self._who.language)),
            groups=tuple((one.id, one.name) for one in audiences.groups_for(session, viewer))
            if powers.audience
            else (),
            recording_state=recording.state if recording else "none",
            language=found.language,
            has_transcript=found.transcript is not TranscriptQuality.NONE,
            recognised=found.transcript is TranscriptQuality.RECOGNISED,
            text=_text(cue_queries.cues(session, found.id)) if not found.clips else (),
            problem=Reason(code=recording.reason, args=recording.reason_args or {})
            if recording is not None and recording.reason and powers.see_progress
            else None,
            account=reasons_of(hearing.account_of(session, given.versions(session, found.id), recording))
            if powers.edit
            else (),
            duplicates=tuple(lesson_ref(twin) for twin in twins),
            may=powers,
            history=tuple(HistoryLine(at=h.at, who=h.who, action=h.what, note=h.note) for h in history),
            known_lecturers=tuple(lecturers),
            known_topics=tuple(topics),
            same_topic=tuple(own.on(self._cards.one(one, 0), one) for one in others),
            editing=_editing(found, waiting) if powers.edit else None,
            seen=versions.standing(session, found.id) if powers.edit else 0,
            draft=DraftNote(who=waiting.who, changed_at=waiting.changed_at, fields=named(waiting.values))
            if waiting is not None
            else None,
            rule=self._rule,
            share=share_lesson(self._address, found, f"/lessons/{found.id}"),
            card=share_card(
                self._address, found, f"/lessons/{found.id}", next((c for c in clips if c.ready), None)
            ),
            refused=refused,
            series=series_place(session, viewer, found),
            lecturer_id=found.lecturer_id,
            topic_links=tuple((link.topic.id, link.topic.name) for link in found.topics),
            site=site_ref(session, found.id),
            honours=honour_lines(session, found.id),
            materials=material_lines(session, found.id),
            declaration=latest_of(session, viewer, found, self.clock()) if viewer.signed_in else None,
            may_declare=may_declare(viewer, found),
            reflections=lesson_reflections(session, viewer, found.id),
            calls=tuple(
                (one.id, one.title)
                for one in calls.taking(session, viewer, queries.facts(found), self.clock())
            )
            if powers.edit
            else (),
        )
        answer = self._pages.respond(self._request, self._who, context, status)
        if not may_keep(found.state, found.audience):
            answer.headers[STAY_HEADER] = "no"
        return answer

    def _powers(self, found: Lesson) -> LessonPowers:
        facts, viewer = queries.facts(found), self.viewer
        publish, edit = may(viewer, Action.PUBLISH, facts), may(viewer, Action.EDIT, facts)
        published = found.state is LessonState.PUBLISHED
        return LessonPowers(
            edit=edit,
            publish=publish and not published,
            withdraw=publish and published,
            audience=may(viewer, Action.AUDIENCE, facts),
            why=may(viewer, Action.WHY, facts),
            delete=may(viewer, Action.DELETE, facts),
            see_progress=edit,
            versions=may(viewer, Action.VERSIONS, facts),
            see_stats=may(viewer, Action.STATS, facts),
        )


def _editing(lesson: Lesson, waiting: versions.Waiting | None) -> Editing:
    """Return what the form begins with: what waits, and else what is there."""
    values = {**versions.present_values(lesson), **(waiting.values if waiting is not None else {})}
    return Editing(
        title=str(values["title"]),
        lecturer=str(values["lecturer"]),
        topics=tuple(values["topics"]),
        date=str(values["date"]),
        summary=str(values["summary"]),
        language=str(values["language"]),
        genre=str(values["genre"]),
    )


def _text(lines: Sequence[CueLine]) -> tuple[str, ...]:
    """Return what is said as paragraphs; who speaks is named where it changes."""
    names = new_speakers(line.speaker for line in lines)
    return tuple(
        f"{name}：{line.text}" if name else line.text for line, name in zip(lines, names, strict=True)
    )


DeskDep = Annotated[Desk, Depends()]
