"""Uploads together take no more than there is: of the disk, and of what one person or one place may begin."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from library.intake.rules import Begun, UploadNumbers, check_numbers, promised_bytes
from tests.support.client import Person
from tests.support.outside.disks import small_disk
from tests.support.server import MovableClock, Served, in_thread, new_data

MB = 1024 * 1024


def begin(person: Person, size_bytes: int) -> httpx.Response:
    """Ask to upload a file for a new lesson."""
    return person.begin_upload(person.new_lesson("课"), "x.mp4", size_bytes)


@pytest.mark.slow
def test_five_uploads_that_fit_one_by_one_filled_the_disk(tmp_path: Path) -> None:
    data = tmp_path / "data"
    data.mkdir()
    with small_disk(data, 160 * MB), in_thread(new_data(data), keep_free_bytes=20 * MB) as served:
        lecturer = served.person("lecturer")
        begun = [begin(lecturer, 30 * MB) for _ in range(5)]
        taken = [one.headers["Location"] for one in begun if one.status_code == 201]
        assert len(taken) == 2, "each needs its own bytes, and as many for its clips"
        told = begun[-1].json()
        assert (begun[-1].status_code, told["error"]) == (413, "disk_room")
        for location in taken:
            for at in range(0, 30 * MB, 5 * MB):
                assert lecturer.send_chunk(location, bytes(5 * MB), at).status_code == 204
        assert shutil.disk_usage(data).free >= 20 * MB


@pytest.mark.slow
def test_a_chunk_was_written_into_what_is_kept_free(tmp_path: Path) -> None:
    data = tmp_path / "data"
    data.mkdir()
    with small_disk(data, 64 * MB), in_thread(new_data(data), keep_free_bytes=20 * MB) as served:
        lecturer = served.person("lecturer")
        location = begin(lecturer, 8 * MB).headers["Location"]
        ballast = data / "ballast"  # something else takes the room that was promised
        ballast.write_bytes(bytes(shutil.disk_usage(data).free - 23 * MB))
        answer = lecturer.send_chunk(location, b"1" * (8 * MB), 0)
        assert (answer.status_code, answer.json()["error"]) == (507, "disk_full")
        assert "重试" not in answer.json()["message"]
        assert shutil.disk_usage(data).free >= 20 * MB
        at = lecturer.offset(location)
        assert 2 * MB < at < 4 * MB, "what fitted stays"
        ballast.unlink()
        assert lecturer.send_chunk(location, b"1" * (8 * MB - at), at).status_code == 204
        [file] = [f for f in (data / "uploads").iterdir() if len(f.name) == 32]
        assert file.read_bytes() == b"1" * (8 * MB)


@pytest.fixture
def few(tmp_path: Path, clock: MovableClock) -> Iterator[Served]:
    """A library in which nobody may begin much."""
    numbers = {
        "uploads_open_person": 3,
        "uploads_open_address": 5,
        "uploads_hour_person": 6,
        "uploads_day_bytes_person": 100 * MB,
    }
    with in_thread(new_data(tmp_path / "data"), clock, **numbers) as served:
        yield served


def refused(answer: httpx.Response) -> str:
    """Why an upload was refused for now."""
    assert answer.status_code == 429, answer.text
    told = answer.json()
    assert told["message"]
    assert told["todo"]
    return str(told["error"])


@pytest.mark.slow
def test_one_person_or_one_place_could_begin_any_number(few: Served, clock: MovableClock) -> None:
    lecturer, other, staff = (few.person(name) for name in ("lecturer", "other", "staff"))
    open_ones = [begin(lecturer, MB) for _ in range(3)]
    assert {one.status_code for one in open_ones} == {201}
    assert refused(begin(lecturer, MB)) == "uploads_open"
    assert [begin(other, MB).status_code for _ in range(2)] == [201, 201]
    assert refused(begin(staff, MB)) == "uploads_open_here"
    headers = {"X-CSRF-Token": lecturer.csrf(), "Tus-Resumable": "1.0.0"}
    for one in open_ones:
        assert lecturer.http.delete(one.headers["Location"], headers=headers).status_code == 204
    lesson = lecturer.new_lesson("一再重选")
    again = [lecturer.begin_upload(lesson, "x.mp4", MB).status_code for _ in range(4)]
    assert again == [201, 201, 201, 429], "an upload that replaces another was begun too"
    clock.forward(hours=1.1)
    assert refused(begin(lecturer, 101 * MB)) == "uploads_day"
    assert begin(lecturer, 99 * MB).status_code == 201, "nothing came of those that were given up"
    assert refused(begin(lecturer, MB)) == "uploads_day"


def test_what_is_promised_of_a_disk() -> None:
    assert promised_bytes([], 0) == 0
    assert promised_bytes([(30, 0), (30, 10)], 5) == 60 + 50 + 5
    assert promised_bytes([(30, 99)], 0) == 30, "a file that grew beyond what was told promises nothing"


def test_no_number_is_no_limit() -> None:
    much = Begun(open=10**6, hour=10**6, day_bytes=10**15)
    check_numbers(10**12, much, much, UploadNumbers(0, 0, 0, 0, 0, 0))
