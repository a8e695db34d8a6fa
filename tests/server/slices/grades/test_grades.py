"""A town's month over HTTP and in a workbook; rules made in the form, tried, refused under 减负."""

from __future__ import annotations

import json
from datetime import date
from io import BytesIO

import openpyxl
import pytest
from sqlalchemy import select

from library.core.clock import local_day, utc_now
from library.grades import actions, queries, rules, years
from library.grades.examples import BASE_SIXTY, DAILY_AND_APPRAISAL
from library.grades.language import parse
from library.grades.tables import Appeal, Grade, Rules
from server.slices import phrases
from server.slices.grades.export import month_book, year_book
from server.web.language.i18n import source_catalogue
from tests.library.grades import making
from tests.library.grades.making import MONTH, NOW, TOWN
from tests.library.test_statements import counted
from tests.server.conftest import Shelf
from tests.server.slices.grades.formulas import Book
from tests.server.slices.grades.roles import edited, put
from tests.support.server import Served

pytestmark = pytest.mark.dear(6)


@pytest.mark.slow
def test_a_workbook_works_out_what_was_worked_out_by_hand(db) -> None:  # type: ignore[no-untyped-def]
    catalogue = source_catalogue(phrases())
    with db.write() as session:
        town = making.town(session)
        making.rules(session, town.staff, town.town, BASE_SIXTY)
        for row in TOWN["people"]:
            if row[9] is not None:
                node = town.branches[row[1] - 1]
                points = rules.read_cents(str(row[9]), "points")
                who = town.people[row[0]]
                actions.enter(session, town.staff, node.id, MONTH, who, "日常表现", points, "会议决定", NOW)
        actions.propose_all(session, town.staff, town.branches, MONTH, NOW)
        seen = {}
        for node in town.branches:
            period = queries.period_of(session, node.id, MONTH)
            assert period is not None
            book = openpyxl.load_workbook(BytesIO(month_book(session, node, period, catalogue)))
            [sheet, _rules] = book.sheetnames
            heads = [cell.value for cell in book[sheet][4]]
            at = {name: openpyxl.utils.get_column_letter(n) for n, name in enumerate(heads, 1)}
            read = Book(book)
            formulas = [cell.value for cell in book[sheet][5] if str(cell.value).startswith("=")]
            assert len(formulas) >= len(BASE_SIXTY["terms"]) + 3, "nothing is worked out beforehand"
            for n in range(5, book[sheet].max_row + 1):
                name = read.value(sheet, f"A{n}")
                seen[name] = (
                    float(read.value(sheet, f"{at['得分']}{n}")),
                    read.value(sheet, f"{at['建议']}{n}"),
                )
        assert seen == {row[0]: (row[10], row[11]) for row in TOWN["people"]}
        # The year, with and without its appraisal.
        want = TOWN["year"]
        months = (*(round(one * 100) for one in want["months"]), *([None] * 9))
        ruled = parse(DAILY_AND_APPRAISAL)
        full = years.YearRow("x", "甲", months, 9000, None, None, None)
        lacks = years.YearRow("y", "乙", months, None, None, None, None)
        made = year_book(town.branches[0], "2026", rules.months_of(2026), ruled, [full, lacks], catalogue)
        book = openpyxl.load_workbook(BytesIO(made))
        read, sheet = Book(book), book.sheetnames[0]
        assert [float(read.value(sheet, f"{one}5")) for one in "NP"] == [want["mean"], want["points"]]
        assert (read.value(sheet, "Q5"), read.value(sheet, "P6"), read.value(sheet, "Q6")) == ("良", "", "")


