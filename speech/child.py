"""The process that recognises: raw sound in, one line of JSON for each chunk out.

``python -m speech.child --model FOLDER --start-s S [--threads N] [--terms-file F]`` reads s16le, 16
kHz, mono from stdin, whose first sample is that of second S of the recording. It writes, each flushed
at once:

``{"kind": "chunk", "start_s", "end_s", "words": [[start_s, end_s, text, probability]], "remarks":
[{"code", "count"}], "pauses": [[start_s, end_s]], "repairs": [[word, was, now]]}``, chunk after chunk
without a hole; at the end ``{"kind": "end", "heard_s", "cpu_s", "memory_bytes"}`` (of this process,
most at once); when it cannot go on ``{"kind": "error", "code", "text"}`` and an exit code of 1.

With ``--holes-file F``, JSON [[start_s, end_s, text]] in their order, it does not recognise but says how
likely each text is over its stretch: ``{"kind": "hole", "n": from 0, "probability": 0 to 1}``.

It keeps nothing: killed at any moment and started with S = the end of the last chunk that somebody
kept, it goes on.
"""

from __future__ import annotations

import argparse
import json
import resource
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from speech.chunking import Chunk
from speech.errors import SpeechError
from speech.listening import Heard, Listener
from speech.models import ModelUnusable
from speech.pauses import find_pauses
from speech.recogniser import RATE_HZ, Hints, Samples
from speech.repair import repair

BLOCK_S = 120
"""Speech is looked for in blocks of this length: an hour in one piece takes 3.4 GB, and ten minutes 260 MB
more than two do, which find the same chunks."""

_SAMPLE_BYTES = 2


def main(argv: Sequence[str] | None = None) -> int:
    """Recognise what comes on stdin; returns the exit code."""
    arguments = _arguments(argv)
    try:
        # Imported late, so that a missing package is a line of JSON and no traceback.
        from speech.adapters import forcer, listener

        if arguments.holes_file is not None:
            holes = json.loads(arguments.holes_file.read_text(encoding="utf-8"))
            force(forcer(arguments.model, arguments.threads), sys.stdin.buffer, arguments.start_s, holes)
            return 0
        hints = Hints(terms=_terms(arguments.terms_file))
        hear(listener(arguments.model, arguments.threads), sys.stdin.buffer, arguments.start_s, hints, _write)
    except SpeechError as error:
        text = error.text if isinstance(error, ModelUnusable) else str(error)
        _write({"kind": "error", "code": error.code, "text": text})
        return 1
    except Exception as error:
        _write({"kind": "error", "code": "not_recognised", "text": f"{type(error).__name__}: {error}"[:300]})
        return 1
    return 0


def force(
    probability: Callable[[Samples, str], float],
    sound: BinaryIO,
    start_s: float,
    holes: Sequence[tuple[float, float, str]],
) -> None:
    """Say how likely each text is over its stretch of a stream that begins at ``start_s``."""
    at = round(start_s * RATE_HZ)
    for n, (from_s, to_s, text) in enumerate(holes):
        first, last = round(from_s * RATE_HZ), round(to_s * RATE_HZ)
        while at < first and (skipped := sound.read(min(first - at, RATE_HZ) * _SAMPLE_BYTES)):
            at += len(skipped) // _SAMPLE_BYTES
        raw = sound.read(max(0, last - at) * _SAMPLE_BYTES)
        at += len(raw) // _SAMPLE_BYTES
        cut = np.frombuffer(raw[: len(raw) // _SAMPLE_BYTES * _SAMPLE_BYTES], dtype="<i2")
        likely = probability((cut / np.float32(32768)).astype(np.float32), text)
        _write({"kind": "hole", "n": n, "probability": round(likely, 5)})
    while sound.read(RATE_HZ):  # to its end: whoever feeds it must not be cut off
        pass
    _write({"kind": "end", "cpu_s": round(time.process_time(), 2), "memory_bytes": _most_memory_bytes()})


def hear(
    listener: Listener,
    sound: BinaryIO,
    start_s: float,
    hints: Hints,
    write: Callable[[dict[str, Any]], None],
) -> None:
    """Recognise a stream block by block and ``write`` each chunk."""
    heard_s = start_s
    for samples, offset_s, chunk in chunks(listener, sound, start_s):
        heard = listener.hear(samples, chunk, hints)
        hints = replace(hints, before=heard.carried)
        write(_line(samples, offset_s, chunk, heard, hints))
        heard_s = offset_s + chunk.end_s
    write(
        {
            "kind": "end",
            "heard_s": round(heard_s, 3),
            "cpu_s": round(time.process_time(), 2),
            "memory_bytes": _most_memory_bytes(),
        }
    )


def _most_memory_bytes() -> int:
    """Return the most memory that this program has held, None of it its parent's: getrusage(2) also counts
    what the process held that forked it, before it became this program."""
    with suppress(OSError):
        for line in Path("/proc/self/status").read_text("ascii").splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)


def chunks(listener: Listener, sound: BinaryIO, start_s: float) -> Iterator[tuple[Samples, float, Chunk]]:
    """Each chunk with the samples it lies in and their first second. The last chunk of a block is not
    whole yet: it begins the next one."""
    offset_s, held = start_s, np.empty(0, dtype=np.float32)
    while True:
        wanted = BLOCK_S * RATE_HZ - len(held)
        raw = sound.read(wanted * _SAMPLE_BYTES)
        ended = len(raw) < wanted * _SAMPLE_BYTES
        fresh = np.frombuffer(raw[: len(raw) // _SAMPLE_BYTES * _SAMPLE_BYTES], dtype="<i2")
        samples = np.concatenate([held, fresh.astype(np.float32) / 32768])
        found = listener.chunks(samples) if len(samples) else ()
        whole = found if ended or len(found) < 2 else found[:-1]
        for chunk in whole:
            yield samples, offset_s, chunk
        if ended:
            return
        kept_s = whole[-1].end_s
        offset_s += kept_s
        held = samples[round(kept_s * RATE_HZ) :].copy()


def _line(samples: Samples, offset_s: float, chunk: Chunk, heard: Heard, hints: Hints) -> dict[str, Any]:
    first, last = round(chunk.start_s * RATE_HZ), round(chunk.end_s * RATE_HZ)
    words, repairs = repair(heard.words, hints.terms)
    return {
        "kind": "chunk",
        "start_s": round(offset_s + chunk.start_s, 3),
        "end_s": round(offset_s + chunk.end_s, 3),
        "words": [
            [
                round(offset_s + word.start_s, 3),
                round(offset_s + word.end_s, 3),
                word.text,
                round(word.probability, 3),
            ]
            for word in words
        ],
        "remarks": [{"code": code, "count": count} for code, count in heard.remarks],
        "pauses": find_pauses(samples[first:last], offset_s + chunk.start_s),
        "repairs": [[one.at, one.was, one.now] for one in repairs],
    }


def _write(line: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(line, ensure_ascii=False, separators=(",", ":")) + "\n")
    sys.stdout.flush()


def _terms(file: Path | None) -> tuple[str, ...]:
    """A term on each line."""
    if file is None:
        return ()
    lines = file.read_text(encoding="utf-8").splitlines()
    return tuple(line.strip() for line in lines if line.strip())


def _arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="speech.child", description=__doc__)
    parser.add_argument("--model", type=Path, required=True)
    parser.add_argument("--start-s", type=float, default=0.0)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--terms-file", type=Path)
    parser.add_argument("--holes-file", type=Path)
    return parser.parse_args(argv)


if __name__ == "__main__":
    sys.exit(main())
