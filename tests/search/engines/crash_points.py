"""Kill a writer (SIGKILL) at its n-th touch of a file, for every n, and say what the next reader finds.

    python -m tests.search.engines.crash_points FOLDER

Run as a process of its own: each kill happens in a fork of it that has already loaded everything, so that a
hundred kills take seconds. Prints one JSON list with an object per kill.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import sys
from pathlib import Path

from search.document import Document
from search.engines.whoosh.index import WhooshIndex
from search.rebuilding import rebuild

EVERYONE = frozenset(["everyone"])
# What a process does to files shows up as these audit events (PEP 578).
TOUCHES = {"open", "os.rename", "os.remove", "os.mkdir", "os.listdir", "os.rmdir", "shutil.rmtree"}
CLIPS = 3


def lesson(version: str) -> list[Document]:
    return [
        Document(id=f"c{n}", lesson="l", clip=f"c{n}", spoken=f"{version} 第{n}段", scope=EVERYONE)
        for n in range(CLIPS)
    ]


def die_at(touch: int) -> None:
    count = 0

    def hook(event: str, _: object) -> None:
        nonlocal count
        if event in TOUCHES:
            count += 1
            if count == touch:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(hook)


def commit(folder: Path) -> None:
    index = WhooshIndex.open_or_create(folder)
    index.apply(lesson("after"), [], 2)


def build_anew(folder: Path) -> None:
    rebuild(folder, lesson("after"), 2)


def state(folder: Path) -> dict[str, object]:
    index = WhooshIndex.open_or_create(folder)
    found: dict[str, object] = {
        "before": index.search("before", EVERYONE).total,
        "after": index.search("after", EVERYONE).total,
        "documents": index.doc_count(),
        "mark": index.mark(),
    }
    index.close()
    return found


def kill_everywhere(base: Path, work: Path, action: str, touches: range) -> list[dict[str, object]]:
    results: list[dict[str, object]] = []
    for touch in touches:
        folder = work / f"{action}{touch}"
        shutil.copytree(base, folder)
        child = os.fork()
        if child == 0:
            die_at(touch)
            {"commit": commit, "rebuild": build_anew}[action](folder)
            os._exit(0)
        _, status = os.waitpid(child, 0)
        killed = os.WIFSIGNALED(status)
        seen = state(folder)
        # The replay that the next start makes, on top of whatever the crash left.
        WhooshIndex.open_or_create(folder).apply(lesson("after"), [], 2)
        results.append({"touch": touch, "killed": killed, "seen": seen, "replayed": state(folder)})
        shutil.rmtree(folder)
        if not killed:
            return results
    return results


def main() -> None:
    work, touches = Path(sys.argv[1]), range(int(sys.argv[2]), 2000, int(sys.argv[3]))
    base = work / "base"
    index = WhooshIndex.open_or_create(base)
    # Seven commits before, so that the one that is killed also merges.
    for n in range(7):
        index.apply([Document(id=f"o{n}", lesson=f"o{n}", spoken="other", scope=EVERYONE)], [], 0)
    index.apply(lesson("before"), [], 1)
    index.close()
    json.dump(
        {action: kill_everywhere(base, work, action, touches) for action in ("commit", "rebuild")}, sys.stdout
    )


if __name__ == "__main__":
    main()
