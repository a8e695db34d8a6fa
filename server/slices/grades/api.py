"""Grades under /api/v1: one's own, and what the 减负 checker says of a rule set."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter
from pydantic import BaseModel, Field

from library.grades import queries, rules
from library.grades.burden import Burden, check
from library.grades.language import DOCUMENT_MAX
from library.organisation import queries as organisation
from server.web.deps import PagesDep, Reading, RuleMaker, SignedIn
from server.web.language.words import word

router = APIRouter(prefix="/api/v1/grades", tags=["grades"])


class GradeOut(BaseModel):
    """A grade of yours that was decided; `points` is text with up to two decimals, "" for none."""

    id: str
    period: str
    node: str
    points: str
    band: str
    decision: int


class GradesOut(BaseModel):
    """Your grades, the newest period first."""

    grades: list[GradeOut]


class RulesIn(BaseModel):
    """A rule set as the text of its JSON."""

    document: Annotated[str, Field(max_length=DOCUMENT_MAX)]


class FindingOut(BaseModel):
    """A point of 减负 that is touched: where, by what, and what the law says."""

    point: Burden
    where: str
    text: str
    article: str


class VerdictOut(BaseModel):
    """Whether a rule set may apply, and else why not."""

    allowed: bool
    name: str
    found: list[FindingOut]


@router.get("")
def own(session: Reading, who: SignedIn) -> GradesOut:
    """Your own decided grades."""
    found = queries.own_grades(session, who.viewer)
    names = organisation.node_names(session, {period.node_id for _grade, period in found})
    return GradesOut(
        grades=[
            GradeOut(
                id=grade.id,
                period=period.period,
                node=names.get(period.node_id, ""),
                points=rules.shown(grade.score),
                band=grade.band or "",
                decision=grade.n,
            )
            for grade, period in found
        ]
    )


@router.post("/check")
def check_rules(who: RuleMaker, pages: PagesDep, body: RulesIn) -> VerdictOut:
    """Check a rule set under the full 减负 profile; nothing is kept."""
    verdict = check(body.document)
    catalogue = pages.renderer.catalogue(who.language)
    found = [
        FindingOut(
            point=one.point,
            where=one.where,
            text=one.text,
            article=word("burden_article", one.point, catalogue),
        )
        for one in verdict.found
    ]
    name = verdict.rules.name if verdict.rules is not None else ""
    return VerdictOut(allowed=verdict.rules is not None, name=name, found=found)
