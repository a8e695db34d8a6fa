"""What may be uploaded, and how far a recording is."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from library.core.errors import Invalid, TooLarge
from library.intake.rules import Limits, StepKind, StepState, StepView, check_upload, overall_percent

GIB = 1024**3
LIMITS = Limits(max_upload_bytes=4 * GIB, quota_bytes=10 * GIB, keep_free_bytes=GIB)


@pytest.mark.parametrize(
    "name",
    [
        "党课.mp4",
        "A.MOV",
        "../../x.mkv",
        "-rf.webm",
        "讲话.mp3",
        "a.b.c.wav",
        "MOV001.TOD",
        "党课",
        "讲课.docx",
    ],
)
def test_what_devices_record_may_be_uploaded(name: str) -> None:
    check_upload(name, GIB, 0, 100 * GIB, LIMITS)


@pytest.mark.parametrize(
    ("name", "size", "used", "free", "code"),
    [
        (" ", GIB, 0, 100 * GIB, "upload_name"),
        ("a.mp4", 0, 0, 100 * GIB, "empty_file"),
        ("a.mp4", 4 * GIB + 1, 0, 100 * GIB, "upload_size"),
        ("a.mp4", GIB, 9 * GIB + 1, 100 * GIB, "upload_quota"),
        ("a.mp4", GIB, 0, 3 * GIB - 1, "disk_room"),
    ],
)
def test_what_cannot_be_taken_is_refused_before_the_first_byte(
    name: str, size: int, used: int, free: int, code: str
) -> None:
    with pytest.raises((Invalid, TooLarge)) as refused:
        check_upload(name, size, used, free, LIMITS)
    assert refused.value.code == code


def test_the_last_bytes_of_a_quota_may_be_used() -> None:
    check_upload("a.mp4", GIB, 9 * GIB, 3 * GIB, LIMITS)


steps = st.builds(
    StepView,
    st.sampled_from(StepKind),
    st.integers(1, 5),
    st.sampled_from(StepState),
    st.floats(0, 100),
)


@pytest.mark.slow
@given(st.lists(steps, max_size=12))
def test_progress_stays_between_nothing_and_all(known: list[StepView]) -> None:
    percent = overall_percent(known)
    assert 0 <= percent <= 100
    if any(step.state is not StepState.DONE for step in known):
        assert percent < 100


def test_progress_is_whole_when_every_step_is_done() -> None:
    done = [StepView(kind, 1, StepState.DONE, 100.0) for kind in StepKind]
    assert overall_percent(done) == 100
    assert overall_percent(done[:3]) < 100  # how many clips there are is not known yet
    clip = StepView(StepKind.CLIP, 1, StepState.RUNNING, 50.0)
    half = [clip if step.kind is StepKind.CLIP else step for step in done]
    assert overall_percent(half) == 57.0
