"""The result of a call as a workbook: each figure is a formula over the points that judges gave."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy.orm import Session

from library.calls import queries, scoring
from library.calls.tables import Call, Judge
from library.catalog.rules import Genre
from server.web.files.sheets import Formula, Sheet, Value, workbook
from server.web.language.i18n import N_, Catalogue
from server.web.language.words import word

_HEAD = 4
"""Columns before the judges': number, title, category, from where."""


def column(n: int) -> str:
    """Return the letters of the n-th column, from 1."""
    letters = ""
    while n:
        n, rest = divmod(n - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def result_book(session: Session, call: Call, *, named: bool, catalogue: Catalogue) -> bytes:
    """Return the workbook: a sheet of works with the points of each judge, and the weights they were put
    together with. Judges have numbers and no names."""
    said = catalogue.say
    judges = [one for one in queries.judges(session, call) if one.handed_in_at is not None]
    criteria = call.criteria_of
    weights = Sheet(
        name=said(N_("权重")),
        headings=(said(N_("评分标准")), said(N_("权重"))),
        rows=[(one.name, one.weight) for one in criteria],
        widths=(32, 10),
    )
    scores = Sheet(
        name=said(N_("评分")),
        headings=_headings(call, len(judges), catalogue),
        rows=_rows(session, call, judges, named=named, catalogue=catalogue),
        widths=(6, 40, 16, 24, *([9] * (len(judges) * (len(criteria) + 1))), 10, 10, 10, 8),
        about=_about(call, len(judges), catalogue),
        freeze=True,
        wrap_headings=True,
    )
    return workbook([scores, weights])


def _about(call: Call, judges: int, catalogue: Catalogue) -> Sequence[str]:
    said = catalogue.say
    rule = said(N_("得分 = 各评委按权重算出的分的平均，保留两位小数；同分并列。"))
    if call.trimmed:
        rule = said(N_("评委满 5 位的作品去掉一个最高分和一个最低分，再平均，保留两位小数；同分并列。"))
    return (call.title, rule, said(N_("交分的评委 %(count)s 位。"), count=judges))


def _headings(call: Call, judges: int, catalogue: Catalogue) -> list[str]:
    said = catalogue.say
    heads = [said(N_("编号")), said(N_("作品")), said(N_("类别")), said(N_("报送单位"))]
    for n in range(1, judges + 1):
        judge = said(N_("评委 %(n)s"), n=n)
        heads += [f"{judge} {one.name}" for one in call.criteria_of]
        heads.append(f"{judge} {said(N_('合成'))}")
    return [*heads, said(N_("得分")), said(N_("最低")), said(N_("最高")), said(N_("名次"))]


def _rows(
    session: Session, call: Call, judges: Sequence[Judge], *, named: bool, catalogue: Catalogue
) -> list[list[Value | Formula]]:
    works = queries.works(session, call, named=named)
    given = queries.final_scores(session, call)
    wide = len(call.criteria_of)
    first = len(_about(call, 0, catalogue)) + 3
    last = first + len(works) - 1
    sums = [_HEAD + (wide + 1) * (k + 1) for k in range(len(judges))]
    mean = _HEAD + (wide + 1) * len(judges) + 1
    sheet = f"'{catalogue.say(N_('权重'))}'!"
    total = f"SUM({sheet}$B$2:$B${wide + 1})"
    rows: list[list[Value | Formula]] = []
    for at, work in enumerate(works, first):
        entry = work.entry
        kind = entry.category
        if kind in tuple(Genre):
            kind = word("genre", kind, catalogue)
        row: list[Value | Formula] = [entry.n, entry.title, kind, work.unit]
        for k, judge in enumerate(judges):
            score = given.get(entry.id, {}).get(judge.id)
            row += list(score.points) if score is not None else [None] * wide
            points = [f"{column(_HEAD + (wide + 1) * k + c)}{at}" for c in range(1, wide + 1)]
            by_weight = "+".join(f"{one}*{sheet}$B${c}" for c, one in enumerate(points, 2))
            row.append(Formula(f'=IF(COUNT({points[0]}:{points[-1]})={wide},({by_weight})/{total},"")'))
        row += _figures(call, [f"{column(one)}{at}" for one in sums], column(mean), at, (first, last))
        rows.append(row)
    return rows


def _figures(
    call: Call, cells: Sequence[str], mean: str, at: int, rows: tuple[int, int]
) -> list[Value | Formula]:
    if not cells:
        return [None, None, None, None]
    all_ = ",".join(cells)
    average = f"AVERAGE({all_})"
    if call.trimmed:
        cut = f"(SUM({all_})-MAX({all_})-MIN({all_}))/(COUNT({all_})-2)"
        average = f"IF(COUNT({all_})>={scoring.TRIM_FROM},{cut},{average})"
    first, last = rows
    return [
        Formula(f'=IF(COUNT({all_})=0,"",ROUND({average},{scoring.PLACES}))'),
        Formula(f'=IF(COUNT({all_})=0,"",MIN({all_}))'),
        Formula(f'=IF(COUNT({all_})=0,"",MAX({all_}))'),
        Formula(f'=IF({mean}{at}="","",RANK({mean}{at},{mean}${first}:{mean}${last}))'),
    ]
