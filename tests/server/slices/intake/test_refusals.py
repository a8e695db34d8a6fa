"""Uploads that cannot begin: a status, a code for programs, and words with the numbers in them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.server.conftest import Shelf
from tests.support.client import Person
from tests.support.server import Served, in_thread, new_data

pytestmark = [pytest.mark.slow, pytest.mark.every]

MB = 1024 * 1024


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A library that takes files up to 3 MB, and 5 MB from one person."""
    data = new_data(tmp_path_factory.mktemp("small") / "data")
    with in_thread(data, max_upload_bytes=3 * MB, quota_bytes=5 * MB, keep_free_bytes=0) as served:
        yield served


def refused(person: Person, file_name: str, size_bytes: int) -> tuple[int, str, str]:
    """Ask to upload; returns the status, the code and the words."""
    answer = person.begin_upload(person.new_lesson("课"), file_name, size_bytes)
    body = answer.json()
    return answer.status_code, body["error"], body["message"]


def test_a_file_that_is_too_large(small: Served) -> None:
    status, code, words = refused(small.person("lecturer"), "x.mp4", 4 * MB)
    assert (status, code) == (413, "upload_size")
    assert "3 MB" in words.replace(".0", "").replace("MiB", "MB")
    assert "4 MB" in words.replace(".0", "").replace("MiB", "MB")


def test_more_than_ones_share(small: Served) -> None:
    with small.signed_in("other") as person:
        for _ in range(2):
            assert person.begin_upload(person.new_lesson("课"), "x.mp4", 2 * MB).status_code == 201
        status, code, words = refused(person, "x.mp4", 2 * MB)
    assert (status, code) == (413, "upload_quota")
    assert "1 MB" in words.replace(".0", "").replace("MiB", "MB")


def test_an_upload_that_is_given_up_frees_ones_share(small: Served) -> None:
    with small.signed_in("staff") as person:
        first = person.begin_upload(person.new_lesson("课"), "x.mp4", 3 * MB)
        assert refused(person, "x.mp4", 3 * MB)[1] == "upload_quota"
        headers = {"X-CSRF-Token": person.csrf(), "Tus-Resumable": "1.0.0"}
        assert person.http.delete(first.headers["Location"], headers=headers).status_code == 204
        assert person.begin_upload(person.new_lesson("课"), "x.mp4", 3 * MB).status_code == 201


@pytest.mark.parametrize("file_name", ["MOV001.TOD", "讲课", "a.m2t", "党课.docx"])
def test_no_name_is_a_reason_before_the_bytes_are_here(small: Served, file_name: str) -> None:
    with small.signed_in("staff") as person:
        assert person.begin_upload(person.new_lesson("课"), file_name, 10).status_code == 201


def test_a_file_without_a_name(small: Served) -> None:
    assert refused(small.person("lecturer"), " ", 10)[:2] == (422, "upload_name")


def test_a_disk_without_room(tmp_path: Path) -> None:
    with in_thread(new_data(tmp_path / "data"), keep_free_bytes=2**60) as served:
        status, code, words = refused(served.person("lecturer"), "x.mp4", 10)
    assert (status, code) == (413, "disk_room")
    assert "空间" in words


@pytest.mark.parametrize("length", ["-1", "x", "1e3", "99999999999999999999999"])
def test_a_length_that_is_none(small: Served, length: str) -> None:
    person = small.person("lecturer")
    headers = {"X-CSRF-Token": person.csrf(), "Tus-Resumable": "1.0.0", "Upload-Length": length}
    answer = person.http.post("/tus/", headers=headers)
    assert answer.status_code in (400, 404, 413, 422)
    assert answer.json()["message"]


def test_a_second_recording_of_a_lesson(served: Served, shelf: Shelf) -> None:
    put = shelf.lesson(recording="ready")
    answer = served.person("lecturer").begin_upload(put.lesson, "x.mp4", 10)
    assert answer.status_code == 409
    assert answer.json()["error"] == "lesson_has_recording"


def test_a_chunk_at_the_wrong_place(served: Served, shelf: Shelf) -> None:
    path = shelf.upload()
    lecturer = served.person("lecturer")
    for at in (0, 2, 10, 99):
        assert lecturer.send_chunk(path, b"x", at).status_code == 409
    assert lecturer.send_chunk(path, b"x" * 20, 1).status_code in (400, 413), "more than was told"
    assert lecturer.offset(path) == 1


def test_a_chunk_larger_than_proxies_let_through(served: Served, shelf: Shelf) -> None:
    person = served.person("lecturer")
    begun = person.begin_upload(person.new_lesson("大"), "x.mp4", 20 * MB)
    answer = person.send_chunk(begun.headers["Location"], bytes(9 * MB), 0)
    assert answer.status_code == 413
    assert answer.json()["error"] == "body_size"


def test_refusals_are_in_the_language_of_the_reader(small: Served) -> None:
    with Person(small.base_url, "en") as person:
        person.sign_in("lecturer", "test-password-lecturer")
        _status, _code, words = refused(person, " ", 10)
    assert words.isascii()
    assert "name" in words
