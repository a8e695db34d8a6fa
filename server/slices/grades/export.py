"""A month and a year as workbooks: every figure is a formula over what happened and the rules beside it."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy.orm import Session

from library.grades import queries, rules, years
from library.grades.language import DEDUCTING, CountTerm, EnteredTerm, RuleSet, ShareTerm, cents
from library.grades.rules import Facts
from library.grades.tables import Period, Rules
from library.organisation.tables import Node
from server.web.files.sheets import Formula, Sheet, Value, workbook
from server.web.language.i18n import N_, Catalogue

Cell = Value | Formula


def number(cents: int | None) -> Cell:
    """Return hundredths as a cell that shows both decimals; empty for none."""
    return None if cents is None else Formula(f"={rules.shown(cents)}")


def column(n: int) -> str:
    """Return the letters of the n-th column, from 1."""
    letters = ""
    while n:
        n, rest = divmod(n - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


class _RuleSheet:
    """The sheet of the rules, and where in it each figure stands: formulas point there."""

    def __init__(self, ruled: RuleSet, catalogue: Catalogue) -> None:
        said = catalogue.say
        self.name = said(N_("规则"))
        self._rows: list[list[Cell]] = []
        self._at: dict[str, int] = {}
        self._add("base", said(N_("基础分")), number(cents(ruled.base)))
        self._add("floor", said(N_("最低")), number(cents(ruled.floor)))
        self._add("ceiling", said(N_("最高")), number(cents(ruled.ceiling)))
        for n, term in enumerate(ruled.terms):
            self._term(n, term, catalogue)
        if ruled.appraisal is not None:
            self._add(
                "appraisal",
                said(N_("%(name)s 所占的百分比"), name=ruled.appraisal.name),
                ruled.appraisal.percent,
            )
        for n, band in enumerate(ruled.bands):
            self._add(
                f"band{n}", band.name, number(cents(band.at_least)) if band.at_least is not None else None
            )
        if ruled.year is not None:
            self._add("months", said(N_("年度分里各月平均所占的百分比")), ruled.year.months_percent)
        self.sheet = Sheet(
            name=self.name,
            headings=(said(N_("项目")), said(N_("分")), said(N_("最多")), said(N_("最少")), said(N_("说明"))),
            rows=self._rows,
            widths=(30, 10, 10, 10, 40),
        )

    def _term(self, n: int, term: CountTerm | ShareTerm | EnteredTerm, catalogue: Catalogue) -> None:
        said, about = catalogue.say, ""
        least: Cell = None
        match term:
            case CountTerm():
                sign = -1 if term.fact in DEDUCTING else 1
                points: Cell = number(sign * cents(term.points))
                most: Cell = number(cents(term.most)) if term.most is not None else None
                about = said(N_("每次的分，乘次数"))
            case ShareTerm():
                points, most = number(cents(term.points)), {"full": 2, "half": 1, "none": 0}[term.made_up]
                least = 1 if term.none_due == "full" else 0
                about = said(N_("乘到会率；“最多”是补学一次算几个半次，“最少”是没有应到时给几成"))
            case EnteredTerm():
                points, most, least = None, number(cents(term.most)), number(cents(term.least))
                about = said(N_("人工录入"))
        self._add(f"term{n}", term.name, points, most, least, about)

    def _add(self, key: str, name: str, *values: Cell) -> None:
        self._at[key] = len(self._rows) + 2
        self._rows.append([name, *values])

    def cell(self, key: str, letter: str = "B") -> str:
        """Return the address of a figure, fixed, as another sheet writes it."""
        return f"'{self.name}'!${letter}${self._at[key]}"


def month_book(session: Session, node: Node, period: Period, catalogue: Catalogue) -> bytes:
    """Return the workbook of a branch's period: what happened, what the rules make of it, the decisions."""
    ruled = queries.read(session.get_one(Rules, period.rules_id))
    said = catalogue.say
    sheet = _RuleSheet(ruled, catalogue)
    rows = queries.holding(session, [period.id])
    from_row = 5
    made = [_person(one, ruled, sheet, n) for n, one in enumerate(rows, from_row)]
    heads = _headings(ruled, catalogue)
    about = (
        said(N_("%(node)s %(month)s 评定"), node=node.name, month=period.period),
        said(N_("规则：%(name)s。按姓名排列，不排名次；每个分都是公式，规则在第二张表。"), name=ruled.name),
    )
    grades = Sheet(
        name=said(N_("评定")),
        headings=heads,
        rows=made,
        widths=(14, *([10] * (len(heads) - 2)), 40),
        about=about,
        freeze=True,
        wrap_headings=True,
    )
    return workbook([grades, sheet.sheet])


