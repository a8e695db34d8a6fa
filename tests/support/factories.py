"""People, branches and lessons for tests, made by the library's own actions."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from itertools import count

from sqlalchemy.orm import Session

from library.catalog import actions as catalog
from library.catalog import audiences
from library.catalog import queries as catalog_queries
from library.catalog.audience import OpenTo
from library.catalog.permits import Audience, LessonState
from library.catalog.rules import CueLine, LessonKind, TranscriptQuality
from library.catalog.tables import Clip, Lesson
from library.core.clock import local_day
from library.core.ids import new_id
from library.core.permits import Role, Viewer
from library.intake import actions as intake
from library.intake.tables import Recording
from library.organisation import actions as organisation
from library.organisation import queries as organisation_queries
from library.organisation.tables import Node
from library.people import actions as people
from library.people import queries as people_queries
from library.people.tables import Person
from tests.support.databases import NOW
from transcode.cutting.audio_profile import AudioProfile
from transcode.cutting.pauses import Pause
from transcode.pictures.overview import Overview, Storyboard
from transcode.reading.facts import AudioFacts, Chapter, Facts

PLAN = "0123456789ab"
_numbers = count(1)


def person(session: Session, *roles: tuple[Role, Node], name: str | None = None) -> Viewer:
    """An account with roles, as the viewer it is. Without a password: hashing one takes 0.1 s."""
    number = next(_numbers)
    row = Person(
        id=new_id(),
        username=f"person-{number}",
        name=name or f"学员{number}",
        password_hash="",
        language=None,
        active=True,
        created_at=NOW,
    )
    session.add(row)
    session.flush()
    for role, branch in roles:
        people.grant(session, row.id, role, branch, None, NOW)
    return people_queries.viewer_of(session, row, local_day(NOW))


def north(session: Session) -> tuple[Viewer, Viewer, Viewer]:
    """An admin at the root, a staff member and a lecturer in the north."""
    top = root(session)
    branch = organisation.add_named(session, top, "北", NOW)
    return (
        person(session, (Role.ADMIN, top), name="管理员"),
        person(session, (Role.STAFF, branch), name="北方工作人员"),
        person(session, (Role.LECTURER, branch), name="北方讲师"),
    )


def root(session: Session) -> Node:
    """The root of the organisation tree."""
    return organisation_queries.root_node(session)


def lesson(
    session: Session,
    title: str = "新时代基层党建",
    *,
    owner: Viewer | None = None,
    branch: Node | None = None,
    state: LessonState = LessonState.PUBLISHED,
    audience: Audience | OpenTo = Audience.EVERYONE,
    lecturer: str | None = None,
    topics: Sequence[str] = (),
    taught_on: date | None = None,
    spoken: Sequence[str] = (),
    clips: int = 0,
    now: datetime = NOW,
) -> Lesson:
    """A lesson. `spoken` are its cues, ten seconds each; `clips` playable clips of a minute each."""
    made = catalog.new_lesson(
        session,
        node_id=(branch or root(session)).id,
        owner_id=owner.person_id if owner else None,
        details=catalog.Details(title, lecturer, list(topics), taught_on),
        now=now,
    )
    if clips:
        cuts = [catalog.Cut(60.0 * n, 60.0 * n + 60.0, "pause") for n in range(clips)]
        for clip in catalog.put_clips(session, made, cuts):
            ready(session, clip, now=now)
        catalog.set_media(session, made, kind=LessonKind.VIDEO, duration_s=60.0 * clips)
    if spoken:
        lines = [CueLine(10.0 * n, 10.0 * n + 9.0, text) for n, text in enumerate(spoken)]
        catalog.put_transcript(session, made, TranscriptQuality.EXACT, lines)
    if state is not LessonState.DRAFT:
        catalog.set_state(session, made, LessonState.PUBLISHED, now)
    if state is LessonState.WITHDRAWN:
        catalog.set_state(session, made, LessonState.WITHDRAWN, now)
    if audience is not Audience.EVERYONE:
        audiences.set_audience(session, made, audience, now)
    return made


def ready(session: Session, clip: Clip, *, plan: str = PLAN, now: datetime = NOW) -> None:
    """Make a clip play (no file is written)."""
    catalog.clip_ready(
        session,
        clip,
        plan=plan,
        duration_s=clip.end_s - clip.start_s,
        size_bytes=1_000_000,
        poster="poster.jpg",
        now=now,
    )


def recording(session: Session, its: Lesson, uploader: Viewer | None = None) -> Recording:
    """A recording of a lesson whose bytes are all here, with its steps laid out."""
    made = intake.begin(
        session,
        its,
        upload_id=new_id(),
        file_name="党课.mp4",
        size_bytes=1_000_000,
        person_id=uploader.person_id if uploader else None,
        now=NOW,
    )
    intake.received(session, made)
    intake.plan_steps(session, made, its.clips)
    return made


def heard(row: Recording, duration_s: float, *, pauses_s: Sequence[float] = ()) -> None:
    """Note what was found: half-second pauses, chapters, a slide turn, a storyboard."""
    sound = AudioFacts(0, "aac", 2, 48000, 64000, 0.0, duration_s)
    chapters = (Chapter(0.0, duration_s / 2, "上篇"), Chapter(duration_s / 2, duration_s, "下篇"))
    row.facts = Facts("mp4", "mov", duration_s, 0.0, 1, None, sound, chapters).to_json()
    pauses = tuple(Pause(at_s - 0.25, at_s + 0.25, 20.0) for at_s in pauses_s)
    row.profile = AudioProfile(pauses, -20.0, -3.0, bytes([0, 128, 255])).to_json()
    board = Storyboard(160, 90, (0.0, 5.0), ("00001.jpg",))
    row.look = Overview((duration_s / 2,), board).to_json()


def reload(session: Session, its: Lesson) -> Lesson:
    """The lesson as a new reader sees it."""
    session.expire_all()
    return catalog_queries.lesson(session, its.id)


def intake_recording(session: Session, recording_id: str) -> Recording:
    """A recording as a new reader sees it."""
    session.expire_all()
    return session.get_one(Recording, recording_id)
