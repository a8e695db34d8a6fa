"""The table of states: who may end up where, by whatever path; and the document that shows it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from library.core.errors import Conflict, Forbidden, Invalid
from library.declaring import rules, states
from library.declaring.rules import Check, Ending, Level, LevelRule, Setting
from library.declaring.states import OVER, ROWS, Part, State, Step, Then
from tests.library.declaring.drawing import DOCUMENT, document

PARTS = st.frozensets(st.sampled_from(list(Part)))
TRIES = st.lists(st.tuples(st.sampled_from(list(Step)), PARTS, st.sampled_from(list(Then))), max_size=40)


@given(TRIES)
def test_no_path_publishes_without_the_right_to_decide_and_none_leads_out_of_an_end(
    tries: list[tuple[Step, frozenset[Part], Then]],
) -> None:
    state = State.DRAFT
    for step, parts, then in tries:
        before = state
        try:
            state = states.after(before, step, parts, then)
        except (Conflict, Forbidden):
            assert state is before
            continue
        assert parts, "nobody without a part moves anything"
        if (state is State.PUBLISHED and before is not State.PUBLISHED) or state is State.SELECTED:
            assert Part.DECIDER in parts
            assert before in (State.DECLARED, State.SELECTED)
        if state is State.STOPPED:
            assert Part.ABOVE in parts
        assert before not in OVER, "what is over stays over"
        assert state is not State.DRAFT
        if before is State.RETURNED and state is State.DECLARED:
            assert step is Step.DECLARE


def test_every_row_says_something_of_its_own() -> None:
    keys = [(row.state, row.step, row.part, row.then) for row in ROWS]
    assert len(set(keys)) == len(keys)
    assert {row.to for row in ROWS} | {State.DRAFT} == set(State)


def test_the_document_is_drawn_from_the_table() -> None:
    """`python -m tests.library.declaring.drawing` draws it anew."""
    assert DOCUMENT.read_text("utf-8") == document()


RULES = st.builds(
    LevelRule,
    down=st.integers(0, 4),
    readers=st.integers(0, 2),
    deciders=st.integers(0, 2),
    blind=st.booleans(),
    ending=st.sampled_from(list(Ending)),
)
SETTINGS = st.builds(
    lambda levels: Setting(tuple({one.down: one for one in levels}.values())), st.lists(RULES, max_size=5)
)
CHAIN = ("province", "city", "county", "town", "branch")


@pytest.mark.slow
@given(st.dictionaries(st.sampled_from(CHAIN), SETTINGS))
def test_a_route_climbs_and_ends_where_somebody_decides(said: dict[str, Setting]) -> None:
    try:
        levels = rules.route(CHAIN, said)
    except Conflict:
        assert not any(
            rule and rule.deciders for rule in (rules.rule_at(CHAIN, n, said) for n in range(len(CHAIN)))
        )
        return
    places = [CHAIN.index(level.node_id) for level in levels]
    assert places == sorted(places, reverse=True)
    assert levels[-1].deciders
    assert all(level.readers or level.deciders for level in levels)
    assert rules.levels_of(rules.levels_json(levels)) == levels


def test_a_node_says_otherwise_for_itself_and_below_alone() -> None:
    two = Setting((LevelRule(0, deciders=1), LevelRule(2, deciders=2)), quota=5)
    assert [one.node_id for one in rules.route(CHAIN, {"province": two})] == ["county", "province"]
    mine = Setting((LevelRule(0, readers=1), LevelRule(1, deciders=1)))
    said = {"province": two, "county": mine}
    assert [one.node_id for one in rules.route(CHAIN, said)] == ["town", "county", "province"]
    assert rules.quota_of(CHAIN, {"province": two})[0] == 5
    assert rules.quota_of(CHAIN, said)[0] == 0
    assert [one.node_id for one in rules.route(CHAIN, {})] == ["province"]
    with pytest.raises(Conflict, match="no_levels"):
        rules.route(CHAIN, {"province": Setting((LevelRule(1, readers=1),))})
    for wrong in (LevelRule(0, deciders=10), LevelRule(0, due_days=0), LevelRule(9, deciders=1)):
        with pytest.raises(Invalid, match="level_number"):
            rules.cleaned(Setting((wrong,)))


def test_votes_climb_only_when_all_have_voted() -> None:
    level = Level("x", 2, 2, 7, (Check.SECRECY,), False, Ending.PUBLISH)
    of = rules.then_of
    assert of(Step.APPROVE, level, is_last=True, reads=2, votes=0) is Then.STAYS
    assert of(Step.APPROVE, level, is_last=False, reads=2, votes=1) is Then.CLIMBS
    assert of(Step.SELECT, level, is_last=True, reads=2, votes=1) is Then.PUBLISHES
    assert of(Step.READ, level, is_last=False, reads=1, votes=0) is Then.STAYS
    reading = Level("x", 2, 0, 7, (), False, Ending.PUBLISH)
    assert of(Step.READ, reading, is_last=False, reads=1, votes=0) is Then.CLIMBS
    with pytest.raises(Invalid, match="checklist_open"):
        rules.check_answers(level.checklist, ["sound"])


def test_remarks_as_commands_write_them_and_names_that_are_hidden() -> None:
    assert rules.read_remark("12.5 这里听不清") == rules.Said("这里听不清", 12.5)
    assert rules.read_remark("片头太长 请删") == rules.Said("片头太长 请删")
    for wrong in ("", "12.5", "nan 字", "-1 字", "inf 字"):
        with pytest.raises(Invalid, match="remark_unreadable"):
            rules.read_remark(wrong)
    text = rules.masked("余村党支部王芳讲《余村的路》", ["余村党支部", "余村", "王芳", ""])
    assert text == "＊＊＊＊讲《＊＊的路》"
