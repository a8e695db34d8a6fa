"""The only reader of versions and drafts."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from library.catalog import covers
from library.catalog import queries as catalog
from library.catalog import transcript_queries as given
from library.catalog.rules import TranscriptQuality
from library.catalog.tables import Clip, Cue, Lesson
from library.core.errors import NotFound
from library.core.paging import Page, clean_number
from library.core.permits import Role, Viewer
from library.organisation import queries as organisation
from library.people.tables import Person
from library.versions import rules
from library.versions.rules import ClipShown, Named, Origin, Snapshot, Standing, Value, WordsShown
from library.versions.tables import Draft, KeptCover, PublishedVersion
from library.works import queries as works


@dataclass(frozen=True)
class Version:
    """A version that was published: which, when, by whom ("" for the machine and who is erased), why."""

    n: int
    at: datetime
    who: str
    origin: Origin
    why: str


@dataclass(frozen=True)
class Waiting:
    """A lesson's draft; the fields are those of tables.Draft, `who` saved it last."""

    lesson_id: str
    values: Mapping[str, Value]
    words: int | None
    based_on: int
    restored: int | None
    begun_at: datetime
    changed_at: datetime
    who: str


def versions(session: Session, lesson_id: str) -> list[Version]:
    """Return the versions of a lesson that were published, newest first."""
    wanted = _versions().where(PublishedVersion.lesson_id == lesson_id)
    return [_version(*row) for row in session.execute(wanted.order_by(PublishedVersion.n.desc()))]


def version(session: Session, lesson_id: str, n: int) -> tuple[Version, Snapshot]:
    """Return one version and what viewers saw then; raises NotFound."""
    row = session.get(PublishedVersion, (lesson_id, n))
    if row is None:
        raise NotFound("version_gone", n=n)
    name = session.scalar(select(Person.name).where(Person.id == row.person_id)) if row.person_id else None
    return Version(row.n, row.at, name or "", row.origin, row.why), Snapshot.from_json(row.snapshot)


def snapshots(session: Session, lesson_id: str) -> list[Snapshot]:
    """Return what viewers saw of a lesson, version by version."""
    rows = session.scalars(select(PublishedVersion.snapshot).where(PublishedVersion.lesson_id == lesson_id))
    return [Snapshot.from_json(row) for row in rows]


def _versions() -> Select[int, datetime, Origin, str, str | None]:
    columns = (PublishedVersion.n, PublishedVersion.at, PublishedVersion.origin, PublishedVersion.why)
    return select(*columns, Person.name).outerjoin(Person, Person.id == PublishedVersion.person_id)


def _version(n: int, at: datetime, origin: Origin, why: str, name: str | None) -> Version:
    return Version(n, at, name or "", origin, why)


def last_number(session: Session, lesson_id: str) -> int:
    """Return the number of the version that was published last; 0 for none."""
    of_it = PublishedVersion.lesson_id == lesson_id
    return session.scalar(select(func.max(PublishedVersion.n)).where(of_it)) or 0


def standing(session: Session, lesson_id: str) -> int:
    """Return a number that grows with every version and every change of the draft's fields: whoever saves
    them says which one they saw."""
    saved = session.scalar(select(Draft.version).where(Draft.lesson_id == lesson_id))
    return last_number(session, lesson_id) + (saved or 0)


def standing_whole(session: Session, lesson_id: str) -> int:
    """Return a number that grows with everything that `standing` does, and with every change of the words:
    whoever publishes a draft, or gives it up, says which one they saw."""
    words = session.scalar(select(Draft.words_version).where(Draft.lesson_id == lesson_id))
    return standing(session, lesson_id) + (words or 0)


def draft(session: Session, lesson_id: str) -> Waiting | None:
    """Return the draft of a lesson, if one waits."""
    return drafts(session, [lesson_id]).get(lesson_id)


