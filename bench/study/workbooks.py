"""Whether LibreOffice works out of our workbooks what we did: `python -m bench.study.workbooks`.

Months of branches under each shipped set of rules that has points, with points entered at the edges of what
is allowed, and their years; every workbook is converted by `soffice --headless`, and every figure that it
then holds is compared with the row in the database. Needs soffice (Debian: libreoffice-calc-nogui).
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from random import Random
from typing import Any

import openpyxl

from bench.measure import machine
from bench.report import Figure, show
from bench.study.grades import MONTH, NOW, fill
from library.core.database import open_database
from library.grades import actions, facts, queries, rules, ruling, years
from library.grades.examples import BASE_SIXTY, DAILY_AND_APPRAISAL
from library.grades.language import EnteredTerm, RuleSet, parse
from library.grades.tables import Period, Rules
from library.organisation.tables import Node
from server import migrate
from server.commands.administrator import machine as everybody
from server.slices import phrases
from server.slices.grades.export import month_book, year_book
from server.web.language.i18n import source_catalogue

FROM_ROW = 5
DAY = date(2026, 10, 31)
_LONGEST_S = 600


def enter_points(session: Any, node: Node, ruled: RuleSet, random: Random) -> None:
    """Enter points for some of a branch, the least, the most and odd ones."""
    viewer = everybody(session)
    named = [one.name for one in ruled.terms if isinstance(one, EnteredTerm)]
    if ruled.appraisal is not None:
        named.append(ruled.appraisal.name)
    for member in facts.members(session, [node.id], DAY):
        for name in named:
            if random.random() < 0.8:
                low, high = actions.entry_range(session, node, MONTH, name)
                points = random.choice((low, high, random.randint(low, high)))
                actions.enter(
                    session, viewer, node.id, MONTH, member.person_id, name, points, "会议决定", NOW
                )


def month_figures(row: queries.Row, ruled: RuleSet) -> Iterator[tuple[str, float | str | None]]:
    """Return what a person's row is to show, by its heading."""
    grade = row.grade
    lines = {line[0]: rules.Line.from_json(line) for line in grade.lines}
    for term in ruled.terms:
        yield f"{term.name}（分）", lines[term.name].cents / 100
    yield "平时分", grade.daily / 100
    yield "得分", None if grade.score is None else grade.score / 100
    yield "建议", None if grade.without else grade.proposed


def convert(folder: Path, files: list[Path]) -> float:
    """Let LibreOffice work out and write all workbooks anew; returns the seconds it took."""
    soffice = shutil.which("soffice")
    if soffice is None:
        raise SystemExit(
            "soffice is not here: apt-get install --no-install-recommends libreoffice-calc-nogui"
        )
    began = time.perf_counter()
    subprocess.run(
        [
            soffice,
            f"-env:UserInstallation=file://{folder / 'profile'}",
            "--headless",
            "--convert-to",
            "xlsx",
            "--outdir",
            str(folder / "out"),
            *map(str, files),
        ],
        check=True,
        capture_output=True,
        timeout=_LONGEST_S,
    )
    return time.perf_counter() - began


def compare(
    path: Path, wanted: dict[str, list[tuple[str, float | str | None]]]
) -> tuple[int, int, list[str]]:
    """Compare a converted workbook with what its rows are to show; returns the figures, the formulas, and
    what is otherwise."""
    shown = openpyxl.load_workbook(path, data_only=True).worksheets[0]
    written = openpyxl.load_workbook(path).worksheets[0]
    heads = {cell.value: cell.column for cell in shown[FROM_ROW - 1]}
    figures, wrong = 0, []
    for row in range(FROM_ROW, shown.max_row + 1):
        for head, want in wanted[shown.cell(row, 1).value]:
            seen = shown.cell(row, heads[head]).value
            seen = None if seen == "" else seen
            same = (
                abs(seen - want) < 0.000_001
                if isinstance(want, float) and isinstance(seen, int | float)
                else seen == want
            )
            figures += 1
            if not same:
                wrong.append(f"{path.name} {shown.cell(row, 1).value} {head}: {seen!r}, not {want!r}")
    formulas = sum(
        isinstance(cell.value, str) and cell.value.startswith("=")
        for row in written.iter_rows()
        for cell in row
    )
    return figures, formulas, wrong


