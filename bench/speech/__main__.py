"""How well speech is recognised, scripts are aligned and what was recognised is found, and what that costs:
``python -m bench.speech``.

With the real model and a recording whose words and seconds are known (``--clip lecture.ogg --truth
lecture.json``; that of tests/speech otherwise). Last comes a lecture made of its sentences, which the whole
product hears and in whose middle it is killed: of ``--minutes N`` (12), or with ``--hour`` of an hour, which
takes a quarter of an hour of two processors. Put before all else with ``--first``, as root.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Callable
from pathlib import Path

from bench.measure import go_first, machine
from bench.report import Figure, show
from bench.speech.hearing import Clip, recognised, sound_of
from bench.speech.known_items import found_again
from bench.speech.lecture import heard_whole
from bench.speech.scripts import scripts
from bench.speech.unspoken import nothing_said
from bench.speech.words import recognition
from speech.models import ModelUnusable, usable

HERE = Path(__file__).resolve().parents[2] / "tests" / "speech"


def main() -> None:
    """Measure and show."""
    parser = argparse.ArgumentParser(prog="python -m bench.speech", description=__doc__)
    parser.add_argument("--clip", type=Path, default=HERE / "lecture_1.ogg")
    parser.add_argument("--truth", type=Path, default=HERE / "lecture_1.json")
    parser.add_argument("--model", type=Path)
    parser.add_argument("--minutes", type=float, default=12.0)
    parser.add_argument("--hour", action="store_true")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--first", action="store_true")
    arguments = parser.parse_args()
    if arguments.first:
        go_first([os.getpid()])
    about = machine()
    try:
        model = usable(arguments.model)
    except ModelUnusable as error:
        raise SystemExit(f"bench: {error.text}") from error
    clip = Clip(sound_of(arguments.clip), json.loads(arguments.truth.read_text(encoding="utf-8")))
    heard = recognised(model.folder, clip.samples)
    length_s = 3600.0 if arguments.hour else arguments.minutes * 60
    parts: dict[str, Callable[[], list[Figure]]] = {
        "words": lambda: recognition(model.folder, clip, heard),
        "nothing said": lambda: nothing_said(model.folder),
        "scripts": lambda: scripts(model.folder, clip, heard),
        "known items": lambda: found_again(clip, heard),
        "lecture": lambda: heard_whole(clip, arguments.model, length_s),
    }
    figures: list[Figure] = []
    for name, part in parts.items():
        print(f"bench: {name}", file=sys.stderr)
        for figure in part():
            print(f"  {figure.words}: {figure.value:.4f} {figure.verdict}", file=sys.stderr)
            figures.append(figure)
    about = f"{about}; {model.name}; {arguments.clip.name}, {clip.length_s:.0f} s"
    show(figures, about, as_json=arguments.json)


if __name__ == "__main__":
    main()
