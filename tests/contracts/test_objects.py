"""What the library promises about its files, on a folder and on S3."""

from __future__ import annotations

import errno
import os
import shutil
from pathlib import Path
from typing import Any

import obstore
import pytest
from obstore.store import LocalStore, ObjectStore, S3Store

from library.intake.files import objects

FILES = ("480/init.mp4", "480/00001.m4s", "480/index.m3u8", "poster.jpg", "master.m3u8")
PREFIX = objects.clip_prefix("0123456789abcdef", "0123456789ab")


def content(store: ObjectStore, key: str) -> bytes:
    return bytes(obstore.get(store, key).bytes())


def keys(store: ObjectStore) -> set[str]:
    return {meta["path"] for batch in obstore.list(store) for meta in batch}


def made(folder: Path, said: bytes = b"new") -> Path:
    """A folder as encode_clip leaves it."""
    for name in FILES:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(said + name.encode())
    return folder


def test_a_kept_file_is_whole_under_its_key_and_gone_where_it_was(store: ObjectStore, tmp_path: Path) -> None:
    file = tmp_path / "-rf 党课.mp4"
    file.write_bytes(os.urandom(300_000))
    said, key = file.read_bytes(), objects.original_key("ab" * 32)
    assert not objects.exists(store, key)
    objects.keep_file(store, file, key)
    assert objects.exists(store, key)
    assert content(store, key) == said
    assert not file.exists()
    assert keys(store) == {key}


def test_keeping_the_same_bytes_again_is_fine(store: ObjectStore, tmp_path: Path) -> None:
    for _ in range(2):
        (tmp_path / "a").write_bytes(b"same")
        objects.keep_file(store, tmp_path / "a", "originals/aa/aa")
    assert content(store, "originals/aa/aa") == b"same"


@pytest.mark.every
@pytest.mark.slow
def test_a_file_larger_than_one_part_arrives_whole(store: ObjectStore, tmp_path: Path) -> None:
    file = tmp_path / "large"
    block = os.urandom(1024 * 1024)
    file.write_bytes(block * 17 + b"end")  # three parts on S3
    objects.keep_file(store, file, "originals/bb/bb")
    assert content(store, "originals/bb/bb") == block * 17 + b"end"


def test_a_missing_file_is_an_error_and_makes_no_object(store: ObjectStore, tmp_path: Path) -> None:
    with pytest.raises(OSError):
        objects.keep_file(store, tmp_path / "gone", "originals/cc/cc")
    assert not objects.exists(store, "originals/cc/cc")


def test_an_original_can_be_read_as_a_file_again_and_again(store: ObjectStore, tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"bytes of a lecture")
    objects.keep_file(store, tmp_path / "a", "originals/dd/dddd")
    first = objects.file_for(store, "originals/dd/dddd", tmp_path / "work")
    assert first.read_bytes() == b"bytes of a lecture"
    assert objects.file_for(store, "originals/dd/dddd", tmp_path / "work") == first
    if objects.local_root(store) is None:
        assert [p.name for p in (tmp_path / "work").iterdir()] == [
            "dddd"
        ]  # fetched once, nothing half-way left


def test_a_published_folder_holds_every_file_and_is_gone_where_it_was_made(
    store: ObjectStore, tmp_path: Path
) -> None:
    folder = made(tmp_path / "work")
    objects.publish_folder(store, folder, PREFIX, FILES)
    assert keys(store) == {f"{PREFIX}/{name}" for name in FILES}
    for name in FILES:
        assert content(store, f"{PREFIX}/{name}") == b"new" + name.encode()
    assert not folder.exists()


def test_publishing_again_after_a_crash_replaces_what_was_left(store: ObjectStore, tmp_path: Path) -> None:
    for said in (b"old", b"new"):
        objects.publish_folder(store, made(tmp_path / "work", said), PREFIX, FILES)
    assert keys(store) == {f"{PREFIX}/{name}" for name in FILES}
    assert content(store, f"{PREFIX}/master.m3u8") == b"newmaster.m3u8"


