"""A recogniser that says what was written down for it, held to the contract of `speech.child`; a script.

`python fake_recogniser.py SCRIPT.json --start-s S`: SCRIPT is {"chunks": [...], "hold": N or null, "error":
text or null}. It takes sound from stdin, prints the chunks that begin at S or later, each once its sound is
here, and before chunk `hold` it waits for ever. The "end" says how much sound came.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

RATE = 32_000  # bytes a second


def main() -> int:
    """Say it."""
    script = json.loads(Path(sys.argv[1]).read_text("utf-8"))
    start_s, came = float(sys.argv[3]), 0
    for n, chunk in enumerate(script["chunks"]):
        if chunk["start_s"] < start_s - 1e-6:
            continue
        while n == script.get("hold"):
            time.sleep(60)
        while came < (chunk["end_s"] - start_s) * RATE - RATE / 10:
            sound = sys.stdin.buffer.read1(65_536)
            if not sound:
                return said({"kind": "error", "code": "too_short", "text": f"only {came} bytes"}) or 3
            came += len(sound)
        said({"kind": "chunk", "pauses": [], "remarks": [], **chunk})
    if script.get("error"):
        return said({"kind": "error", "code": "broken", "text": script["error"]}) or 3
    while sound := sys.stdin.buffer.read(65_536):
        came += len(sound)
    return said({"kind": "end", "heard_s": start_s + came / RATE})


def said(value: object) -> int:
    """Print a line, and have it gone."""
    print(json.dumps(value, ensure_ascii=False), flush=True)  # noqa: T201 - that is what it is for
    return 0


if __name__ == "__main__":
    sys.exit(main())
