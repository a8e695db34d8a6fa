"""Text with a time stamp at the beginning of its paragraphs: minutes of online meetings, recognisers, LRC.

What a line looks like decides its form; a form counts only when it fits the whole text: often enough, its
times ascending, and not like the times of day in an agenda ("上午9:30开会").
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from transcode.transcripts.clock import (
    DEFAULT_FRAME_RATE,
    TIGHT,
    Stamp,
    fold,
    frame_rate,
    plainly,
    stamp,
    time_cell,
)
from transcode.transcripts.plain import divided
from transcode.transcripts.raw import MAX_CUES, Notes, RawCue
from transcode.transcripts.repairing import ended
from transcode.transcripts.words import NAME, are_names, clean, clean_name

_RANGE = rf"{TIGHT}(?:\s?[-~]{{1,2}}>?\s?{TIGHT})?"
_BRACKETS = re.compile(rf"(?:\[\s?{_RANGE}\s?\]|\(\s?{_RANGE}\s?\))\s?")
_NAMED = re.compile(rf"(?P<name>{NAME})\s{{0,4}}[\[(]\s?{_RANGE}\s?[\])]\s{{0,4}}:?")
_HEAD = re.compile(rf"(?P<name>{NAME})\s{{0,8}}(?<=[\s)]){_RANGE}(?:\s{{0,4}}:|(?=\s)|$)")
_BARE = re.compile(rf"(?:\d{{1,5}}[.)、]\s{{0,4}})?{_RANGE}")
_LRC_TAG = re.compile(
    r"\[(?P<key>ti|ar|al|au|by|re|ve|length|offset|la|lr|tool|id|hash|sign|qq|total|kana|#)\s?:(?P<value>.*)\]",
    re.IGNORECASE,
)
_WORD_STAMPS = re.compile(r"<\d{1,3}:\d{2}(?:[.:]\d{1,3})?>")
_DATE = re.compile(r"\d{4}[-/.年]\d{1,2}")
_HEADING = re.compile(r"讲话|发言|说话|讲者|主讲|讲师|姓名|角色|speaker|name", re.IGNORECASE)
"""How a table's column of speakers is called."""
_ABOVE = re.compile(rf"({NAME})\s?[:：]?")
_STAMPS_A_LINE = 200
_LONGEST_NAME = 24

_LEAST_PARTS = {
    **dict.fromkeys(("brackets", "named", "head", "alone", "table"), 0.1),
    "name first": 0.4,
    "bare": 0.4,
    "glued": 0.8,
}
"""Of a text's lines so many begin with a stamp of this form; with a bare time prose may begin, too."""
_LEAST_PART_WITH_HOURS = {"name first": 0.15, "bare": 0.15, "glued": 0.4}
_ASCENDING = 0.9
_AGENDA_MIN, _AGENDA_STEP_MIN = 5 * 60, 5
"""An agenda begins at five in the morning or later, at full five minutes; a transcript at its beginning."""


@dataclass(frozen=True, slots=True)
class _Hit:
    """A line with a stamp. `form`: how it is written. `also`: more moments at which it is said.

    `is_dated`: a date stands before the time, which then is one of the day.
    """

    n: int
    form: str
    start: Stamp
    end: Stamp | None
    text: str
    speaker: str = ""
    also: tuple[Stamp, ...] = ()
    is_dated: bool = False


def read_stamped(lines: Sequence[str], notes: Notes, *, surely: bool = False) -> list[RawCue]:
    """Return the cues of a text whose paragraphs begin with stamps; none when it is no such text.

    `surely`: the file says that it holds stamps (.lrc), so little must fit.
    """
    lines = list(lines)
    hits = _hundredths([hit for n, line in enumerate(lines) if (hit := _hit(n, line)) is not None])
    if not hits:
        return []
    hits = _fitting(hits, [n for n, line in enumerate(lines) if _counts(line)], surely=surely)
    if not hits:
        return []
    if all(hit.is_dated for hit in hits):
        notes.add("times_of_day", len(hits))
        hits = _from_the_first(hits)
    rate = frame_rate(each for hit in hits for each in (hit.start, hit.end) if each is not None)
    if rate is not None:
        notes.add("frames_guessed", sum(hit.start.frames is not None for hit in hits), rate=rate)
    heading = lines[hits[0].n - 1] if hits[0].n else ""
    hits = _named_above(_named_beneath(_table_speakers(hits, heading), lines), lines)
    offset_s = 0.0
    tags = dict(_tags(lines)) if any(hit.form == "brackets" for hit in hits) else {}
    for match in tags.values():
        if match["key"].lower() == "offset":
            offset_s = _offset_s(match["value"])
    cues = _cues(hits, lines, tags, rate or DEFAULT_FRAME_RATE, notes)
    if offset_s:
        cues = [
            replace(cue, start_s=round(cue.start_s - offset_s, 3), end_s=_earlier(cue.end_s, offset_s))
            for cue in cues
        ]
    return list(divided(_ended(cues, notes), notes))


