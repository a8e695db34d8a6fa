"""What the web process and the child that reads for it say to each other: a question, and its answer.

JSON and the bytes of the file, nothing that could be executed: the child has read what a stranger made. The
lines of an answer come some hundred at a time, because decoding JSON lets no other thread of the process run.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict
from typing import Any

from library.catalog.new_version import NewVersion
from library.catalog.rules import CueLine, ShiftReason, TranscriptQuality
from library.core.bounded import answers
from library.core.errors import Invalid
from library.intake.rules import quality_of
from library.intake.transcripts.reading.words import Laid, Words, lay, read
from library.intake.transcripts.rules import Fitting, Heard, Shown
from transcode.cutting.pauses import Pause
from transcode.remarks import Remark
from transcode.transcripts.fitting import StreamClock

_AT_ONCE = 400
_NEWLINE = b"\n"


def question(data: bytes, file_name: str, heard: Heard | None, shift_s: float | None) -> bytes:
    """Return what the child is asked: to read a file, and to lay its words over what was heard."""
    asked = {"name": file_name, "heard": None if heard is None else asdict(heard), "shift_s": shift_s}
    return _dump(asked) + _NEWLINE + data


def answered(asked: bytes) -> bytes:
    """Return the answer to a question; what is wrong with the file is an answer too."""
    head, _, data = asked.partition(_NEWLINE)
    about = json.loads(head)
    try:
        words = read(data, about["name"])
        laid = lay(words, _heard(about["heard"]), about["shift_s"])
    except Invalid as error:
        return answers.refusal(error)
    became, version = laid.became, words.version
    same = became.lines == words.lines
    facts = {
        "timed": words.timed,
        "remarks": [remark.to_json() for remark in words.remarks],
        "clock": version.clock,
        "digest": version.digest,
        "words": version.words,
        "lines": len(words.lines),
        "became": {
            "quality": became.quality,
            "same": same,
            "shift_s": became.shift_s,
            "reason": became.reason,
            "fitting": None if became.fitting is None else became.fitting.to_json(),
        },
    }
    shown_rows = () if same else (line.to_json() for line in became.lines)
    parts = [_dump(facts), *_pieces(version.rows), *_pieces(shown_rows)]
    return _NEWLINE.join(parts)


def understood(
    answer: bytes, file_name: str, heard: Heard | None, shift_s: float | None
) -> tuple[Words, Laid]:
    """Return what the child answered to `question`; raises Invalid as it did, ValueError or LookupError for
    what is no answer."""
    head, *pieces = answer.split(_NEWLINE)
    facts = answers.facts(head)
    rows = [row for piece in pieces for row in json.loads(piece)]
    count = facts["lines"]
    lines = tuple(map(CueLine.from_json, rows[:count]))
    clock = None if facts["clock"] is None else StreamClock(**facts["clock"])
    remarks = tuple(map(Remark.from_json, facts["remarks"]))
    words = Words(facts["timed"], lines, file_name, remarks, clock)
    version = NewVersion(quality_of(timed=words.timed), lines, file_name, remarks, facts["clock"])
    vars(words)["version"] = NewVersion.derived(version, rows[:count], facts["digest"], facts["words"])
    told = facts["became"]
    became = Shown(
        TranscriptQuality(told["quality"]),
        lines if told["same"] else tuple(map(CueLine.from_json, rows[count:])),
        told["shift_s"],
        ShiftReason(told["reason"]),
        None if told["fitting"] is None else Fitting.from_json(told["fitting"]),
    )
    return words, Laid(heard, None if shift_s is None else round(shift_s, 3), became)


def _heard(value: Mapping[str, Any] | None) -> Heard | None:
    if value is None:
        return None
    return Heard(**{**value, "pauses": tuple(Pause(**pause) for pause in value["pauses"])})


def _pieces(rows: Iterable[Mapping[str, Any]]) -> Iterator[bytes]:
    held: list[Mapping[str, Any]] = []
    for row in rows:
        held.append(row)
        if len(held) == _AT_ONCE:
            yield _dump(held)
            held = []
    if held:
        yield _dump(held)


def _dump(value: object) -> bytes:
    # With escapes: half a surrogate pair, which people's files can hold, is no UTF-8.
    return json.dumps(value).encode("ascii")