def _headings(ruled: RuleSet, catalogue: Catalogue) -> list[str]:
    said = catalogue.say
    heads = [said(N_("姓名"))]
    for term in ruled.terms:
        match term:
            case CountTerm():
                heads += [
                    said(N_("%(name)s（次）"), name=term.name),
                    said(N_("%(name)s（分）"), name=term.name),
                ]
            case ShareTerm():
                heads += [
                    said(N_("%(name)s：到会"), name=term.name),
                    said(N_("%(name)s：补学"), name=term.name),
                    said(N_("%(name)s：应到"), name=term.name),
                    said(N_("%(name)s（分）"), name=term.name),
                ]
            case EnteredTerm():
                heads += [
                    said(N_("%(name)s（录入）"), name=term.name),
                    said(N_("%(name)s（分）"), name=term.name),
                ]
    heads.append(said(N_("平时分")))
    if ruled.appraisal is not None:
        heads.append(ruled.appraisal.name)
    return [*heads, said(N_("得分")), said(N_("建议")), said(N_("决定")), said(N_("理由"))]


def _person(one: queries.Row, ruled: RuleSet, sheet: _RuleSheet, at: int) -> list[Cell]:
    grade, cells = one.grade, list[Cell]([one.name])
    points: list[str] = []
    known = {line[0]: rules.Line.from_json(line) for line in grade.lines}
    for n, term in enumerate(ruled.terms):
        key, first = f"term{n}", len(cells) + 1
        match term:
            case CountTerm():
                cells += [known[term.name].count, _count(sheet, key, term, f"{column(first)}{at}")]
            case ShareTerm():
                cells += _share_cells(grade.facts, term)
                cells.append(_share(sheet, key, [f"{column(first + k)}{at}" for k in range(3)]))
            case EnteredTerm():
                typed = known[term.name]
                cells.append(number(typed.cents) if typed.cents or typed.capped else None)
                kept = f"MIN(MAX(N({column(first)}{at}),{sheet.cell(key, 'D')}),{sheet.cell(key, 'C')})"
                cells.append(Formula(f"={kept}"))
        points.append(f"{column(len(cells))}{at}")
    floor, ceiling = sheet.cell("floor"), sheet.cell("ceiling")
    total = "+".join([sheet.cell("base"), *points])
    cells.append(Formula(f"=ROUND(MIN(MAX({total},{floor}),{ceiling}),2)"))
    daily = score = f"{column(len(cells))}{at}"
    if ruled.appraisal is not None:
        cells.append(number(grade.appraisal))
        given, part = f"{column(len(cells))}{at}", sheet.cell("appraisal")
        cells.append(Formula(f'=IF(COUNT({given})=0,"",ROUND(({daily}*(100-{part})+{given}*{part})/100,2))'))
    else:
        cells.append(Formula(f"={daily}") if ruled.terms or ruled.base else None)
    score = f"{column(len(cells))}{at}"
    cells.append(
        _band(sheet, ruled, score) if not grade.without and ruled.bands[0].at_least is not None else ""
    )
    return [*cells, grade.band or "", grade.reason]


