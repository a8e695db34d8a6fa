"""The object that `weike search --json` prints for a hit; docs/cli.md documents it, so change both."""

from __future__ import annotations

from typing import Any

from library.finding.hits import FoundRow


def hit_object(row: FoundRow, base_url: str) -> dict[str, Any]:
    """Return a search hit.

    A clip in which only the title or the summary fits is opened at its beginning; a lesson without clips has
    no seconds at all.
    """
    start_s, lesson_start_s = row.best.start_s, row.best.lesson_start_s
    if row.clip is not None and start_s is None:
        start_s, lesson_start_s = 0.0, row.clip.start_s
    return {
        "lesson": row.lesson.id,
        "state": row.lesson.state,
        "clip": row.clip.id if row.clip else None,
        "clip_n": row.clip.number if row.clip else None,
        "material": row.material.name if row.material else None,
        "title": row.lesson.title,
        "lecturer": row.lesson.lecturer.name if row.lesson.lecturer else None,
        "date": row.lesson.taught_on.isoformat() if row.lesson.taught_on else None,
        "start_s": None if start_s is None else round(start_s, 3),
        "lesson_start_s": None if lesson_start_s is None else round(lesson_start_s, 3),
        "quote": row.best.quote,
        "source": row.best.source,
        "recognised": row.best.recognised,
        "by_sound": row.best.by_sound,
        "score": row.score,
        "views": row.views,
        "url": f"{base_url}{row.path}",
    }