def _from_the_first(hits: Sequence[_Hit]) -> list[_Hit]:
    """Count times of day from the first one: when the recording began nobody wrote down."""
    first_s = min(hit.start.seconds for hit in hits)

    def since(moment: Stamp) -> Stamp:
        return replace(moment, seconds=round(moment.seconds - first_s, 3))

    return [
        replace(
            hit,
            start=since(hit.start),
            end=since(hit.end) if hit.end is not None else None,
            also=tuple(map(since, hit.also)),
        )
        for hit in hits
    ]


def _counts(line: str) -> bool:
    return bool(line.strip()) and not _LRC_TAG.fullmatch(line.strip())


def _hit(n: int, line: str) -> _Hit | None:
    line, is_dated = plainly(line.strip())
    hit = _undated(n, line)
    return replace(hit, is_dated=True) if hit is not None and is_dated else hit


def _undated(n: int, line: str) -> _Hit | None:
    if ":" not in line and "：" not in line and "∶" not in line:
        return None
    if "\t" in line:
        hit = _row(n, line)
        if hit is not None:
            return hit
    folded = fold(line[:_STAMPS_A_LINE])
    return _bracketed(n, line, folded) or _with_name(n, line, folded) or _bare(n, line, folded)


def _row(n: int, line: str) -> _Hit | None:
    """Read a row of a table, one of whose cells holds a time and nothing else."""
    cells = [cell.strip() for cell in line.split("\t", _STAMPS_A_LINE)]
    times = [(k, found) for k, cell in enumerate(cells) if (found := time_cell(cell)) is not None]
    if not times:
        return None
    (_, (start, end)), *others = times
    if end is None and others:
        end = others[0][1][0]
    used = {k for k, _ in times}
    used |= {0} if cells[0].isdecimal() else set()  # the row's number
    rest = [cell for k, cell in enumerate(cells) if k not in used and cell]
    return _Hit(n, "table", start, end, "\t".join(rest))


def _bracketed(n: int, line: str, folded: str) -> _Hit | None:
    at, moments = 0, list[tuple[Stamp, Stamp | None]]()
    while match := _BRACKETS.match(folded, at):
        groups = next(group for group in _halves(match.groups()) if group[2] is not None)
        moments.append((stamp(groups[:6]), stamp(groups[6:]) if groups[8] is not None else None))
        at = match.end()
    if not moments:
        return None
    (start, end), *others = moments
    text = _WORD_STAMPS.sub("", line[at:]).lstrip(":： \t")
    return _Hit(n, "brackets", start, end, text, also=tuple(each for each, _ in others))


def _halves(groups: Sequence[str | None]) -> Iterable[Sequence[str | None]]:
    return (groups[:12], groups[12:])


def _with_name(n: int, line: str, folded: str) -> _Hit | None:
    for form, pattern in (("named", _NAMED), ("head", _HEAD)):
        match = pattern.match(folded)
        if match:
            groups = match.groups()[1:]
            end = stamp(groups[6:]) if groups[8] is not None else None
            name = clean_name(line[: len(match["name"])])
            if _DATE.search(name):
                return None  # a time of day
            text = line[match.end() :].lstrip(":： \t")
            if form == "head" and text and not match.group().endswith(":"):
                form = "name first"
            return _Hit(n, form, stamp(groups[:6]), end, text, name)
    return None


