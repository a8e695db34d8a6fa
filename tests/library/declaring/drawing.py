"""docs/declaring.md as it must read: `python -m tests.library.declaring.drawing` draws it from the table
of states."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from library.declaring.states import REASONED, RIGHT_OF, ROWS, State, Step, Then

DOCUMENT = Path(__file__).parents[3] / "docs" / "declaring.md"
_THEN = {
    Then.STAYS: "",
    Then.CLIMBS: "the last one needed there, and a level is above",
    Then.PUBLISHES: "the last one needed, and the last level publishes",
    Then.CHOOSES: "the last one needed, and the last level only chooses",
}


def _picture() -> Iterator[str]:
    yield "## As a picture\n\n```mermaid\nstateDiagram-v2"
    yield f"    [*] --> {State.DRAFT}"
    arrows: dict[tuple[State, State], list[str]] = {}
    for row in ROWS:
        steps = arrows.setdefault((row.state, row.to), [])
        if str(row.step) not in steps:
            steps.append(str(row.step))
    for (state, to), steps in arrows.items():
        yield f"    {state} --> {to}: {', '.join(steps)}"
    left = {row.state for row in ROWS}
    yield from (f"    {state} --> [*]" for state in State if state not in left)
    yield "```"


def _table() -> Iterator[str]:
    yield "## As a table\n\n| from | step | by | to | when |\n| --- | --- | --- | --- | --- |"
    for row in ROWS:
        yield f"| {row.state} | {row.step} | {row.part} | {row.to} | {_THEN[row.then]} |"


def _parts() -> Iterator[str]:
    yield "## Who has which part\n\n| part | right | reason |\n| --- | --- | --- |"
    for part, act in RIGHT_OF.items():
        steps = [
            step for step in Step if step in REASONED and any(r.part is part and r.step is step for r in ROWS)
        ]
        yield f"| {part} | `{act}` | {', '.join(steps) or 'none'} |"


def document() -> str:
    """The document as it must read: what stands before the first heading stays as it is."""
    introduction = DOCUMENT.read_text("utf-8").partition("\n## ")[0].rstrip()
    return "\n\n".join([introduction, *("\n".join(one) for one in (_picture(), _table(), _parts()))]) + "\n"


if __name__ == "__main__":
    DOCUMENT.write_text(document(), "utf-8")
