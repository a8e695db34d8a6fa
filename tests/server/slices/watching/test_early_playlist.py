"""Watching the beginning of a clip while the rest of it is made."""

from __future__ import annotations

import re

import httpx
import m3u8
import pytest

from library.catalog import actions as catalog
from library.catalog.permits import LessonState
from library.catalog.tables import Clip
from library.intake.files.early_playlist import with_addresses
from library.intake.files.objects import clip_prefix
from library.intake.files.previews import GROWING, early_digest
from tests.server.conftest import Put, Shelf
from tests.support.client import PLAIN
from tests.support.server import Served
from transcode.hls.early_playlist import event_playlist
from transcode.hls.playlist import Segment

EARLY = early_digest("0" * 12)


def begun(served: Served, shelf: Shelf, state: LessonState = LessonState.DRAFT) -> Put:
    """A lesson whose clip is being made: its first segment is there."""
    put = shelf.lesson(state)
    with served.ports.db.write() as session:
        clip = session.get_one(Clip, put.clip)
        clip.plan = None
        catalog.clip_growing(session, clip, EARLY)
    folder = served.data / "objects" / clip_prefix(put.clip, EARLY)
    (folder / "480p").mkdir(parents=True)
    (folder / "480p/init.mp4").write_bytes(b"init")
    (folder / "480p/00001.m4s").write_bytes(b"first")
    text = event_playlist("480p/init.mp4", [Segment("480p/00001.m4s", 6.0)], 6.0, ended=False)
    (folder / GROWING).write_text(text, encoding="utf-8")
    return put


@pytest.mark.slow
def test_the_lecturer_watches_what_is_there(served: Served, shelf: Shelf) -> None:
    put = begun(served, shelf)
    owner = served.person("lecturer")
    page = owner.http.get(f"/clips/{put.clip}")
    assert page.status_code == 200
    assert f"/clips/{put.clip}/growing.m3u8" in page.text
    assert "这一段还在制作" in page.text
    answer = owner.http.get(f"/clips/{put.clip}/growing.m3u8")
    assert answer.headers["cache-control"] == "no-store"
    playlist = m3u8.loads(answer.text)
    assert not playlist.is_endlist
    [segment] = playlist.segments
    assert httpx.get(served.base_url + segment.uri, verify=PLAIN).content == b"first"
    assert httpx.get(served.base_url + segment.init_section.uri, verify=PLAIN).content == b"init"


def test_once_it_is_made_the_same_address_gives_all_of_it(served: Served, shelf: Shelf) -> None:
    put = shelf.lesson()
    answer = served.person("lecturer").http.get(f"/clips/{put.clip}/growing.m3u8")
    assert m3u8.loads(answer.text).is_endlist


@pytest.mark.parametrize("who", ["nobody", "member", "other"])
def test_others_wait_until_it_is_made(served: Served, shelf: Shelf, who: str) -> None:
    put = begun(served, shelf, LessonState.PUBLISHED)
    person = served.person(who)
    assert person.http.get(f"/clips/{put.clip}").status_code == 409
    refused = 303 if who == "nobody" else 403
    assert person.http.get(f"/clips/{put.clip}/growing.m3u8").status_code == refused


def test_watching_it_counts_nothing(served: Served, shelf: Shelf) -> None:
    put = begun(served, shelf)
    answer = served.person("lecturer").api("POST", f"/clips/{put.clip}/plays")
    assert answer.status_code == 409


def test_before_the_first_segment_there_is_nothing(served: Served, shelf: Shelf) -> None:
    put = shelf.lesson()
    with served.ports.db.write() as session:
        session.get_one(Clip, put.clip).plan = None
    owner = served.person("lecturer")
    assert owner.http.get(f"/clips/{put.clip}/growing.m3u8").status_code == 404
    assert owner.http.get(f"/clips/{put.clip}").status_code == 409


def test_every_address_of_a_playlist_is_signed_and_nothing_else_changes() -> None:
    text = '#EXTM3U\n#EXT-X-MAP:URI="init.mp4"\n#EXTINF:6.0,\n00001.m4s\n\n#EXT-X-ENDLIST\n'
    signed = with_addresses(text, "480p/index.m3u8", lambda file: f"/signed/{file}")
    assert re.findall(r"/signed/[^\"\s]+", signed) == ["/signed/480p/init.mp4", "/signed/480p/00001.m4s"]
    assert signed.replace("/signed/480p/", "") == text