def _bare(n: int, line: str, folded: str) -> _Hit | None:
    match = _BARE.match(folded)
    if match is None:
        return None
    groups, rest = match.groups(), line[match.end() :]
    end = stamp(groups[6:]) if groups[8] is not None else None
    form = "alone" if not rest.strip() else "bare" if rest[0] in " \t\u3000:：-—|" else "glued"
    return _Hit(n, form, stamp(groups[:6]), end, rest.lstrip(" \t\u3000:：-—|"))


def _fitting(hits: Sequence[_Hit], filled: Sequence[int], *, surely: bool) -> list[_Hit]:
    """Return the hits of the forms that fit the text as a whole."""
    by_form: dict[str, list[_Hit]] = {}
    for hit in hits:
        by_form.setdefault(hit.form, []).append(hit)
    if surely and "brackets" in by_form:
        return by_form["brackets"]
    good = [form for form, alike in by_form.items() if _fits(form, alike, filled)]
    together = [hit for hit in hits if hit.form in good]
    if len(good) > 1 and not _ascends(together):
        best = max(good, key=lambda form: len(by_form[form]))
        return by_form[best]
    return together


def _fits(form: str, hits: Sequence[_Hit], filled: Sequence[int]) -> bool:
    is_exact = all(hit.start.parts == 3 or hit.start.has_fraction for hit in hits)
    least = _LEAST_PARTS[form]
    if is_exact:
        least = _LEAST_PART_WITH_HOURS.get(form, least)
    if len(hits) < least * len(filled) or _is_agenda(hits):
        return False
    if len(hits) == 1:  # the only stamp of a text stands at its beginning, or it is a time that is spoken of
        return is_exact and hits[0].n == filled[0] and form != "glued"
    return _ascends(hits)


def _ascends(hits: Sequence[_Hit]) -> bool:
    starts = [hit.start.seconds for hit in hits]
    up = sum(first <= second for first, second in pairwise(starts))
    return up >= _ASCENDING * (len(starts) - 1) and (len(starts) < 3 or starts[-1] > starts[0])


def _is_agenda(hits: Sequence[_Hit]) -> bool:
    """Tell times of day from times of a recording."""
    if any(hit.start.has_fraction or hit.start.frames is not None for hit in hits):
        return False
    # "9:30" was read as 9 minutes and 30 seconds, "9:30:00" as what it is.
    minutes = [hit.start.seconds / (60 if hit.start.parts == 3 else 1) for hit in hits]
    return all(_AGENDA_MIN <= each < 24 * 60 and each % _AGENDA_STEP_MIN == 0 for each in minutes)


def _table_speakers(hits: Sequence[_Hit], heading: str) -> list[_Hit]:
    """Take the first text column of a table for who speaks when it holds names and another holds text."""
    rows = [hit.text.split("\t") for hit in hits if hit.form == "table"]
    cells = [row[0] for row in rows if len(row) > 1]
    is_column = bool(cells) and len(cells) >= len(rows) / 2 and max(map(len, cells)) <= _LONGEST_NAME
    is_named = bool(_HEADING.search(heading)) and all(re.fullmatch(NAME, cell) for cell in cells)
    is_column = is_column and (is_named or are_names(cells))
    done = []
    for hit in hits:
        first, tab, rest = hit.text.partition("\t")
        if hit.form == "table" and is_column and tab:
            hit = replace(hit, text=rest, speaker=clean_name(first))
        done.append(replace(hit, text=hit.text.replace("\t", " ")) if hit.form == "table" else hit)
    return done


def _named_beneath(hits: Sequence[_Hit], lines: Sequence[str]) -> list[_Hit]:
    """Where all that stands behind the stamps are names and the text is beneath, take them for names."""
    behind = [hit for hit in hits if hit.form in {"brackets", "bare"}]
    stamped = {hit.n for hit in hits}
    with_text = [hit for hit in behind if hit.n + 1 < len(lines) and hit.n + 1 not in stamped]
    with_text = [hit for hit in with_text if lines[hit.n + 1].strip()]
    if len(with_text) < 2 or len(with_text) < len(behind):
        return list(hits)
    if any(len(hit.text) > _LONGEST_NAME for hit in behind) or not are_names([hit.text for hit in behind]):
        return list(hits)
    names = {hit.n for hit in behind}
    return [
        replace(hit, text="", speaker=clean_name(hit.text.rstrip(":： "))) if hit.n in names else hit
        for hit in hits
    ]


