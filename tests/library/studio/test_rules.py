"""The way of a lesson: one thing to do at a time, and no sentence about persons."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from library.catalog.permits import LessonState
from library.declaring.states import State
from library.intake.rules import BUSY, RecordingState
from library.studio.rules import (
    LEAST_PLAYS,
    LOOKED_AT,
    TURN_NEAR_S,
    At,
    Do,
    Facts,
    StepName,
    half_left,
    way,
)

FACTS = st.builds(
    Facts,
    recording=st.sampled_from([None, *RecordingState]),
    clips=st.integers(0, 4),
    state=st.sampled_from(LessonState),
    has_text=st.booleans(),
    hears=st.booleans(),
    seen=st.frozensets(st.sampled_from(LOOKED_AT)),
    cut=st.booleans(),
    corrected=st.booleans(),
    covered=st.booleans(),
    declaration=st.sampled_from([None, *State]),
    remarks=st.integers(0, 3),
    waits=st.booleans(),
    may_declare=st.booleans(),
    may_publish=st.booleans(),
    retry_helps=st.booleans(),
)


@given(FACTS)
def test_every_lesson_has_one_thing_to_do_and_a_failed_file_is_never_to_be_published(facts: Facts) -> None:
    found = way(facts)
    names = [step.name for step in found.steps]
    assert names == [name for name in StepName if name in names]  # in their order, each once
    assert set(StepName) - set(names) <= {StepName.REMARKS}
    assert found.at in names
    ats = {step.name: step.at for step in found.steps}
    if facts.recording in (RecordingState.FAILED, RecordingState.REFUSED, RecordingState.CANCELLED):
        assert found.do in (Do.RETRY, Do.ANOTHER_FILE)
        assert At.WRONG in ats.values()
        assert ats[StepName.PUBLISHED] is At.LATER
    if found.do is Do.PUBLISH:
        assert facts.may_publish
        assert facts.recording is RecordingState.READY
    if found.do is Do.DECLARE:
        assert facts.may_declare
    if found.do is Do.ANSWER:
        assert facts.remarks
    if found.do in (Do.CUTS, Do.WORDS, Do.TEXT, Do.COVER):
        assert facts.state is not LessonState.PUBLISHED
        assert str(found.at) not in facts.seen


def test_a_lesson_goes_from_its_file_to_its_figures() -> None:
    ready = {"recording": RecordingState.READY, "clips": 2}
    seen = frozenset[str]()
    done = []
    for _ in LOOKED_AT:
        here = way(Facts(**ready, seen=seen, may_declare=True))  # type: ignore[arg-type]
        done.append(here.do)
        seen |= {here.at}
    assert done == [Do.CUTS, Do.TEXT, Do.COVER]
    looked = {**ready, "seen": seen, "may_declare": True}
    following = [
        way(Facts(**looked)),  # type: ignore[arg-type]
        way(Facts(**looked, declaration=State.DECLARED)),  # type: ignore[arg-type]
        way(Facts(**looked, declaration=State.RETURNED, remarks=2)),  # type: ignore[arg-type]
        way(Facts(**looked, declaration=State.RETURNED)),  # type: ignore[arg-type]
        way(Facts(**looked, declaration=State.DECLINED)),  # type: ignore[arg-type]
        way(Facts(**looked, declaration=State.PUBLISHED, state=LessonState.PUBLISHED)),  # type: ignore[arg-type]
    ]
    assert [one.do for one in following] == [
        *(Do.DECLARE, Do.WAIT, Do.ANSWER, Do.SEND_AGAIN, Do.DECLARE, Do.FIGURES),
    ]


def test_a_machine_that_listens_holds_up_nothing_else() -> None:
    here = way(Facts(RecordingState.READY, hears=True, seen=frozenset({"cuts"})))
    assert here.do is Do.COVER
    assert {step.name: step.at for step in here.steps}[StepName.WORDS] is At.RUNS


def test_what_is_made_again_of_a_published_lesson_does_not_take_it_back() -> None:
    for state in BUSY:
        assert way(Facts(state, state=LessonState.PUBLISHED)).do is Do.FIGURES


@given(
    st.lists(st.integers(0, 60), min_size=1, max_size=120),
    st.floats(0.5, 5),
    st.lists(st.floats(0, 600), max_size=20),
)
def test_no_sentence_is_made_of_few_and_each_names_a_place_where_half_are_gone(
    plays: list[int], step_s: float, turns_s: list[float]
) -> None:
    length_s = step_s * len(plays)
    found = half_left(plays, step_s, length_s, turns_s)
    if max(plays) < LEAST_PLAYS:
        assert found is None
    if found is not None:
        n = round(found.at_s / step_s)
        assert found.began >= LEAST_PLAYS
        assert 2 * plays[n] <= found.began
        assert all(2 * later <= found.began for later in plays[n:])  # nobody came back behind it
        assert 0 < found.at_s < length_s - step_s
        if found.turn_s is not None:
            assert found.turn_s in turns_s
            assert -step_s <= found.at_s - found.turn_s <= TURN_NEAR_S


def test_half_left_where_the_slide_changed() -> None:
    plays = [40] * 80 + [18] * 40  # of five seconds each
    found = half_left(plays, 5.0, 600.0, (31.0, 398.0, 500.0))
    assert found is not None
    assert (found.at_s, found.began, found.left, found.turn_s) == (400.0, 40, 22, 398.0)
    assert half_left([40] * 120, 5.0, 600.0) is None
    assert half_left([9] * 80 + [1] * 40, 5.0, 600.0) is None
