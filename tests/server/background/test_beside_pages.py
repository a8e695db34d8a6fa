"""What runs beside the pages begins and ends in order, and nothing is left running by another's error."""

from __future__ import annotations

import asyncio

import pytest

from server.background.beside_pages import running


class Noted:
    """Something beside the pages that writes down what it is told, and fails where it should."""

    def __init__(self, name: str, notes: list[str], fails: str = "") -> None:
        self._name, self._notes, self._fails = name, notes, fails

    def start(self) -> None:
        """Begin."""
        self._note("start")

    def stop(self) -> None:
        """End."""
        self._note("stop")

    def _note(self, what: str) -> None:
        self._notes.append(f"{what} {self._name}")
        if what == self._fails:
            raise RuntimeError(f"{self._name} cannot {what}")


def run(things: list[Noted], notes: list[str], error: Exception | None = None) -> None:
    """Run things, with pages between that end by themselves or with an error."""

    async def pages() -> None:
        async with running(things):
            notes.append("pages")
            if error is not None:
                raise error

    asyncio.run(pages())


def test_they_begin_in_order_and_end_the_other_way_round() -> None:
    notes: list[str] = []
    run([Noted(name, notes) for name in "abc"], notes)
    assert notes == ["start a", "start b", "start c", "pages", "stop c", "stop b", "stop a"]


def test_one_that_cannot_begin_lets_those_before_it_end() -> None:
    notes: list[str] = []
    with pytest.raises(RuntimeError, match="b cannot start"):
        run([Noted("a", notes), Noted("b", notes, "start"), Noted("c", notes)], notes)
    assert notes == ["start a", "start b", "stop a"]


def test_one_that_cannot_end_lets_all_others_end() -> None:
    notes: list[str] = []
    with pytest.raises(RuntimeError, match="b cannot stop"):
        run([Noted("a", notes), Noted("b", notes, "stop"), Noted("c", notes)], notes)
    assert notes[-3:] == ["stop c", "stop b", "stop a"]


def test_pages_that_fail_leave_nothing_running() -> None:
    notes: list[str] = []
    with pytest.raises(OSError, match="no pages"):
        run([Noted("a", notes), Noted("b", notes)], notes, OSError("no pages"))
    assert notes[-2:] == ["stop b", "stop a"]
