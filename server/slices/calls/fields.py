"""The form of a call: what is typed in it, and what that means."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Annotated

from fastapi import Depends

from library.calls import rules
from library.calls.demands import Demanded, Demands, Point, Subtitles, read_figure, read_minutes
from library.calls.rules import CallDraft, Criterion, criteria_text, read_criteria
from library.catalog.rules import GENRES, Genre
from library.core.errors import Invalid
from library.core.text import clean_line, name_key
from server.web.limits.fields import BlockForm, LineForm, WordForm, WordsForm

USUAL_CRITERIA = (Criterion("政治性和内容", 40), Criterion("讲授和表达", 30), Criterion("制作", 30))
USUAL_DEMANDS = Demands(
    duration=Demanded.MUST,
    height=Demanded.MUST,
    bars=Demanded.WISH,
    sound=Demanded.MUST,
    loudness=Demanded.WISH,
    subtitles=Demanded.WISH,
    least_s=180,
    most_s=600,
)
"""What calls mostly ask for; whoever calls changes it."""


class CallFields:
    """The fields of the form as they were typed."""

    def __init__(
        self,
        title: LineForm = "",
        text: BlockForm = "",
        body: LineForm = "",
        opens_on: WordForm = "",
        closes_on: WordForm = "",
        judged_until: WordForm = "",
        results_on: WordForm = "",
        genre: WordsForm = (),
        categories: BlockForm = "",
        quota: WordForm = "",
        criteria: BlockForm = "",
        scale: WordForm = "",
        blind: WordForm = "",
        trimmed: WordForm = "",
        duration: WordForm = "no",
        height: WordForm = "no",
        fps: WordForm = "no",
        bars: WordForm = "no",
        sound: WordForm = "no",
        loudness: WordForm = "no",
        subtitles: WordForm = "no",
        least_s: WordForm = "",
        most_s: WordForm = "",
        lines: WordForm = "",
        least_fps: WordForm = "",
        lufs: WordForm = "",
        within_lu: WordForm = "",
        quality: WordForm = "timed",
    ) -> None:
        given = dict(locals())
        self.genres = tuple(genre)
        self.typed: dict[str, str] = {
            name: value for name, value in given.items() if name not in ("self", "genre")
        }

    def draft(self) -> CallDraft:
        """Return the call that is meant; raises Invalid: call_day, call_quota, call_scale,
        call_criterion_line, unknown_choice, demand_figure, and what the library says of it."""
        typed = self.typed
        own = [clean_line(one) for one in typed["categories"].splitlines()]
        genres = [one for one in self.genres if one in tuple(Genre)]
        return rules.cleaned(
            CallDraft(
                title=typed["title"],
                text=typed["text"],
                body=typed["body"],
                opens_on=_day(typed["opens_on"], "opens_on"),
                closes_on=_day(typed["closes_on"], "closes_on"),
                judged_until=_day(typed["judged_until"], "judged_until"),
                results_on=_day(typed["results_on"], "results_on"),
                categories=(*genres, *(str(GENRES.get(name_key(one), one)) for one in own if one)),
                quota=_whole(typed["quota"], "call_quota", "quota", most=rules.MOST_QUOTA),
                criteria=read_criteria(typed["criteria"]),
                scale=_whole(
                    typed["scale"], "call_scale", "scale", least=rules.LEAST_SCALE, most=rules.MOST_SCALE
                )
                or 0,
                blind=typed["blind"] == "1",
                trimmed=typed["trimmed"] == "1",
                demands=self._demands(),
            )
        )

    def _demands(self) -> Demands:
        typed, wanted = self.typed, {}
        for point in Point:
            if typed[point] not in tuple(Demanded):
                raise Invalid("unknown_choice", field=point.value)
            wanted[point.value] = Demanded(typed[point])
        if typed["quality"] not in tuple(Subtitles):
            raise Invalid("unknown_choice", field="quality")
        figures = {
            "least_s": read_minutes(typed["least_s"] or "0", "least_s"),
            "most_s": read_minutes(typed["most_s"] or "10", "most_s"),
            "lines": int(read_figure(typed["lines"] or "1080", "lines")),
            "least_fps": int(read_figure(typed["least_fps"] or "25", "least_fps")),
            "lufs": read_figure(typed["lufs"] or "-16", "lufs"),
            "within_lu": read_figure(typed["within_lu"] or "2", "within_lu"),
        }
        value = {**wanted, **figures, "quality": typed["quality"]}
        return Demands.from_json(value)


FieldsDep = Annotated[CallFields, Depends()]


def _day(text: str, name: str) -> date:
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        raise Invalid("call_day", field=name) from None


def _whole(text: str, code: str, name: str, **args: int) -> int | None:
    text = text.strip()
    if not text:
        return None
    if not text.isdecimal() or len(text) > 6:
        raise Invalid(code, field=name, **args)
    return int(text)


def usual(today: date) -> CallDraft:
    """Return what the form of a new call begins with."""
    return CallDraft(
        title="",
        opens_on=today,
        closes_on=today + timedelta(days=30),
        judged_until=today + timedelta(days=45),
        results_on=today + timedelta(days=50),
        demands=USUAL_DEMANDS,
        criteria=USUAL_CRITERIA,
    )


def typed_of(draft: CallDraft) -> tuple[Mapping[str, str], tuple[str, ...]]:
    """Return a call as its form has it, and the genres that are ticked."""
    demands = draft.demands
    genres = tuple(one for one in draft.categories if one in tuple(Genre))
    return {
        "title": draft.title,
        "text": draft.text,
        "body": draft.body,
        "opens_on": draft.opens_on.isoformat(),
        "closes_on": draft.closes_on.isoformat(),
        "judged_until": draft.judged_until.isoformat(),
        "results_on": draft.results_on.isoformat(),
        "categories": "\n".join(one for one in draft.categories if one not in tuple(Genre)),
        "quota": str(draft.quota or ""),
        "criteria": criteria_text(draft.criteria),
        "scale": str(draft.scale),
        "blind": "1" if draft.blind else "",
        "trimmed": "1" if draft.trimmed else "",
        **{point.value: str(demands.of(point)) for point in Point},
        "least_s": _minutes(demands.least_s),
        "most_s": _minutes(demands.most_s),
        "lines": str(demands.lines),
        "least_fps": str(demands.least_fps),
        "lufs": f"{demands.lufs:g}",
        "within_lu": f"{demands.within_lu:g}",
        "quality": str(demands.quality),
    }, genres


def _minutes(seconds: int) -> str:
    minutes, rest = divmod(seconds, 60)
    return f"{minutes}:{rest:02d}" if rest else str(minutes)
