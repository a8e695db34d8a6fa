"""Notices as pages and programs show them: what each is about is asked as its reader may know it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from library.catalog import queries as catalog
from library.catalog.permits import Action, may
from library.core.permits import Viewer, node_token
from library.gatherings import queries as gatherings
from library.gatherings.tables import Gathering
from library.notices.queries import Told
from library.notices.rules import Kind
from library.organisation import queries as organisation
from library.programme import queries as programme
from library.programme.weeks import Week, read_week
from library.questions import queries as questions
from library.reflections import queries as reflections
from library.suggestions import queries as suggestions
from server.slices.notices.contexts import NoticeRow

_LESSONS = (
    *(Kind.LESSON_PUBLISHED, Kind.LESSON_WITHDRAWN, Kind.UPLOAD_READY, Kind.UPLOAD_FAILED),
    *(Kind.DECLARATION_RETURNED, Kind.DECLARATION_DECIDED, Kind.QUESTION_ASKED),
)
_GATHERINGS = (Kind.GATHERING_PLANNED, Kind.GATHERING_CHANGED, Kind.GATHERING_CANCELLED)
_REFLECTIONS = (Kind.REFLECTION_PUBLISHED, Kind.REFLECTION_RETURNED)
_GRADES = (Kind.GRADE_DECIDED, Kind.GRADE_APPEALED)
_UPLOADS = (Kind.UPLOAD_READY, Kind.UPLOAD_FAILED)


@dataclass(frozen=True)
class _Known:
    """What a reader may know of the things of some notices: title and address of lessons, the nodes whose
    plans of a week they see, answers to suggestions of theirs, titles of reflections of theirs, of questions
    of theirs the lesson and what was answered."""

    lessons: Mapping[str, tuple[str, bool]]
    weeks: Mapping[Week, frozenset[str]]
    themes: Mapping[Week, str]
    nodes: Mapping[str, str]
    answers: Mapping[str, str]
    gatherings: Mapping[str, Gathering]
    reflections: Mapping[str, str]
    questions: Mapping[str, tuple[str, str]]


def notice_rows(session: Session, viewer: Viewer, told: Sequence[Told]) -> list[NoticeRow]:
    """Return notices as rows; a fixed number of statements for a page of them."""
    known = _known(session, viewer, told)
    return [_row(one, known) for one in told]


def _known(session: Session, viewer: Viewer, told: Sequence[Told]) -> _Known:
    lesson_ids = list(dict.fromkeys(one.thing for one in told if one.kind in _LESSONS))
    lessons = {
        one.id: (one.title, may(viewer, Action.EDIT, catalog.facts(one)))
        for one in (catalog.lessons_by_ids(session, viewer, lesson_ids) if lesson_ids else [])
    }
    weeks, themes, nodes = _weeks(session, viewer, told)
    asked = [one.thing for one in told if one.kind is Kind.SUGGESTION_ANSWERED]
    answers = suggestions.own_answers(session, viewer.person_id, asked) if asked else {}
    met = [one.thing for one in told if one.kind in _GATHERINGS]
    found = gatherings.concerning(session, viewer, met) if met else {}
    written = [one.thing for one in told if one.kind in _REFLECTIONS]
    their = reflections.titles(session, viewer, written)
    asked_there = [one.thing for one in told if one.kind is Kind.QUESTION_ANSWERED]
    answered = questions.titles(session, viewer, asked_there) if asked_there else {}
    return _Known(lessons, weeks, themes, nodes, answers, found, their, answered)


def _weeks(
    session: Session, viewer: Viewer, told: Sequence[Told]
) -> tuple[dict[Week, frozenset[str]], dict[Week, str], dict[str, str]]:
    about = [one for one in told if one.kind is Kind.WEEK_OUT]
    if not about:
        return {}, {}, {}
    chain = programme.chain(session, viewer)
    wanted = {read_week(one.thing) for one in about}
    seen = programme.weeks_seen(session, chain, min(wanted), max(wanted))
    out = {
        week: tuple(part for part in parts if part.released_at is not None) for week, parts in seen.items()
    }
    weeks = {week: frozenset(part.node_id for part in parts) for week, parts in out.items()}
    themes = {week: next((part.theme for part in parts if part.theme), "") for week, parts in out.items()}
    nodes = {node_token(one): organisation.node(session, one).name for one in chain}
    return weeks, themes, nodes


def _row(one: Told, known: _Known) -> NoticeRow:
    url = title = node = answer = ""
    elsewhere = False
    if one.kind in _LESSONS and one.thing in known.lessons:
        title, edits = known.lessons[one.thing]
        url = f"/lessons/{one.thing}"
        if one.kind in _UPLOADS and edits:
            url += "/studio"
        elif one.kind is Kind.QUESTION_ASKED:
            url = "/questions/desk"
    elif one.kind is Kind.WEEK_OUT:
        week, node = read_week(one.thing), known.nodes.get(one.audience, "")
        seen = known.weeks.get(week, frozenset())
        title, url = known.themes.get(week, "") or one.thing, f"/weeks/{one.thing}"
        elsewhere = one.audience not in {node_token(node_id) for node_id in seen}
        if elsewhere:
            title, url = one.thing, f"/weeks/{one.thing}" if seen else ""
    elif one.kind is Kind.SUGGESTION_ANSWERED and one.thing in known.answers:
        url, answer = "/suggestions", known.answers[one.thing]
    elif one.kind is Kind.QUESTION_ANSWERED and one.thing in known.questions:
        url, (title, answer) = "/questions/mine", known.questions[one.thing]
    starts_at = None
    if one.kind in _GATHERINGS and one.thing in known.gatherings:
        met = known.gatherings[one.thing]
        title, url, starts_at = met.title, f"/gatherings/{met.id}", met.starts_at
    elif one.kind in _REFLECTIONS and one.thing in known.reflections:
        title, url = known.reflections[one.thing], f"/reflections/{one.thing}"
    elif one.kind is Kind.REFLECTIONS_WAITING:
        url = "/reflections/desk"
    elif one.kind in _GRADES:
        # Its page asks who may see it; nothing of it stands here.
        url = f"/grades/one/{one.thing}"
    return NoticeRow(
        starts_at=starts_at,
        id=one.id,
        kind=one.kind,
        at=one.at,
        is_read=one.is_read,
        url=url,
        title=title,
        node=node,
        elsewhere=elsewhere,
        answer=answer,
    )
