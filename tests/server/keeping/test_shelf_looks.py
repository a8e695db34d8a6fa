"""A folder of backups whose disk does not answer holds nobody for longer than a moment."""

from __future__ import annotations

import json
import os
import threading
from pathlib import Path
from time import monotonic

import pytest

from server.keeping.shelf import FACTS, FORMAT, MARK
from server.keeping.shelf_looks import ShelfLooks


@pytest.mark.slow
def test_a_disk_that_does_not_answer_is_told_and_one_look_is_enough_for_all(tmp_path: Path) -> None:
    place = tmp_path / "backups" / "20261201T010203.000001Z"
    place.mkdir(parents=True)
    (tmp_path / MARK).write_text(json.dumps({"format": FORMAT}))
    os.mkfifo(place / FACTS)  # who opens it waits for a writer, as on a mount whose server is gone
    looks, before = ShelfLooks(wait_s=0.3), threading.active_count()
    began = monotonic()
    assert [looks.listing(tmp_path).problem for _ in range(5)] == ["shelf_silent"] * 5
    assert monotonic() - began < 1.2, "the first waits, the others are told at once"
    assert threading.active_count() == before + 1, "five who ask are one look"
    assert ShelfLooks(wait_s=5).listing(tmp_path / "other").problem == "shelf_away"
    (place / FACTS).open("w").close()  # it answers again
    for thread in threading.enumerate():
        if thread.name == "shelf look":
            thread.join(5)
    (place / FACTS).unlink()
    found = ShelfLooks(wait_s=5).listing(tmp_path)
    assert (found.problem, [one.fault for one in found.backups]) == ("", ["facts"])
