"""A long lecture heard by the whole product, which is killed (SIGKILL) in a stretch and begun again."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

from sqlalchemy import select

from bench.report import Figure
from bench.speech.hearing import Clip, raw
from bench.speech.making import Block, Lecture, lecture_of
from bench.speech.words import errors
from library.core.database import Database, open_database
from library.hearing.tables import Chunk
from server.settings import Settings
from speech.recogniser import RATE_HZ
from speech.sounds import sounds
from speech.words import plain
from speech.written_forms import simplified
from transcode.tools import find_tools

_LOOK_S = 0.5
_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass
class Cost:
    """What the processes that hear have taken so far, looked at again and again."""

    memory_bytes: int = 0
    cpu_s: dict[int, float] = field(default_factory=dict)

    def look(self, parent: int) -> None:
        """Look at those below a process."""
        for pid in below(parent):
            with suppress(OSError, IndexError, ValueError):
                if b"speech.child" not in Path(f"/proc/{pid}/cmdline").read_bytes():
                    continue
                fields = Path(f"/proc/{pid}/stat").read_text("ascii").rsplit(")", 1)[1].split()
                self.cpu_s[pid] = (int(fields[11]) + int(fields[12])) / _TICKS
                for line in Path(f"/proc/{pid}/status").read_text("ascii").splitlines():
                    if line.startswith("VmHWM:"):
                        self.memory_bytes = max(self.memory_bytes, int(line.split()[1]) * 1024)


def below(parent: int) -> Iterator[int]:
    """The processes below one, by their numbers."""
    with suppress(OSError):
        for task in Path(f"/proc/{parent}/task").iterdir():
            for pid in map(int, (task / "children").read_text("ascii").split()):
                yield pid
                yield from below(pid)


@dataclass(frozen=True)
class Stretch:
    """A chunk as it is kept."""

    start_s: float
    end_s: float
    words: list[list[object]]


def heard_whole(clip: Clip, model: Path | None, length_s: float) -> list[Figure]:
    """Ingest a made lecture, hear it, kill it in the middle, and hear it to its end."""
    with tempfile.TemporaryDirectory(prefix="weike-bench-") as work:
        folder = Path(work)
        made = lecture_of(clip, length_s)
        lesson = _ingested(folder, model, made)
        with closing(open_database(Settings(data=folder / "data").database)) as db:
            cost = Cost()
            _run(folder, model, lesson, cost, db, kill_at_s=made.length_s / 2)
            before = stretches(db)
            _run(folder, model, lesson, cost, db)
            after = stretches(db)
    minutes = f"{made.length_s / 60:.0f} minutes"
    behind = after[len(before)] if len(after) > len(before) else Stretch(0.0, 0.0, [])
    changed = sum(one != other for one, other in zip(before, after, strict=False))
    torn = sum(abs(a.end_s - b.start_s) > 0.002 for a, b in pairwise(after))
    return [
        Figure("lecture_memory", f"MB of memory, {minutes}", cost.memory_bytes / 2**20, 650),
        Figure("lecture_cpu", f"CPU s per s, {minutes}", sum(cost.cpu_s.values()) / made.length_s, 0.16),
        Figure("lecture_kept", f"stretches kept before kill -9, of {len(after)}", len(before), None),
        Figure("lecture_again", "of these heard again", changed, 0),
        Figure(
            "lecture_torn", "stretches missing, or begun elsewhere than where the last one ended", torn, 0
        ),
        Figure(
            "lecture_twice",
            "s begun twice: the stretch at which it was killed",
            behind.end_s - behind.start_s,
            28,
        ),
        *_words(made, after),
    ]


def _words(made: Lecture, after: list[Stretch]) -> list[Figure]:
    wrong = [errors(plain(one.text), _said(one, after)) for one in made.blocks if one.text]
    heard = [
        errors(sounds(one.text), sounds(_said(one, after)))[0] * len(sounds(one.text))
        for one in made.blocks
        if one.text
    ]
    length = sum(len(plain(one.text)) for one in made.blocks)
    syllables = sum(len(sounds(one.text)) for one in made.blocks if one.text)
    characters = sum(
        share * len(plain(one.text))
        for (share, _left), one in zip(wrong, (one for one in made.blocks if one.text), strict=True)
    )
    quiet = sum(len(_said(one, after)) for one in made.blocks if not one.text)
    everything = "".join(str(word[2]) for one in after for word in one.words)
    left = sum(one != new for one, new in zip(everything, simplified(everything), strict=True))
    return [
        Figure(
            "lecture_cer",
            "wrong characters of that lecture, in rooms of 30 to 15 dB",
            characters / length,
            None,
        ),
        Figure("lecture_per", "wrong toneless syllables of it", sum(heard) / syllables, None),
        Figure("lecture_quiet", "characters in its minutes of music and of silence", quiet, 0),
        Figure("lecture_traditional", "traditional characters left in it", left, 0),
    ]


def _said(block: Block, after: list[Stretch]) -> str:
    words = (word for one in after for word in one.words)
    inside = (w for w in words if block.start_s <= (float(str(w[0])) + float(str(w[1]))) / 2 < block.end_s)
    return plain("".join(str(word[2]) for word in inside))


def _environment(folder: Path, model: Path | None) -> dict[str, str]:
    named = {"WEIKE_SPEECH_MODEL": str(model)} if model is not None else {}
    # Nothing else is done in this library: there is nobody to stand back for.
    ours = {"WEIKE_DATA": str(folder / "data"), "WEIKE_SPEECH": "on-request", "WEIKE_SPEECH_NICE": "0"}
    return {**os.environ, **ours, **named}


def _weike(*words: str) -> list[str]:
    return [sys.executable, "-m", "server.cli", *words]


def _ingested(folder: Path, model: Path | None, made: Lecture) -> str:
    """Take the lecture in as a recording; returns its lesson."""
    file = folder / "lecture.m4a"
    command = [str(find_tools().ffmpeg), "-v", "error", "-f", "s16le", "-ar", str(RATE_HZ), "-ac", "1"]
    coded = [*command, "-i", "-", "-c:a", "aac", "-b:a", "96k", str(file)]
    subprocess.run(coded, input=raw(made.samples), check=True)
    told = subprocess.run(
        _weike("ingest", str(file), "--title", "一讲", "--json"),
        env=_environment(folder, model),
        stdout=subprocess.PIPE,
        check=True,
    )
    return str(json.loads(told.stdout)["lesson"])


def _run(
    folder: Path, model: Path | None, lesson: str, cost: Cost, db: Database, kill_at_s: float | None = None
) -> None:
    """Hear a lesson; where it was heard up to `kill_at_s`, kill all of it in the next stretch."""
    whole = subprocess.Popen(
        _weike("speech", "run", lesson, "--json"), env=_environment(folder, model), stdout=subprocess.DEVNULL
    )
    while whole.poll() is None:
        cost.look(whole.pid)
        if kill_at_s is not None and (stretches(db) or [Stretch(0.0, 0.0, [])])[-1].end_s >= kill_at_s:
            time.sleep(0.3)  # into the next stretch
            for pid in (whole.pid, *below(whole.pid)):
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            whole.wait()
            return
        time.sleep(_LOOK_S)
    if whole.returncode:
        raise SystemExit(f"bench: weike speech run ended with {whole.returncode}")


def stretches(db: Database) -> list[Stretch]:
    """What is kept, in its order."""
    with db.read() as session:
        rows = session.execute(select(Chunk.start_s, Chunk.end_s, Chunk.words).order_by(Chunk.n))
        return [Stretch(start_s, end_s, words) for start_s, end_s, words in rows]
