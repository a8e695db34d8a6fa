"""The judges' pages: which works are left, and one work played and scored."""

from __future__ import annotations

from fastapi import APIRouter
from sqlalchemy.orm import Session
from starlette.responses import Response

from library.calls import judging, queries, rules, scoring
from library.calls.queries import Work
from library.calls.rules import WHY_MAX
from library.calls.tables import Call, Judge, Score
from library.core.clock import local_day
from library.core.errors import NotFound
from library.core.permits import Viewer
from server.slices.calls.contexts import JudgedWork, JudgingPage, PlayedClip, ScorePage
from server.slices.calls.door import CallsDoor, DoorDep, call_path
from server.web.deps import Reading
from server.web.limits.fields import LineForm, WordsForm
from server.web.parts import RefusedForm
from transcode.hls.files import MASTER

router = APIRouter(include_in_schema=False)


def judged(session: Session, viewer: Viewer, call: Call, judge: Judge) -> tuple[JudgedWork, ...]:
    """Return the works of a call as one of its judges sees them."""
    named = queries.shows_names(session, viewer, call)
    its = queries.works(session, call, named=named)
    stakes, own = queries.stakes(viewer, its), queries.scores_of(session, judge.id)
    others = queries.final_scores(session, call) if judge.handed_in_at is not None else {}
    return tuple(_work(one, call, judge, own, others, stakes) for one in its)


def _work(
    work: Work,
    call: Call,
    judge: Judge,
    own: dict[str, Score],
    others: dict[str, dict[str, Score]],
    stakes: dict[str, rules.Stake],
) -> JudgedWork:
    entry = work.entry

    def shown(score: Score) -> str:
        return str(scoring.rounded(scoring.weighted(score.points, call.criteria_of)))

    beside = [one for judge_id, one in others.get(entry.id, {}).items() if judge_id != judge.id]
    return JudgedWork(
        n=entry.n,
        title=entry.title,
        category=entry.category,
        unit=work.unit,
        lecturer=work.lecturer,
        own=shown(own[entry.id]) if entry.id in own else "",
        # Sorted, so that their order says nothing of who gave which.
        others=tuple(sorted(map(shown, beside))),
        stake=stakes.get(entry.id),
        gone=work.lesson is None,
    )


def left_of(works: tuple[JudgedWork, ...]) -> list[int]:
    return [one.n for one in works if not one.own and one.stake is None and not one.gone]


def judging_page(door: CallsDoor, call_id: str, session: Session, refused: RefusedForm | None) -> JudgingPage:
    """Return the works that a judge scores."""
    call, judge = queries.place_of(session, door.viewer, call_id)
    works = judged(session, door.viewer, call, judge)
    left = left_of(works)
    return JudgingPage(
        frame=door.frame(session),
        id=call.id,
        title=call.title,
        judged_until=call.judged_until,
        stage=call.stage,
        blind=call.blind,
        works=works,
        left=len(left),
        next=left[0] if left else None,
        handed_in_at=judge.handed_in_at,
        others_in=queries.standing(session, call.id).handed_in - (judge.handed_in_at is not None),
        refused=refused,
    )


@router.get("/calls/{call_id}/judging")
def judging_at(door: DoorDep, session: Reading, call_id: str) -> Response:
    """The works of a call, for one of its judges."""
    return door.show(judging_page(door, call_id, session, None))


@router.post("/calls/{call_id}/hand-in")
def hand_in(door: DoorDep, call_id: str) -> Response:
    """Make one's scores final."""

    def act(session: Session) -> str:
        judging.hand_in(session, door.viewer, call_id, door.clock())
        return call_path(call_id, "/judging")

    def page(session: Session, refused: RefusedForm | None) -> JudgingPage:
        return judging_page(door, call_id, session, refused)

    return door.change(act, "scores_in", "", page)


def score_page(
    door: CallsDoor, call_id: str, n: int, session: Session, refused: RefusedForm | None
) -> ScorePage:
    """Return one work, to be played and scored."""
    call, judge = queries.place_of(session, door.viewer, call_id)
    works = judged(session, door.viewer, call, judge)
    one = next((work for work in works if work.n == n), None)
    if one is None:
        raise NotFound
    entry = queries.entry_of(session, call, n)
    known = session.get(Score, (entry.id, judge.id))
    (work,) = queries.works(session, call, named=False, only=[entry.id])
    criteria = call.criteria_of
    if refused is not None:
        points = tuple(refused.typed.get(f"points-{k}", "") for k in range(1, len(criteria) + 1))
        why = refused.typed.get("why", "")
    else:
        points = tuple(map(str, known.points)) if known else ("",) * len(criteria)
        why = known.why if known else ""
    is_on = call.stage is rules.Stage.JUDGING and local_day(door.clock()) <= call.judged_until
    left = left_of(works)
    numbers = [work.n for work in works]
    at = numbers.index(n)
    return ScorePage(
        frame=door.frame(session),
        call_id=call.id,
        call=call.title,
        work=one,
        clips=_clips(door, work) if call.stage in (rules.Stage.JUDGING, *rules.TOLD_STAGES) else (),
        criteria=criteria,
        scale=call.scale,
        points=points,
        why=why,
        why_max=WHY_MAX,
        may_score=is_on and one.stake is None and judge.handed_in_at is None,
        handed_in=judge.handed_in_at is not None,
        before=numbers[at - 1] if at > 0 else None,
        after=numbers[at + 1] if at + 1 < len(numbers) else None,
        left=len(left),
        refused=refused,
    )


def _clips(door: CallsDoor, work: Work) -> tuple[PlayedClip, ...]:
    """Return what a judge plays: addresses signed for them, whatever else they may see of the lesson."""
    lesson = work.lesson
    if lesson is None:
        return ()
    return tuple(
        PlayedClip(
            n=clip.number,
            master=door.media.of(lesson, clip, MASTER),
            poster=door.media.poster(lesson, clip) or "",
            duration_s=clip.duration_s or 0.0,
        )
        for clip in lesson.clips
        if clip.plan
    )


@router.get("/calls/{call_id}/judging/{n}")
def score_at(door: DoorDep, session: Reading, call_id: str, n: int) -> Response:
    """One work, to be played and scored."""
    return door.show(score_page(door, call_id, n, session, None))


def read_points(texts: list[str]) -> list[int | None]:
    """Return points as they were typed: None for nothing, -1 for what is no whole number."""
    found: list[int | None] = []
    for text in map(str.strip, texts):
        found.append(None if not text else int(text) if text.isdecimal() and len(text) <= 4 else -1)
    return found


@router.post("/calls/{call_id}/judging/{n}")
def score(door: DoorDep, call_id: str, n: int, points: WordsForm = (), why: LineForm = "") -> Response:
    """Score a work and go on to the next that has no score yet."""
    typed = {"why": why, **{f"points-{k}": one for k, one in enumerate(points, 1)}}

    def act(session: Session) -> str:
        judging.score(session, door.viewer, call_id, n, read_points(list(points)), why, door.clock())
        call, judge = queries.place_of(session, door.viewer, call_id)
        left = left_of(judged(session, door.viewer, call, judge))
        after = [one for one in left if one > n] or left
        return call_path(call_id, f"/judging/{after[0]}" if after else "/judging")

    def page(session: Session, refused: RefusedForm | None) -> ScorePage:
        return score_page(door, call_id, n, session, refused)

    return door.change(act, "score_saved", "score", page, typed)
