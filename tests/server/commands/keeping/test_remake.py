"""Files that were lost or damaged are named by doctor, and made again by one command, as they were."""

from __future__ import annotations

import logging
import shutil
from pathlib import Path
from typing import Any

import pytest

from library.catalog import queries as catalog
from library.core.clock import utc_now
from library.intake import queries
from library.intake.files.remaking import ClipFiles, Lost, judge
from server.wiring import Ports
from tests.server.commands.conftest import Ran, Weike
from tests.support.views import watch

pytestmark = pytest.mark.dear(31)


def checks(weike: Weike) -> dict[str, tuple[str, str]]:
    """The status and the words of what doctor looks at, by name."""
    ran = weike("doctor", "--json")
    return {check["name"]: (check["status"], check["message"]) for check in ran.json["checks"]}


def remade(weike: Weike, *what: str) -> Ran:
    """Make something again, with a worker of this process."""
    logging.getLogger("dbos").handlers = []  # the last worker's wrote to a standard error that is closed
    return weike("remake", *what, "--wait")


def tree(folder: Path) -> dict[str, int]:
    """The files of a folder with their sizes."""
    return {str(f.relative_to(folder)): f.stat().st_size for f in folder.rglob("*") if f.is_file()}


@pytest.fixture
def taken(weike: Weike, short: Path) -> dict[str, Any]:
    """A lesson with a clip that plays, published."""
    ran = weike("ingest", short, "--title", "绿水青山", "--lecturer", "王芳", "--publish", "--json")
    assert ran.code == 0, ran.err
    lesson: dict[str, Any] = ran.json
    return lesson


@pytest.mark.slow
def test_what_was_lost_is_named_and_made_again_as_it_was(
    weike: Weike, ports: Ports, data: Path, taken: dict[str, Any]
) -> None:
    lesson_id = taken["lesson"]
    assert {checks(weike)[name][0] for name in ("clips", "originals", "pages_of_database")} == {"ok"}
    with ports.db.write() as session:
        clip = catalog.lesson(session, lesson_id).clips[0]
        recording = queries.recording_of(session, lesson_id)
        assert recording is not None
        board = data / "objects" / "storyboards" / recording.id
        watch(session, clip, 3, utc_now())
        was = (clip.id, clip.n, clip.plan, clip.poster, clip.stills, clip.start_s, clip.end_s)
        folder = data / "objects" / "clips" / clip.id / str(clip.plan)
    files, boards = tree(folder), tree(board)
    largest = max(files, key=lambda name: files[name])

    def as_it_was() -> None:
        with ports.db.read() as session:
            lesson = catalog.lesson(session, lesson_id)
            [clip] = lesson.clips
            assert (clip.id, clip.n, clip.plan, clip.poster, clip.stills, clip.start_s, clip.end_s) == was
            assert lesson.state == "published"
        assert set(tree(folder)) == set(files)
        assert set(tree(board)) == set(boards)
        assert checks(weike)["clips"][0] == "ok"

    def lose(what: str) -> None:
        if what == "folder":
            shutil.rmtree(folder)
        elif what == "poster":
            (folder / str(was[3])).unlink()
        elif what == "segment":
            (folder / largest).write_bytes(b"short")
        else:
            shutil.rmtree(board)

    for what in ("folder", "segment", "poster", "storyboard"):
        lose(what)
        status, message = checks(weike)["clips"]
        assert status == "bad", what
        assert "绿水青山" in message
        assert (lesson_id if what == "storyboard" else was[0]) in message, what
        ran = remade(weike, "--lost", "--json")
        assert ran.code == 0, (what, ran.out, ran.err)
        [order] = ran.json["remade"]
        assert order["clips"] == ([] if what == "storyboard" else [was[0]])
        as_it_was()
    assert weike("stats", lesson_id, "--json").json["views"] == 3

    nothing = weike("remake", lesson_id)
    assert (nothing.code, "不用重新制作" in nothing.out) == (0, True)
    # The same bytes, but others than they were: nobody sees that from outside, and a person may say so.
    (folder / largest).write_bytes(bytes(files[largest]))
    assert remade(weike, was[0]).code == 0
    assert (folder / largest).read_bytes() != bytes(files[largest])
    as_it_was()


@pytest.mark.slow
def test_an_original_that_was_lost_is_named_and_nothing_is_made_of_another(
    weike: Weike, ports: Ports, data: Path, taken: dict[str, Any]
) -> None:
    lesson_id = taken["lesson"]
    [original] = [f for f in (data / "objects" / "originals").rglob("*") if f.is_file()]
    kept = original.read_bytes()
    with ports.db.read() as session:
        [clip] = catalog.lesson(session, lesson_id).clips
        folder = data / "objects" / "clips" / clip.id / str(clip.plan)
    files = tree(folder)
    original.write_bytes(bytes(len(kept)))  # as large as it was
    ran = weike("remake", clip.id, "--json")
    assert ran.code == 1
    assert ran.json["failed"][0]["reason"] == "original_gone"
    assert tree(folder) == files, "the clip that plays was left alone"
    original.unlink()
    status, message = checks(weike)["originals"]
    assert status == "bad"
    assert original.name in message
    assert "绿水青山" in message
    assert checks(weike)["clips"][0] == "ok"
    original.write_bytes(kept)
    assert checks(weike)["originals"][0] == "ok"
    assert weike("remake", "0123456789abcdef").code == 2
    assert weike("remake").code == 2


def test_a_clip_is_judged_by_its_names_and_sizes() -> None:
    clip = ClipFiles("c", 1, "clips/c/p", 30, "poster.jpg", "l", "课")

    def told(**sizes: int) -> tuple[str, bool] | None:
        lost: Lost | None = judge(clip, [(name.replace("_", "."), size) for name, size in sizes.items()])
        return None if lost is None else (lost.kind.value, lost.damaged)

    assert told() == ("clip", False)
    assert told(poster_jpg=10) == ("clip", True)
    assert told(master_m3u8=10, poster_jpg=20) is None
    assert told(master_m3u8=10, poster_jpg=19) == ("clip", True)
    assert told(master_m3u8=30) == ("poster", False)
    later = [("master.m3u8", 10), ("poster.jpg", 20), ("download_720p_0a.mp4", 99)]
    assert judge(clip, later) is None, "made when somebody saved the clip"
