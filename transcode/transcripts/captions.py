"""What becomes of a transcript: plain ones are timed, timed ones cut per clip and written as WebVTT."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import replace

from transcode.cutting.pauses import Pause
from transcode.transcripts.parsing import Cue

SHORTEST_CUE_S = 0.2
"""A piece of a cue that is shorter than this is not shown (it would only flash)."""

_SENTENCE_END = re.compile(r"[。！？!?…；;.]+[”’」』）)\]\"'》\s]*$")
_FEW_SENTENCES = 0.02
"""Subtitles often carry no punctuation; with fewer cues that end a sentence, a gap counts as an end."""

_GAP_S = 0.3
_LONG_PAUSE_S = 0.7
"""Shorter pauses are part of speaking, and the estimate of a cue's length contains them."""

_SYLLABLE = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]|[a-z]+|[0-9]", re.IGNORECASE)


def cut_cues(cues: Sequence[Cue], start_s: float, end_s: float) -> tuple[Cue, ...]:
    """Return the cues of one clip, on the clip's clock. A cue across the border is shown on both sides."""
    found = []
    for cue, cue_start_s, cue_end_s in _timed(cues):
        first, last = max(cue_start_s, start_s), min(cue_end_s, end_s)
        whole = cue_start_s >= start_s and cue_end_s <= end_s
        if last > first and (whole or last - first >= SHORTEST_CUE_S):
            found.append(replace(cue, start_s=round(first - start_s, 3), end_s=round(last - start_s, 3)))
    return tuple(found)


def estimate_times(cues: Sequence[Cue], duration_s: float, pauses: Sequence[Pause]) -> tuple[Cue, ...]:
    """Return plain cues with times: spread by their syllables over where the recording is not silent."""
    weights = [max(1, len(_SYLLABLE.findall(cue.text))) for cue in cues]
    talk = _Talk(duration_s, [pause for pause in pauses if pause.end_s - pause.start_s >= _LONG_PAUSE_S])
    total, spoken, timed = sum(weights), 0, []
    for cue, weight in zip(cues, weights, strict=True):
        start_s = talk.when(talk.length_s * spoken / total, begins=True)
        spoken += weight
        end_s = talk.when(talk.length_s * spoken / total, begins=False)
        timed.append(replace(cue, start_s=round(start_s, 3), end_s=round(max(start_s, end_s), 3)))
    return tuple(timed)


class _Talk:
    """A recording without its long pauses: turns time spoken into time on the clock."""

    def __init__(self, duration_s: float, pauses: Iterable[Pause]) -> None:
        self._starts: list[float] = []
        self._spoken_before: list[float] = []
        self._ends: list[float] = []
        at_s, spoken_s = 0.0, 0.0
        for pause in [*pauses, Pause(duration_s, duration_s, 0.0)]:
            stops_s = min(pause.start_s, duration_s)
            if stops_s > at_s:
                self._starts.append(at_s)
                self._spoken_before.append(spoken_s)
                self._ends.append(stops_s)
                spoken_s += stops_s - at_s
            at_s = max(at_s, pause.end_s)
        self.length_s = spoken_s

    def when(self, spoken_s: float, *, begins: bool) -> float:
        """The moment at which so much has been said; at a pause: behind it (`begins`) or before it."""
        if not self._starts:
            return 0.0
        here = max(0, bisect_right(self._spoken_before, spoken_s) - 1)
        if not begins and here > 0 and spoken_s == self._spoken_before[here]:
            here -= 1
        return min(self._ends[here], self._starts[here] + spoken_s - self._spoken_before[here])


def to_vtt(cues: Sequence[Cue], note: str = "") -> str:
    """Return WebVTT text of timed cues. Nothing in a cue can end it or be taken for markup.

    `note`: one line about all of it, for whoever reads the file.
    """
    blocks = ["WEBVTT\n", *([f"NOTE {' '.join(_escaped(note).split())}\n"] if note else [])]
    for cue, start_s, end_s in _timed(cues):
        # The last character's escape also breaks up "-->", which no cue may contain.
        text = _escaped(cue.text)
        lines = [line for line in text.splitlines() if line.strip()]
        if lines and end_s > start_s:
            lines[0] = _voice(cue.speaker) + lines[0]
            blocks.append("\n".join([f"{_clock(start_s)} --> {_clock(end_s)}", *lines]) + "\n")
    return "\n".join(blocks)


def to_srt(cues: Sequence[Cue]) -> str:
    """Return SubRip text of timed cues, with who speaks where that changes."""
    blocks: list[str] = []
    for cue, start_s, end_s in _timed(named(cues)):
        lines = [line for line in cue.text.replace("-->", "→").splitlines() if line.strip()]
        if lines and end_s > start_s:
            times = f"{_clock(start_s)} --> {_clock(end_s)}".replace(".", ",")
            blocks.append("\n".join([str(len(blocks) + 1), times, *lines]) + "\n")
    return "\n".join(blocks)


def to_text(cues: Sequence[Cue], head: str = "") -> str:
    """Return what is said as lines, with who speaks where that changes; `head`: a line before it."""
    lines = [" ".join(cue.text.split()) for cue in named(cues)]
    return "".join(f"{line}\n" for line in [*([head, ""] if head else []), *lines])


def _voice(speaker: str) -> str:
    """Return WebVTT's mark of who speaks; it ends with its cue."""
    name = " ".join(_escaped(speaker).split())
    return f"<v {name}>" if name else ""


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def new_speakers(speakers: Iterable[str]) -> list[str]:
    """Return for each line who begins to speak with it; "" while it is the same person, or nobody told."""
    found, last = [], ""
    for speaker in speakers:
        found.append(speaker if speaker != last else "")
        last = speaker
    return found


def named(cues: Sequence[Cue]) -> tuple[Cue, ...]:
    """Return cues whose text says who speaks where that changes, for what knows no speakers (MP4)."""
    names = new_speakers(cue.speaker for cue in cues)
    return tuple(
        replace(cue, text=f"{name}：{cue.text}" if name else cue.text, speaker="")
        for cue, name in zip(cues, names, strict=True)
    )


def sentence_ends(cues: Sequence[Cue]) -> list[float]:
    """Return the times, ascending, at which a sentence ends, as far as the cues' ends tell."""
    timed = list(_timed(cues))
    ends = [end_s for cue, _, end_s in timed if _SENTENCE_END.search(cue.text)]
    if len(ends) < _FEW_SENTENCES * len(timed):
        following = [start_s for _, start_s, _ in timed[1:]]
        ends += [
            end_s for (_, _, end_s), next_s in zip(timed, following, strict=False) if next_s - end_s >= _GAP_S
        ]
    return sorted(ends)


def _timed(cues: Iterable[Cue]) -> Iterable[tuple[Cue, float, float]]:
    for cue in cues:
        if cue.start_s is not None and cue.end_s is not None:
            yield cue, cue.start_s, cue.end_s


def _clock(seconds: float) -> str:
    milliseconds = round(seconds * 1000)
    minutes, rest = divmod(milliseconds, 60_000)
    return f"{minutes // 60:02d}:{minutes % 60:02d}:{rest // 1000:02d}.{rest % 1000:03d}"