@pytest.mark.slow
def test_a_month_from_the_rules_to_an_appeal(served: Served, shelf: Shelf) -> None:
    staff, member, other = (served.person(name) for name in ("staff", "member", "other"))
    made = put(shelf, "rules")
    desk = f"/grades/desk?node={made.node}&month={made.month}"
    assert "算出建议" in staff.http.get(desk).text
    assert staff.post("/grades/desk/propose", node=made.node, month=made.month).status_code == 303
    with served.ports.db.read() as session:
        grade = session.scalars(select(Grade.id).where(Grade.person_id == made.person)).one()
        period = queries.period_of(session, made.node, made.month)
        assert period is not None
        period_id = period.id
    one = f"/grades/one/{grade}"
    page = staff.http.get(desk).text
    assert one in page
    assert "不排名次" in page
    assert "还没有定" in page
    assert member.http.get(one).status_code == 404, "until it is frozen nothing is decided"
    assert "还没有评定" in member.http.get("/grades").text
    refused = staff.post(f"/grades/periods/{period_id}/freeze", version="1")
    assert (refused.status_code, "还有 1 人没有档次" in refused.text) == (409, True)
    wrong = staff.post(f"{one}/enter", item="民主测评", points="八十", reason="测评会")
    assert wrong.status_code == 422
    assert 'value="八十"' in wrong.text
    wrong = staff.post(f"{one}/enter", item="思想汇报", points="5", reason="本月登录三十次")
    assert wrong.status_code == 422
    assert "国办函〔2026〕12号" in wrong.text
    assert staff.post(f"{one}/enter", item="民主测评", points="80", reason="测评会").status_code == 303
    page = staff.http.get(one).text
    assert "测评会" in page
    wrong = staff.post(f"{one}/decide", band="优", reason="")
    assert (wrong.status_code, "要写理由" in wrong.text) == (422, True)
    assert staff.post(f"{one}/decide", band="优", reason="带头参加防汛").status_code == 303
    with served.ports.db.read() as session:
        period = queries.period_of(session, made.node, made.month)
        assert period is not None
        version = str(period.version)
    refused = staff.post(f"/grades/periods/{period_id}/freeze", version=version)
    assert "“优”最多 0 人" in refused.text, "a third of one is nobody"
    assert staff.post(f"{one}/decide", band="良", reason="带头参加防汛").status_code == 303
    assert staff.post(f"/grades/periods/{period_id}/freeze", version="1").status_code == 409
    version = str(int(version) + 1)
    assert staff.post(f"/grades/periods/{period_id}/freeze", version=version).status_code == 303
    # The member sees their own, with the reason, and appeals; nobody else sees it.
    assert "我的评定有了决定或答复" in member.http.get("/notices").text
    own = member.http.get(one)
    assert "带头参加防汛" in own.text
    assert other.http.get(one).status_code == 404
    assert member.http.get("/api/v1/grades").json()["grades"][0]["band"] == "良"
    assert other.http.get("/api/v1/grades").json()["grades"] == []
    assert member.post(f"{one}/appeal", text="").status_code == 422
    assert member.post(f"{one}/appeal", text="我还讲过一次党课。").status_code == 303
    page = staff.http.get(one).text
    assert "我还讲过一次党课。" in page
    answer = staff.post(f"{one}/correct", band="一般", reason="核对以后没有这次党课")
    assert answer.status_code == 303
    new = answer.headers["location"].split("?")[0]
    assert new != one
    page = member.http.get(new).text
    assert "带头参加防汛" in page, "the decision before stays"
    assert "核对以后没有这次党课" in page
    assert "看现在有效的决定" in member.http.get(one).text
    with served.ports.db.read() as session:
        appeal = session.scalars(select(Appeal).where(Appeal.grade_id == grade)).one()
        assert appeal.state is rules.AppealState.CORRECTED
    book = staff.http.get(f"/grades/desk/export.xlsx?node={made.node}&month={made.month}")
    assert openpyxl.load_workbook(BytesIO(book.content)).sheetnames == ["评定", "规则"]
    assert "年度分 = 已定稿各月的平均 × 60%" in staff.http.get(f"/grades/year?node={made.node}").text


