"""What is asked of a bounded child and what it says have one form, for whoever asks."""

from __future__ import annotations

import struct

import pytest

from library.core.bounded.answers import facts, in_parts, parts_of, refusal, unrefused
from library.core.bounded.children import within_bounds
from library.core.errors import Invalid
from transcode.errors import Failed, ToolMissing


@pytest.mark.parametrize("parts", [[], [b""], [b"{", b""], [b"", b"\0" * 70_000, b"PK"]])
def test_parts_come_out_as_they_went_in(parts: list[bytes]) -> None:
    packed = in_parts(iter(parts))
    assert parts_of(packed) == parts
    assert unrefused(packed) == packed


def test_a_length_that_is_cut_off_is_no_part() -> None:
    with pytest.raises(struct.error):
        parts_of(in_parts([b"one"]) + b"\0\0")


@pytest.mark.parametrize("read", [facts, unrefused])
def test_a_refusal_is_raised_as_it_was(read: object) -> None:
    assert callable(read)
    with pytest.raises(Invalid) as refused:
        read(refusal(Invalid("template_unknown", field="file", text="会议 \ud800")))
    assert (refused.value.code, refused.value.values) == (
        "template_unknown",
        {"field": "file", "text": "会议 \ud800"},
    )


def test_a_child_that_fails_was_costly_and_one_that_is_missing_was_not() -> None:
    def costly() -> Invalid:
        return Invalid("cover_costly", field="file")

    for failure in (Failed("timeout", {"limit_s": 1}), Failed("output_too_large"), Failed("tool_failed")):
        with pytest.raises(Invalid, match="cover_costly") as refused, within_bounds(costly):
            raise failure
        assert refused.value.__cause__ is failure
    with pytest.raises(ToolMissing), within_bounds(costly):
        raise ToolMissing("tool_missing")