def test_the_master_is_not_there_until_everything_else_is(store: ObjectStore, tmp_path: Path) -> None:
    """The worker dies in the middle: whoever looks must not find a master that names missing files."""
    folder = made(tmp_path / "work")
    (folder / FILES[2]).unlink()
    with pytest.raises(OSError):
        objects.publish_folder(store, folder, PREFIX, FILES)
    assert not objects.exists(store, f"{PREFIX}/master.m3u8")
    assert folder.exists()  # nothing that was made is lost before it is published
    if objects.local_root(store) is not None:
        assert keys(store) == set()  # all or nothing
    made(folder)
    objects.publish_folder(store, folder, PREFIX, FILES)
    assert objects.exists(store, f"{PREFIX}/master.m3u8")


def test_on_s3_the_files_arrive_in_the_given_order(
    s3_url: str, s3_options: dict[str, Any], tmp_path: Path
) -> None:
    store = S3Store.from_url(s3_url, **s3_options)
    many = tuple(f"480/{n:05}.m4s" for n in range(2, 8)) + FILES
    folder = made(tmp_path / "work")
    for name in many:
        (folder / name).write_bytes(b"x")
    seen: list[int] = []
    for gone in (3, 9):  # stopped at each of these, everything before is there and nothing after
        objects.delete_prefix(store, PREFIX)
        (folder / many[gone]).rename(tmp_path / "aside")
        with pytest.raises(OSError):
            objects.publish_folder(store, folder, PREFIX, many)
        assert keys(store) == {f"{PREFIX}/{name}" for name in many[:gone]}
        (tmp_path / "aside").rename(folder / many[gone])
        seen.append(gone)
    assert seen == [3, 9]


def test_deleting_takes_one_folder_and_no_neighbour(store: ObjectStore, tmp_path: Path) -> None:
    other = PREFIX + "x"  # begins alike
    for prefix in (PREFIX, other):
        objects.publish_folder(store, made(tmp_path / "work"), prefix, FILES)
    objects.delete_prefix(store, PREFIX)
    assert keys(store) == {f"{other}/{name}" for name in FILES}
    objects.delete_prefix(store, PREFIX)
    objects.delete_prefix(store, "clips/never")


@pytest.mark.every
@pytest.mark.slow
def test_more_files_than_one_listing_are_all_deleted(store: ObjectStore) -> None:
    for n in range(60):
        obstore.put(store, f"{PREFIX}/{n:05}.m4s", b"x")
    objects.delete_prefix(store, "clips/0123456789abcdef")
    assert keys(store) == set()


# ---------------------------------------------------------------------- the folder only


@pytest.fixture
def folder_store(tmp_path: Path) -> LocalStore:
    (tmp_path / "objects").mkdir()
    return LocalStore(prefix=tmp_path / "objects")


def other_file_system(tmp_path: Path) -> Path:
    """A folder from which nothing can be renamed into `tmp_path`."""
    other = Path("/dev/shm")  # noqa: S108 - a file system of its own wherever there is one
    if not os.access(other, os.W_OK) or other.stat().st_dev == tmp_path.stat().st_dev:
        pytest.skip("this machine has only one file system to write to")
    return other


def test_a_file_from_another_file_system_is_copied_whole(folder_store: LocalStore, tmp_path: Path) -> None:
    file = other_file_system(tmp_path) / f"weike-{os.getpid()}"
    file.write_bytes(b"far away")
    try:
        objects.keep_file(folder_store, file, "originals/ee/ee")
        assert not file.exists()
    finally:
        file.unlink(missing_ok=True)
    assert content(folder_store, "originals/ee/ee") == b"far away"
    assert keys(folder_store) == {"originals/ee/ee"}


def test_a_rename_that_fails_for_another_reason_is_told(folder_store: LocalStore, tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"x")
    (tmp_path / "objects" / "originals" / "ff").mkdir(parents=True)
    (tmp_path / "objects" / "originals" / "ff" / "ff").mkdir()  # a folder is in the way
    with pytest.raises(OSError) as told:
        objects.keep_file(folder_store, tmp_path / "a", "originals/ff/ff")
    assert told.value.errno == errno.EISDIR
    assert (tmp_path / "a").exists()


def test_a_folder_published_over_another_file_system_is_not_silently_lost(
    folder_store: LocalStore, tmp_path: Path
) -> None:
    folder = made(other_file_system(tmp_path) / f"weike-work-{os.getpid()}")
    try:
        objects.publish_folder(folder_store, folder, PREFIX, FILES)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    assert keys(folder_store) == {f"{PREFIX}/{name}" for name in FILES}