def _count(sheet: _RuleSheet, key: str, term: CountTerm, cell: str) -> Formula:
    points = f"{cell}*{sheet.cell(key)}"
    if term.most is None:
        return Formula(f"={points}")
    if term.fact in DEDUCTING:
        return Formula(f"=MAX({points},-{sheet.cell(key, 'C')})")
    return Formula(f"=MIN({points},{sheet.cell(key, 'C')})")


def _share_cells(happened: Facts, term: ShareTerm) -> list[Cell]:
    return [rules.total(happened, what, term.forms) for what in ("present", "made_good", "due")]


def _share(sheet: _RuleSheet, key: str, cells: Sequence[str]) -> Formula:
    there, made, due = cells
    whole, weight, none = sheet.cell(key), sheet.cell(key, "C"), sheet.cell(key, "D")
    halves = f"MIN(2*{there}+{weight}*{made},2*{due})"
    return Formula(f"=IF({due}=0,{whole}*{none},ROUND({whole}*{halves}/(2*{due}),2))")


def _band(sheet: _RuleSheet, ruled: RuleSet, score: str) -> Formula:
    text = '""'
    for n in reversed(range(len(ruled.bands))):
        text = f"IF({score}>={sheet.cell(f'band{n}')},{sheet.cell(f'band{n}', 'A')},{text})"
    return Formula(f'=IF(COUNT({score})=0,"",{text})')


def year_book(
    node: Node,
    year: str,
    months: Sequence[str],
    ruled: RuleSet,
    rows: Sequence[years.YearRow],
    catalogue: Catalogue,
) -> bytes:
    """Return the workbook of a branch's year: the frozen months, and the formula of the year's score."""
    said = catalogue.say
    sheet = _RuleSheet(ruled, catalogue)
    named = ruled.year.appraisal if ruled.year is not None and ruled.year.appraisal else said(N_("测评"))
    heads = [
        said(N_("姓名")),
        *(month_name(one, months, catalogue) for one in months),
        *(said(N_("各月平均")), named, said(N_("年度分")), said(N_("对应档次"))),
    ]
    made = [_year_row(one, ruled, sheet, at) for at, one in enumerate(rows, 5)]
    grades = Sheet(
        name=said(N_("年度")),
        headings=heads,
        rows=made,
        widths=(14, *([9] * len(months)), 10, 10, 10, 12),
        about=(
            said(N_("%(node)s %(year)s 年度"), node=node.name, year=year),
            said(N_("按姓名排列，不排名次；空着的月份没有定下来的评定，不算进平均。")),
        ),
        freeze=True,
    )
    return workbook([grades, sheet.sheet])


def month_name(month: str, months: Sequence[str], catalogue: Catalogue) -> str:
    """Return what a month of a year is called: with its calendar year where the year is not one."""
    year, _, number = month.partition("-")
    if months[0][:4] == months[-1][:4]:
        return catalogue.say(N_("%(n)s 月"), n=int(number))
    return catalogue.say(N_("%(year)s 年 %(month)s 月"), year=year, month=int(number))


def _year_row(one: years.YearRow, ruled: RuleSet, sheet: _RuleSheet, at: int) -> list[Cell]:
    cells: list[Cell] = [one.name, *map(number, one.months)]
    last = len(cells)
    months, mean, given, points = f"B{at}:{column(last)}{at}", *(f"{column(last + n)}{at}" for n in (1, 2, 3))
    cells.append(Formula(f'=IF(COUNT({months})=0,"",ROUND(AVERAGE({months}),2))'))
    cells.append(number(one.appraisal))
    if ruled.year is None:
        return [*cells, None, None]
    if ruled.year.appraisal is None:
        cells.append(Formula(f"={mean}"))
    else:
        part = sheet.cell("months")
        made = f"ROUND(({mean}*{part}+{given}*(100-{part}))/100,2)"
        cells.append(Formula(f'=IF(COUNT({mean},{given})<2,"",{made})'))
    return [*cells, _band(sheet, ruled, points)]