def year_rows(ruled: RuleSet, random: Random, people: int) -> list[years.YearRow]:
    """Return years with months missing, and with and without an appraisal, worked out by us."""
    made = []
    for n in range(people):
        months = tuple(random.choice((None, random.randint(0, 10_000))) for _ in range(12))
        given = random.choice((None, random.randint(0, 10_000)))
        named = ruled.year is not None and ruled.year.appraisal is not None
        given = given if named else None
        mean, score = rules.year_mean(months), rules.year_score(ruled, months, given)
        band = None if score is None else rules.band_of(ruled, score)
        made.append(years.YearRow(f"p{n}", f"党员{n:05}", months, given, mean, score, band))
    return made


def main() -> None:
    """Compare."""
    read = argparse.ArgumentParser(description=__doc__)
    read.add_argument("--branches", type=int, default=6)
    read.add_argument("--people", type=int, default=240)
    read.add_argument("--json", action="store_true")
    asked = read.parse_args()
    random, catalogue = Random(17), source_catalogue(phrases())
    wanted: dict[Path, dict[str, list[tuple[str, float | str | None]]]] = {}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for content in (BASE_SIXTY, DAILY_AND_APPRAISAL):
            ruled = parse(content)
            db = open_database(f"sqlite:///{folder / f'{len(wanted)}.sqlite'}")
            migrate.prepare(db, "县", NOW)
            county = fill(db, asked.branches, asked.people, 20 * asked.people)
            with db.write() as session:
                viewer = everybody(session)
                row = ruling.make(session, viewer, county, json.dumps(content), "2026-01", NOW)
                ruling.tried(session, viewer, row.id, NOW)
                ruling.put_in_force(session, viewer, row.id, row.changes, NOW)
                nodes = [session.get_one(Node, one) for one in facts.grading_nodes(session, county, DAY)]
                for node in nodes:
                    enter_points(session, node, ruled, random)
                actions.propose_all(session, viewer, nodes, MONTH, NOW)
                for node in nodes:
                    period = queries.period_of(session, node.id, MONTH)
                    assert isinstance(period, Period)
                    path = folder / f"{len(wanted)}-month.xlsx"
                    path.write_bytes(month_book(session, node, period, catalogue))
                    held = queries.read(session.get_one(Rules, period.rules_id))
                    wanted[path] = {
                        one.name: list(month_figures(one, held))
                        for one in queries.holding(session, [period.id])
                    }
                made = year_rows(ruled, random, asked.people)
                path = folder / f"{len(wanted)}-year.xlsx"
                path.write_bytes(
                    year_book(nodes[0], "2026", rules.months_of(2026, 12), ruled, made, catalogue)
                )
                wanted[path] = {
                    one.name: [
                        ("各月平均", None if one.mean is None else one.mean / 100),
                        ("年度分", None if one.score is None else one.score / 100),
                        ("对应档次", one.band),
                    ]
                    for one in made
                }
            db.close()
        seconds = convert(folder, list(wanted))
        figures = formulas = 0
        wrong: list[str] = []
        for path, want in wanted.items():
            some, others, told = compare(folder / "out" / path.name, want)
            figures, formulas, wrong = figures + some, formulas + others, wrong + told
    for one in wrong[:20]:
        print(one)
    show(
        [
            Figure("workbooks", "workbooks", len(wanted), None),
            Figure("formulas", "formulas in them", formulas, None),
            Figure("figures", "figures compared", figures, None),
            Figure("other", "figures that LibreOffice works out otherwise", len(wrong), 0),
            Figure("soffice_s", "LibreOffice for all, s", seconds, None),
        ],
        machine(),
        as_json=asked.json,
    )
    if wrong:
        raise SystemExit(1)


if __name__ == "__main__":
    main()
