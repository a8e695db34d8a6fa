"""A library with very many lessons and plays, written straight into the tables: it is the pages that are
measured."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any

from sqlalchemy import Table, insert

from library.catalog.permits import Audience, LessonState
from library.catalog.rules import LessonKind
from library.catalog.tables import Clip, Lecturer, Lesson, LessonTopic, Topic
from library.core.ids import new_id
from library.organisation import queries as organisation
from library.plays.rules import Kind
from library.plays.tables import ClipSum, LessonSum, Play, Seal, Watcher
from server.wiring import Ports

TOPICS, LECTURERS = 60, 400
FIRST_LECTURER, FIRST_TOPIC = "讲师000", "专题00"
BUSY = 0.15
"""Lessons of the one lecturer, and of the one topic, that have the most."""
_BATCH = 5_000
_THROUGH = date(2026, 6, 30)
Row = dict[str, Any]


def fill(ports: Ports, lessons: int, plays: int, watcher: str = "", busy: float = BUSY) -> tuple[str, str]:
    """Write lessons with two clips each, plays and their sums; returns the ids of the lecturer and the topic
    with the most lessons, which are the part `busy` of them. `watcher` is a person who has seen a few."""
    rng = Random(7)
    with ports.db.read() as session:
        node = organisation.root_node(session).id
    lecturers = [{"id": new_id(), "name": f"讲师{n:03d}", "folded": f"讲师{n:03d}"} for n in range(LECTURERS)]
    topics = [{"id": new_id(), "name": f"专题{n:02d}", "folded": f"专题{n:02d}"} for n in range(TOPICS)]
    _write(ports, {Lecturer: lecturers, Topic: topics})
    known: list[tuple[str, list[str]]] = []
    for at in range(0, lessons, _BATCH):
        rows: dict[Any, list[Row]] = {Lesson: [], Clip: [], LessonTopic: [], LessonSum: [], ClipSum: []}
        for n in range(at, min(lessons, at + _BATCH)):
            lesson, clips = new_id(), [new_id(), new_id()]
            known.append((lesson, clips))
            teacher = lecturers[0 if rng.random() < busy else rng.randrange(LECTURERS)]["id"]
            about = {0 if rng.random() < busy else rng.randrange(TOPICS), rng.randrange(TOPICS)}
            rows[Lesson].append(_lesson(lesson, n, node, teacher))
            rows[Clip] += [_clip(one, lesson, k) for k, one in enumerate(clips, 1)]
            rows[LessonTopic] += [
                {
                    "lesson_id": lesson,
                    "topic_id": topics[one]["id"],
                    "n": k,
                    "published_at": rows[Lesson][-1]["published_at"],
                }
                for k, one in enumerate(about)
            ]
            seen = int(rng.paretovariate(1.2) * plays / lessons / 6)
            rows[LessonSum].append({"lesson_id": lesson, "member_views": seen, "members": seen})
            rows[ClipSum] += [{"clip_id": one, "lesson_id": lesson, "member_views": seen} for one in clips]
        _write(ports, rows)
    sealed = datetime(2026, 7, 1, tzinfo=UTC)
    _write(ports, {Seal: [{"day": _THROUGH, "closed_at": sealed, "link": "0" * 64, "sealed_at": sealed}]})
    for at in range(0, plays, 4 * _BATCH):
        _write(ports, {Play: list(_plays(rng, known, min(4 * _BATCH, plays - at)))})
    if watcher:
        some = [
            (lesson, clip) for lesson, clips in rng.sample(known, min(300, lessons // 8)) for clip in clips
        ]
        _write(ports, {Watcher: [_watched(watcher, *one) for one in some]})
    return str(lecturers[0]["id"]), str(topics[0]["id"])


def _write(ports: Ports, rows: Mapping[Any, list[Row]]) -> None:
    with ports.db.write() as session:
        for table, its in rows.items():
            if its:
                target: Table = table.__table__
                session.execute(insert(target), its)


def _lesson(lesson: str, n: int, node: str, lecturer: Any) -> Row:
    at = datetime(2020, 1, 1, tzinfo=UTC) + timedelta(minutes=30 * n % 3_300_000)
    return {
        "id": lesson,
        "title": f"第 {n} 课",
        "summary": "",
        "kind": LessonKind.VIDEO,
        "lecturer_id": lecturer,
        "taught_on": at.date(),
        "node_id": node,
        "state": LessonState.PUBLISHED,
        "audience": Audience.EVERYONE if n % 3 != 2 else Audience.SIGNED_IN,
        "duration_s": 600.0,
        "created_at": at,
        "published_at": at,
        "revision": n + 1,
    }


def _clip(clip: str, lesson: str, n: int) -> Row:
    return {
        "id": clip,
        "lesson_id": lesson,
        "n": n,
        "start_s": 300.0 * (n - 1),
        "end_s": 300.0 * n,
        "plan": "0123456789ab",
        "duration_s": 300.0,
        "sizes": {"480p": 9_000_000, "audio": 2_400_000},
    }


def _plays(rng: Random, known: list[tuple[str, list[str]]], count: int) -> Iterator[Row]:
    for _ in range(count):
        lesson, clips = known[min(int(rng.paretovariate(0.5)), len(known) - 1)]
        at = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=rng.randrange(15_000_000))
        yield {
            "id": new_id(),
            "clip_id": clips[rng.randrange(2)],
            "lesson_id": lesson,
            "viewer": f"v:{rng.randrange(10**9)}",
            "kind": Kind.VISITOR,
            "source": "link",
            "started_at": at,
            "last_at": at,
        }


def _watched(person: str, lesson: str, clip: str) -> Row:
    at = datetime(2026, 6, 1, tzinfo=UTC)
    told = {"clip_id": clip, "lesson_id": lesson, "viewer": f"p:{person}", "viewed_at": at}
    return {**told, "ranges": [[0.0, 300.0]], "unique_s": 300.0, "completed_at": at, "last_day": at.date()}