def drafts(session: Session, lesson_ids: Collection[str]) -> dict[str, Waiting]:
    """Return the drafts of lessons that have one, by lesson."""
    if not lesson_ids:
        return {}
    rows = session.execute(
        select(Draft, Person.name)
        .outerjoin(Person, Person.id == Draft.person_id)
        .where(Draft.lesson_id.in_(list(lesson_ids)), Draft.begun_at.is_not(None))
    )
    return {row.lesson_id: _waiting(row, name) for row, name in rows}


def _waiting(row: Draft, name: str | None) -> Waiting:
    begun_at = row.begun_at or row.changed_at
    values: Mapping[str, Value] = row.values or {}
    return Waiting(
        row.lesson_id, values, row.words, row.based_on, row.restored, begun_at, row.changed_at, name or ""
    )


def waiting(session: Session, viewer: Viewer, number: int, size: int) -> Page[Lesson]:
    """Return one page of the lessons whose drafts wait for somebody like the viewer to publish them, the one
    that waits longest first."""
    wanted = _waiting_for(viewer)
    total = session.scalar(select(func.count()).select_from(wanted.subquery())) or 0
    number = clean_number(number)
    ids = session.scalars(
        wanted.order_by(Draft.begun_at, Draft.lesson_id).offset((number - 1) * size).limit(size)
    ).all()
    return Page(catalog.lessons_by_ids(session, viewer, ids), number, size, total)


def count_waiting(session: Session, viewer: Viewer) -> int:
    """Return how many drafts wait for somebody like the viewer."""
    return session.scalar(number_waiting(viewer)) or 0


def number_waiting(viewer: Viewer, most: int | None = None) -> Select[int]:
    """Return a SELECT of what `count_waiting` returns, counted up to `most`."""
    return select(func.count()).select_from(_waiting_for(viewer).limit(most).subquery())


def _waiting_for(viewer: Viewer) -> Select[str]:
    held = organisation.outermost(viewer, Role.REVIEWER)
    inside = Lesson.node_id.in_(organisation.inside_of(held)) if held else Lesson.id.is_(None)
    return (
        select(Draft.lesson_id)
        .join(Lesson, Lesson.id == Draft.lesson_id)
        .where(Draft.begun_at.is_not(None), inside)
    )


def present_values(lesson: Lesson) -> dict[str, Value]:
    """Return what the catalogue has of a lesson's fields: of a published one what viewers see."""
    return {
        "title": lesson.title,
        "lecturer": lesson.lecturer.name if lesson.lecturer else "",
        "topics": [link.topic.name for link in lesson.topics],
        "date": lesson.taught_on.isoformat() if lesson.taught_on else "",
        "summary": lesson.summary,
        "language": lesson.language,
        "genre": str(lesson.genre),
    }


def snapshot(session: Session, lesson: Lesson) -> Snapshot:
    """Return everything that viewers see of a lesson as it stands."""
    site = works.site_of(session, lesson.id)
    honours: Sequence[Named] = [
        Named(one.id, one.award) for one in works.honours(session, [lesson.id]).get(lesson.id, [])
    ]
    return Snapshot(
        values=present_values(lesson),
        kind=str(lesson.kind),
        duration_s=lesson.duration_s,
        clips=tuple(
            ClipShown(one.id, one.title, one.start_s, one.end_s, one.cover or one.poster)
            for one in lesson.clips
        ),
        words=_words(session, lesson),
        materials=tuple(Named(one.id, one.name) for one in works.materials(session, lesson.id)),
        honours=tuple(honours),
        site=None if site is None else Named(site.id, site.name),
        audience=str(lesson.audience),
        tokens=tuple(lesson.chosen),
        cover=lesson.cover,
    )


def standing_aside(session: Session, lesson: Lesson) -> Standing:
    """Return what viewers see of what a draft changes beside the fields."""
    return Standing(
        cover=lesson.cover,
        posters={clip.id: clip.cover for clip in lesson.clips},
        materials=frozenset(one.id for one in works.materials(session, lesson.id)),
        honours=frozenset(one.id for one in works.honours(session, [lesson.id]).get(lesson.id, ())),
    )


