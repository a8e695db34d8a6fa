"""The recogniser as a child process: sound goes in from ffmpeg, chunks come out, a line of JSON each.

What the lines say stands in `speech.child`. Whoever hears may be killed at any moment: what came out until
then is whole.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from library.hearing.actions import NewChunk
from speech.holes import Hole
from transcode.errors import Failed, ToolFailed
from transcode.reading.facts import Facts
from transcode.reading.samples import samples_args
from transcode.run import Limits, run
from transcode.tools import Tools

_SLOWEST = 20.0
"""Slower than a twentieth of real time is taken for hung."""
_STARTING_S = 600.0


@dataclass(frozen=True)
class Recogniser:
    """How the child is started. `command`: from a second on, the program that hears; `model`: what it hears
    with, under which its words are kept."""

    tools: Tools
    command: Callable[[float], list[str]]
    environment: Mapping[str, str]
    limits: Limits
    model: str

    def hear(
        self,
        source: Path,
        facts: Facts,
        from_s: float,
        on_chunk: Callable[[NewChunk], None],
        should_stop: Callable[[], bool],
    ) -> None:
        """Hear a recording from `from_s` on; `on_chunk` gets each stretch as it comes, and may raise.

        Raises Failed (with `speech_failed` and what the child said, or as `transcode.run` does), Cancelled.
        """
        lines = _Lines(on_chunk)
        left_s = max(0.0, facts.duration_s - from_s)
        try:
            run(
                self.command(from_s),
                timeout_s=_STARTING_S + facts.duration_s + _SLOWEST * left_s,
                on_line=lines.line,
                should_stop=should_stop,
                limits=self.limits,
                environment=self.environment,
                fed_by=samples_args(self.tools, source, facts, from_s),
            )
        except ToolFailed as error:
            if lines.error is None:
                raise
            raise lines.error from error
        if lines.error is not None:
            raise lines.error
        if not lines.ended:
            raise Failed("speech_failed", {"said": "no end"})

    def probabilities(
        self, source: Path, facts: Facts, holes: Sequence[Hole], folder: Path, should_stop: Callable[[], bool]
    ) -> dict[int, float]:
        """Return how likely the text of each hole is over its stretch, by the number of its line.

        `folder` is for a file that says which. Raises as `hear`.
        """
        if not holes:
            return {}
        folder.mkdir(parents=True, exist_ok=True)
        asked = folder / "holes.json"
        asked.write_text(json.dumps([[one.start_s, one.end_s, one.text] for one in holes]), "utf-8")
        from_s = max(0.0, holes[0].start_s - 1.0)
        lines = _Lines(lambda chunk: None)
        try:
            run(
                [*self.command(from_s), "--holes-file", str(asked)],
                timeout_s=_STARTING_S + facts.duration_s + 30.0 * len(holes),
                on_line=lines.line,
                should_stop=should_stop,
                limits=self.limits,
                environment=self.environment,
                fed_by=samples_args(self.tools, source, facts, from_s),
            )
        except ToolFailed as error:
            raise lines.error or error from error
        if lines.error is not None:
            raise lines.error
        return {holes[n].n: likely for n, likely in lines.holes.items() if n < len(holes)}


@dataclass
class _Lines:
    """Takes the child's lines; what it does not know it leaves alone."""

    on_chunk: Callable[[NewChunk], None]
    ended: bool = False
    error: Failed | None = field(default=None)
    holes: dict[int, float] = field(default_factory=dict)

    def line(self, line: str) -> None:
        """Take one."""
        try:
            value: dict[str, Any] = json.loads(line)
            kind = value["kind"]
            if kind == "chunk":
                chunk = NewChunk(
                    float(value["start_s"]),
                    float(value["end_s"]),
                    [(float(a), float(b), str(text), float(p)) for a, b, text, p in value["words"]],
                    [(float(a), float(b)) for a, b in value.get("pauses", ())],
                    value.get("remarks", ()),
                )
            elif kind == "hole":
                self.holes[int(value["n"])] = float(value["probability"])
            elif kind == "error":
                said = str(value.get("text") or value.get("code"))
                self.error = Failed("speech_failed", {"said": said[:400]})
        except (ValueError, TypeError, KeyError) as error:
            raise Failed("speech_failed", {"said": line[:200]}) from error
        if kind == "chunk":
            self.on_chunk(chunk)
        self.ended = self.ended or kind == "end"