@pytest.mark.slow
def test_rules_are_made_in_a_form_tried_and_refused_with_the_article(served: Served, shelf: Shelf) -> None:
    staff, admin = served.person("staff"), served.person("admin")
    node = shelf.node()
    made = staff.post("/grades/rules", node=node, example="base")
    path = made.headers["location"].split("?")[0]
    page = staff.http.get(path).text
    assert "每次扣 5 分" in page
    assert "夜校" in page
    ask = edited(shelf)
    path, form = f"/grades/rules/{ask['rules_id']}", {**ask["form"], "csrf": staff.csrf()}

    def saved(**changes: object):  # type: ignore[no-untyped-def]
        return staff.http.post(f"{path}/edit", data={**form, **changes})

    names = list(form["t_name"])
    refused = saved(t_name=["学习积分", *names[1:]])
    assert refused.status_code == 422
    assert "不得搞积分排名" in refused.text
    assert 'value="学习积分"' in refused.text, "what was typed stays"
    refused = saved(t_points=["两分", *form["t_points"][1:]])
    assert 'id="wrong-t1"' in refused.text
    assert 'value="两分"' in refused.text
    assert saved(base="10", name="我们的办法").status_code == 303
    with served.ports.db.read() as session:
        row = session.get_one(Rules, ask["rules_id"])
        ruled, version = queries.read(row), str(row.changes)
        before = parse(DAILY_AND_APPRAISAL)
        assert (ruled.name, ruled.base) == ("我们的办法", 10)
        assert [one.name for one in ruled.terms] == [one.name for one in before.terms], "a form loses nothing"
        assert ruled.model_copy(update={"name": before.name, "base": before.base}) == before
    assert "还没有试算" in staff.post(f"{path}/in-force", version=version).text
    tried = staff.post(f"{path}/trial", month=rules.month_after(rules.month_of(local_day(utc_now())), -1))
    assert tried.status_code == 303
    assert "什么都没有改" in staff.http.get(tried.headers["location"]).text
    assert staff.post(f"{path}/in-force", version=version).status_code == 303
    assert staff.http.get(f"{path}/rules.json").json()["base"] == 10
    # 减负 can be switched off by an administrator alone, and it stands on the page with its basis.
    burdened = json.dumps({**BASE_SIXTY, "name": "每日打卡办法"})
    given = {"node": node, "document": burdened, "valid_from": "2027-01"}
    refused = staff.post("/grades/import-rules", **given)
    assert (refused.status_code, "每日打卡办法" in refused.text) == (422, True)
    basis = "《某县干部考核办法》（县委办〔2026〕1号）第三条"
    assert staff.post("/grades/waivers", node=node, point="sign_ins", basis=basis).status_code == 403
    assert admin.post("/grades/waivers", node=node, point="sign_ins", basis="有").status_code == 422
    assert admin.post("/grades/waivers", node=node, point="sign_ins", basis=basis).status_code == 303
    assert basis in staff.http.get(f"/grades/rules?node={node}").text
    assert staff.post("/grades/import-rules", **given).status_code == 303
    verdict = staff.api("POST", "/grades/check", json={"document": burdened}).json()
    assert (verdict["allowed"], verdict["found"][0]["point"]) == (False, "sign_ins")


@pytest.mark.slow
def test_a_trial_asks_for_all_branches_at_once(served: Served, shelf: Shelf) -> None:
    staff, costs = served.person("staff"), []
    for branches in (2, 6):
        with served.ports.db.write() as session:
            town = making.place(session, branches)
            for node in town.branches:
                making.member(session, node, "甲")
            made = making.rules(session, town.staff, town.town, BASE_SIXTY).id
        with counted(served.ports.db.engine) as statements:
            page = staff.http.get(f"/grades/rules/{made}/trial?month={MONTH}")
        assert page.status_code == 200
        costs.append(sum("FROM organisation_node" in one for one in statements))
    assert costs[0] == costs[1] > 0


def test_the_page_of_one_grade_asks_for_nobody_else(db) -> None:  # type: ignore[no-untyped-def]
    with db.write() as session:
        town = making.place(session)
        node, head = town.branches[0], town.secretaries[0]
        people = [str(making.member(session, node, name).person_id) for name in ("甲", "乙", "丙")]
        making.rules(session, town.staff, town.town, BASE_SIXTY)
        actions.propose(session, head, node.id, MONTH, NOW)
        for one in people[:2]:
            making.did(session, one, node, "practice", date(2026, 10, 8), NOW)
        came = str(making.member(session, node, "丁").person_id)
        all_ = queries.differences(session, [node], MONTH, NOW)
        assert [one.name for one in all_] == sorted("甲乙丁")
        for person_id in (*people, came):
            its = queries.differences(session, [node], MONTH, NOW, person_id)
            assert its == [one for one in all_ if one.person_id == person_id]