def still_there(session: Session, lesson: Lesson) -> frozenset[str]:
    """Return the ids of a lesson's materials and honours, wherever they stand, and the places of the covers
    that are kept or in use."""
    files, honours = works.all_materials(session, lesson.id), works.all_honours(session, lesson.id)
    of_it = KeptCover.lesson_id == lesson.id
    kept = session.execute(select(KeptCover.clip_id, KeptCover.folder).where(of_it))
    places = {f"{clip}/{name}" for clip, name in (*kept, *_covers_shown(lesson))}
    return frozenset({*(one.id for one in files), *(one.id for one in honours), *places})


def _covers_shown(lesson: Lesson) -> list[tuple[str, str]]:
    own = covers.of_lesson(lesson)
    its = [(clip.id, clip.cover) for clip in lesson.clips if clip.cover]
    return its if own is None else [own, *its]


def with_draft(session: Session, lesson: Lesson, present: Snapshot, values: Mapping[str, Value]) -> Snapshot:
    """Return what viewers would see of a lesson once a draft is published."""
    posters = rules.posters_of(values)
    found = {"materials": present.materials, "honours": present.honours}
    names = {one.id: one.name for one in works.all_materials(session, lesson.id)}
    names |= {one.id: one.award for one in works.all_honours(session, lesson.id)}
    for what, shown in found.items():
        going, coming = (rules.ids_of(values, f"{what}_{way}") for way in ("out", "in"))
        stay = tuple(one for one in shown if one.id not in going)
        found[what] = (*stay, *(Named(one, names[one]) for one in coming if one in names))
    return replace(
        present,
        values={**present.values, **{name: values[name] for name in rules.FIELDS if name in values}},
        cover=str(values.get("cover", present.cover or "")),
        clips=tuple(
            replace(one, poster=posters[one.id] or clip.poster) if one.id in posters else one
            for one, clip in zip(present.clips, lesson.clips, strict=True)
        ),
        materials=found["materials"],
        honours=found["honours"],
    )


def covers_kept(session: Session) -> Iterator[tuple[str, str]]:
    """Return the covers that versions had and drafts have: the clip in whose folder one lies, its name."""
    kept = session.execute(select(KeptCover.clip_id, KeptCover.folder))
    yield from ((clip_id, folder) for clip_id, folder in kept)
    for values in session.scalars(select(Draft.values).where(Draft.begun_at.is_not(None))):
        places = [str((values or {}).get("cover", "")), *rules.ids_of(values or {}, "posters")]
        yield from filter(None, map(covers.parted, places))


def is_cover_kept(session: Session, clip_id: str, name: str) -> bool:
    """Tell whether a version had a cover, or a draft has it."""
    if session.get(KeptCover, (clip_id, name)) is not None:
        return True
    values = session.scalar(
        select(Draft.values)
        .join(Clip, Clip.lesson_id == Draft.lesson_id)
        .where(Clip.id == clip_id, Draft.begun_at.is_not(None))
    )
    place = f"{clip_id}/{name}"
    return values is not None and (place == values.get("cover") or place in rules.ids_of(values, "posters"))


def _words(session: Session, lesson: Lesson) -> WordsShown | None:
    if lesson.transcript is TranscriptQuality.NONE:
        return None
    used = given.version_in_use(session, lesson.id)
    if used is not None and used.waits:
        instead = (used.waiting or {}).get("instead")
        used = None if instead is None else given.version(session, lesson.id, instead)
    lines = session.scalar(select(func.count()).select_from(Cue).where(Cue.lesson_id == lesson.id)) or 0
    n, digest = (used.n, used.digest) if used is not None else (None, "")
    return WordsShown(n, digest, str(lesson.transcript), lines)
