"""Contexts of the pages of a branch's week."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import ClassVar

from library.mondays.queries import Missing
from server.web.parts import Context, Pager
from server.web.shown.mondays import BranchLine, OwnWeek
from server.web.shown.sharing import ShareLink
from server.web.shown.weeks import WeekView


@dataclass(frozen=True, slots=True, kw_only=True)
class MondayPage(Context):
    """GET /mondays/{week}/{node_id} (who belongs to the node, its secretary, the staff): a week of a branch.

    `view` is the plan of the week as its members see it, None for none. `own` is the viewer's own part where
    it is their branch. `missing` are those who may still catch up, for the secretary and the staff alone
    (None: not told); `more_missing`: there are more than are told.
    """

    template: ClassVar[str] = "mondays/monday.html"
    week: str
    monday: date
    sunday: date
    line: BranchLine
    view: WeekView | None
    before: str
    after: str
    own: OwnWeek | None = None
    missing: tuple[Missing, ...] | None = None
    more_missing: bool = False
    may_plan: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class MondaySheet(Context):
    """GET /mondays/{week}/{node_id}/sheet: the same as one page of paper (周学习单); `links` lead to the
    lessons that are out, by their ids."""

    template: ClassVar[str] = "mondays/sheet.html"
    week: str
    monday: date
    sunday: date
    line: BranchLine
    view: WeekView | None
    links: dict[str, ShareLink] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class MondaysPage(Context):
    """GET /mondays?week=&node=&show=&page= (who looks after branches): branches and their rings, by name.

    `node` names the node below which they are, `node_id` "" for all; `show` is "waiting" for those that have
    held no gathering. `branches` and `held` count all of them, whatever is shown.
    """

    template: ClassVar[str] = "mondays/mondays.html"
    week: str
    monday: date
    sunday: date
    before: str
    after: str
    node_id: str
    node: str
    show: str
    lines: tuple[BranchLine, ...]
    pager: Pager
    branches: int
    held: int
