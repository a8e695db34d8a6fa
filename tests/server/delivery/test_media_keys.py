"""The file of media secrets: old ones go on working, a change is whole, and running processes notice."""

from __future__ import annotations

import os
import stat
import time
from pathlib import Path

import pytest

from library.core.clock import utc_now
from server.delivery import media_keys
from server.delivery.media_keys import SETTLE_S, MediaKeys
from server.delivery.signing import MediaSigner, key_id
from server.secrets import SecretUnreadable
from tests.support.together import together

pytestmark = pytest.mark.dear(10)

CLIP, PLAN = "abcdefgh23456789", "0123456789ab"
OLD = "an-old-secret-of-one-line-0123456789abcdefg"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A secret file as versions before this one left it."""
    file = tmp_path / "media_secret"
    file.write_text(OLD)
    file.chmod(0o600)
    return file


def address(signer: MediaSigner) -> str:
    return signer.path(CLIP, PLAN, "master.m3u8", "everyone", int(time.time()) + 600)


def plays(keys: MediaKeys, path: str) -> bool:
    return keys.signer.read(path, utc_now()) is not None


def age(file: Path, by_s: float) -> None:
    """Make the file look as if it had been written before."""
    then = time.time() - by_s
    os.utime(file, (then, then))


def until_noticed(keys: MediaKeys, path: str, *, plays_then: bool) -> None:
    end = time.monotonic() + 10
    while plays(keys, path) is not plays_then:
        assert time.monotonic() < end, "the change is not noticed"
        time.sleep(0.05)


def test_an_old_file_of_one_line_goes_on_working(file: Path) -> None:
    assert plays(MediaKeys(file), address(MediaSigner(OLD)))
    assert address(MediaKeys(file).signer).split("/")[2] == key_id(OLD)


@pytest.mark.slow
def test_a_running_process_signs_with_the_new_one_and_plays_what_the_old_one_signed(file: Path) -> None:
    keys = MediaKeys(file)
    before = address(keys.signer)
    rotated = media_keys.rotate(file)
    assert rotated.previous == OLD
    of_the_new = address(MediaSigner(rotated.current))
    until_noticed(keys, of_the_new, plays_then=True)
    assert plays(keys, before)
    assert address(keys.signer).split("/")[2] == key_id(OLD), "others may not have read the new one yet"
    age(file, SETTLE_S)
    end = time.monotonic() + 10
    while address(keys.signer).split("/")[2] != key_id(rotated.current):
        assert time.monotonic() < end
        time.sleep(0.05)
    assert plays(keys, before)
    assert address(MediaKeys(file).signer).split("/")[2] == key_id(rotated.current)


@pytest.mark.slow
def test_rotating_twice_ends_what_was_signed_before_the_first(file: Path) -> None:
    keys = MediaKeys(file)
    before = address(keys.signer)
    between = address(MediaSigner(media_keys.rotate(file).current))
    media_keys.rotate(file)
    until_noticed(keys, before, plays_then=False)
    assert plays(keys, between)


@pytest.mark.slow
def test_revoking_ends_every_address_and_signs_anew_at_once(file: Path) -> None:
    media_keys.rotate(file)
    keys = MediaKeys(file)
    before = address(keys.signer)
    fresh = media_keys.revoke_all(file)
    until_noticed(keys, before, plays_then=False)
    assert address(keys.signer).split("/")[2] == key_id(fresh.current)
    assert fresh.previous is None


def test_a_change_is_whole_and_for_the_owner_only(file: Path) -> None:
    keys = media_keys.rotate(file)
    assert file.read_text() == f"{keys.current}\n{OLD}\n"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [path.name for path in file.parent.iterdir()] == ["media_secret"]
    assert len(keys.current) >= 32
    assert set(keys.current) <= set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_")


def test_a_group_that_was_let_in_stays_in(file: Path) -> None:
    """Where nginx runs as somebody else it reads the file through its group."""
    file.chmod(0o640)
    media_keys.rotate(file)
    assert stat.S_IMODE(file.stat().st_mode) == 0o640


def test_two_changes_at_once_lose_none(file: Path) -> None:
    first, second = together([lambda: media_keys.rotate(file)] * 2)
    left = media_keys.parse(file.read_text(), file)
    assert {left.current, left.previous} == {first.current, second.current}


@pytest.mark.parametrize("text", ["", "\n\n", "short", f"{OLD}\nshort", f"{OLD}\n{OLD}x\n{OLD}y"], ids=repr)
@pytest.mark.slow
def test_a_file_that_cannot_be_used_is_refused_and_changes_nothing_that_runs(file: Path, text: str) -> None:
    keys = MediaKeys(file)
    before = address(keys.signer)
    file.write_text(text)
    with pytest.raises(SecretUnreadable):
        MediaKeys(file)
    time.sleep(1.1)
    assert plays(keys, before)
    file.write_text(f"{OLD[::-1]}\n")
    until_noticed(keys, before, plays_then=False)


def test_line_ends_of_another_system_do_no_harm(file: Path) -> None:
    file.write_bytes(f"{OLD}\r\n{OLD[::-1]}\r\n".encode())
    age(file, SETTLE_S)
    assert address(MediaKeys(file).signer).split("/")[2] == key_id(OLD)