def _named_above(hits: Sequence[_Hit], lines: list[str]) -> list[_Hit]:
    """Where a name stands on the line above each stamp, take it for who speaks; its line is then blank."""
    above, ends = list[int](), [-1, *(hit.n for hit in hits)]
    for hit, last in zip(hits, ends, strict=False):
        filled = [n for n in range(last + 1, hit.n) if lines[n].strip()]
        says_more = last < 0 or len(filled) > 1 or bool(hits[len(above) - 1].text)
        if hit.speaker or not filled or not says_more or not _ABOVE.fullmatch(lines[filled[-1]].strip()):
            return list(hits)
        above.append(filled[-1])
    marks = [lines[n].strip() for n in above]
    if len(hits) < 2 or not are_names(marks):
        return list(hits)
    names = [clean_name(mark.rstrip(":： ")) for mark in marks]
    for n in above:
        lines[n] = ""
    return [replace(hit, speaker=name) for hit, name in zip(hits, names, strict=True)]


def _hundredths(hits: Sequence[_Hit]) -> list[_Hit]:
    """Read [mm:ss:xx] of old lyrics as that where some xx can be no seconds."""
    starts = [hit.start for hit in hits if hit.form == "brackets"]
    if not any(start.frames is not None and start.parts == 2 for start in starts):
        return list(hits)
    return [
        replace(hit, start=_of_lyrics(hit.start), also=tuple(map(_of_lyrics, hit.also)))
        if hit.form == "brackets"
        else hit
        for hit in hits
    ]


def _of_lyrics(start: Stamp) -> Stamp:
    if start.frames is not None and start.parts == 2:
        return Stamp(start.seconds + start.frames / 100, None, 2, has_fraction=True)
    if start.parts == 2 or start.has_fraction or start.frames is not None:
        return start
    return Stamp(start.seconds // 60 + start.seconds % 60 / 100, None, 2, has_fraction=True)


def _tags(lines: Sequence[str]) -> Iterator[tuple[int, re.Match[str]]]:
    for n, line in enumerate(lines):
        match = _LRC_TAG.fullmatch(line.strip()[:2_000])
        if match:
            yield n, match


def _offset_s(value: str) -> float:
    """Return an LRC's offset: so many milliseconds earlier is everything said."""
    match = re.fullmatch(r"\s*([+-]?\d{1,7})\s*", value)
    return int(match[1]) / 1000 if match else 0.0


def _earlier(end_s: float | None, offset_s: float) -> float | None:
    return None if end_s is None else round(end_s - offset_s, 3)


def _cues(
    hits: Sequence[_Hit],
    lines: Sequence[str],
    tags: dict[int, re.Match[str]],
    rate: float,
    notes: Notes,
) -> list[RawCue]:
    for n in range(hits[0].n):
        is_heading = n + 1 == hits[0].n and hits[0].form == "table" and "\t" in lines[n]
        if lines[n].strip() and n not in tags and not is_heading:
            notes.line_not_understood(n + 1)
    cues: list[RawCue] = []
    for k, hit in enumerate(hits):
        if len(cues) >= MAX_CUES:
            notes.add("too_many_cues", sum(1 + len(rest.also) for rest in hits[k:]), most=MAX_CUES)
            break
        last = hits[k + 1].n if k + 1 < len(hits) else len(lines)
        beneath = [lines[n] for n in range(hit.n + 1, last) if n not in tags]
        text = clean("\n".join([hit.text, *beneath]))
        end_s = hit.end.at_s(rate) if hit.end is not None else None
        cues.append(RawCue(hit.start.at_s(rate), end_s, text, hit.speaker))
        cues += [RawCue(each.at_s(rate), None, text, hit.speaker) for each in hit.also]
    if any(hit.also for hit in hits):  # a refrain stands once, at its first place
        cues.sort(key=lambda cue: cue.start_s)
    return cues


def _ended(cues: Sequence[RawCue], notes: Notes) -> list[RawCue]:
    """Give each cue its end. A stamp without words ends the one before it and is no cue of its own."""
    notes.add("no_text", sum(not cue.text and bool(cue.speaker) for cue in cues))
    return [cue for cue in ended(cues) if cue.text] or list(cues[:1])
