"""Where lessons are between their file and their readers, as pages show it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from library.studio.queries import Where
from library.studio.rules import Do, Step

_POSTED = frozenset({Do.RETRY, Do.PUBLISH})
_NOTHING = frozenset({Do.WAIT, Do.WAIT_STAFF})

_ADDRESSES: Mapping[Do, str] = {
    Do.UPLOAD: "/upload",
    Do.UPLOAD_ON: "/upload",
    Do.LOOK_ON: "/lessons/{lesson}/progress",
    Do.RETRY: "/lessons/{lesson}/retry",
    Do.ANOTHER_FILE: "/upload",
    Do.CUTS: "/lessons/{lesson}/cut",
    Do.TEXT: "/lessons/{lesson}/transcripts",
    Do.WORDS: "/lessons/{lesson}/words",
    Do.COVER: "/lessons/{lesson}/cover",
    Do.DECLARE: "/lessons/{lesson}/declare",
    Do.PUBLISH: "/lessons/{lesson}/publish",
    Do.WAIT: "/declarations/{declaration}",
    Do.WAIT_STAFF: "/lessons/{lesson}",
    Do.ANSWER: "/declarations/{declaration}",
    Do.SEND_AGAIN: "/declarations/{declaration}",
    Do.DRAFT: "/lessons/{lesson}/draft",
    Do.FIGURES: "/lessons/{lesson}/stats",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class NextStep:
    """What is to be done next with a lesson: `do` is what (word "studio_do"), `url` where; `posted`: by a
    form that is sent there; `waits`: others are at work, and there is nothing to do but look."""

    do: Do
    url: str
    posted: bool = False
    waits: bool = False


def next_step(lesson_id: str, where: Where) -> NextStep:
    """Return what is to be done next with a lesson."""
    do = where.way.do
    url = _ADDRESSES[do].format(lesson=lesson_id, declaration=where.declaration_id)
    return NextStep(do=do, url=url, posted=do in _POSTED, waits=do in _NOTHING)


def step_url(lesson_id: str, step: Step, where: Where) -> str:
    """Return where a step of the way is looked at, "" where there is nothing to see."""
    on_its_way = where.declaration_id and f"/declarations/{where.declaration_id}"
    found = {
        "work": "/lessons/{lesson}/progress",
        "cuts": "/lessons/{lesson}/cut",
        "words": "/lessons/{lesson}/words" if where.facts.has_text else "/lessons/{lesson}/transcripts",
        "cover": "/lessons/{lesson}/cover",
        "send": on_its_way,
        "remarks": on_its_way,
        "published": "/lessons/{lesson}",
    }.get(str(step.name), "")
    return found.format(lesson=lesson_id) if found else ""
