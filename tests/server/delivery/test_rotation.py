"""Other keys while everything runs: what the one before signed plays on, and everything can be ended."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from server.delivery import media_keys
from server.delivery.signing import MediaSigner
from tests.server.delivery.conftest import CLIP, HOUR_S, PLAN, Form

pytestmark = pytest.mark.dear(23)

SOON_S = 30.0


def until(what: str, holds: Callable[[], bool]) -> None:
    end = time.monotonic() + SOON_S
    while not holds():
        assert time.monotonic() < end, what
        time.sleep(0.1)


@pytest.mark.slow
def test_keys_change_without_a_restart(form: Form) -> None:
    file = form.data / "media_secret"

    def status(address: str) -> int:
        return form.raw(address)[0]

    def signed_by(secret: str) -> str:
        return MediaSigner(secret).path(CLIP, PLAN, "master.m3u8", "everyone", int(time.time()) + HOUR_S)

    before = form.path("master.m3u8")
    second = media_keys.rotate(file).current
    until("what the new key signs plays", lambda: status(signed_by(second)) == 200)
    assert status(before) == 200, "what the key before signed plays on"
    third = media_keys.rotate(file).current
    until("what the third key signs plays", lambda: status(signed_by(third)) == 200)
    until("the first key is forgotten", lambda: status(before) == 403)
    assert status(signed_by(second)) == 200
    media_keys.revoke_all(file)
    until("everything is ended", lambda: {status(signed_by(one)) for one in (second, third)} == {403})
    until("what is signed now plays", lambda: status(form.path("master.m3u8")) == 200)


@pytest.mark.slow
def test_a_slip_in_the_file_stops_no_lesson(form: Form) -> None:
    file = form.data / "media_secret"
    was, good = file.read_text(), form.path("master.m3u8")
    file.write_text('word"; } evil\n')
    time.sleep(3)  # longer than whoever looks at the file waits
    assert form.raw(good)[0] == 200
    file.write_text(was)
    until("it plays still", lambda: form.raw(form.path("master.m3u8"))[0] == 200)
