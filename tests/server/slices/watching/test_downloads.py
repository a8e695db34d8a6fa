"""Taking a clip along, over HTTP: who may, what the file is called, and what the page offers."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import unquote

import pytest

from library.catalog.permits import Audience, LessonState
from library.catalog.tables import Clip
from library.intake.files.objects import clip_prefix
from server.delivery.answers import attachment
from server.web.files.attachments import file_name
from tests.server.conftest import Put, Shelf
from tests.support import factories
from tests.support.rendition import make_rendition
from tests.support.server import Served, in_thread, new_data

pytestmark = pytest.mark.slow
WECHAT = "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/122 Mobile MicroMessenger/8.0.49"


@pytest.fixture(scope="module")
def put(served: Served, shelf: Shelf, tmp_path_factory: pytest.TempPathFactory) -> Put:
    """A published lesson of two clips for signed-in people, with captions, of which one rendition is real."""
    made = shelf.lesson(LessonState.PUBLISHED, Audience.SIGNED_IN)
    folder = served.data / "objects" / clip_prefix(made.clip, factories.PLAN)
    make_rendition(folder / "240p")
    with served.ports.db.write() as session:
        clip = session.get_one(Clip, made.clip)
        clip.sizes = {"240p": 3_600_000, "audio": 400_000}
        clip.lesson.title = '新时代"枫桥经验"：进村/入户'
    return made


def test_a_member_saves_a_clip(served: Served, put: Put) -> None:
    member = served.person("member")
    lead = member.http.get(f"/clips/{put.clip}/download?quality=240p", follow_redirects=False)
    assert lead.status_code == 303
    file = member.http.get(lead.headers["location"])
    assert file.status_code == 200
    assert file.headers["content-type"] == "video/mp4"
    kind, _, name = file.headers["content-disposition"].partition("; filename*=UTF-8''")
    assert (kind, unquote(name)) == ("attachment", "新时代 枫桥经验 ：进村 入户-240p.mp4")
    assert file.content[4:8] == b"ftyp"
    assert "枫桥经验".encode() in file.content
    part = member.http.get(lead.headers["location"], headers={"Range": "bytes=4-7"})
    assert (part.status_code, part.content) == (206, b"ftyp")
    again = member.http.get(f"/clips/{put.clip}/download?quality=240p", follow_redirects=False)
    assert again.headers["location"] == lead.headers["location"]
    with served.ports.db.write() as session:
        session.get_one(Clip, put.clip).lesson.title = "改了名"
    renamed = member.http.get(f"/clips/{put.clip}/download?quality=240p", follow_redirects=False)
    assert renamed.headers["location"].partition("?")[0] != lead.headers["location"].partition("?")[0]


@pytest.mark.parametrize("quality", ["1080p", "", "../240p", "x"])
def test_a_quality_that_is_not_there(served: Served, put: Put, quality: str) -> None:
    answer = served.person("member").http.get(f"/clips/{put.clip}/download", params={"quality": quality})
    assert answer.status_code == 404


def test_the_page_offers_what_there_is(served: Served, put: Put) -> None:
    page = served.person("member").http.get(f"/clips/{put.clip}").text
    assert f'href="/clips/{put.clip}/download?quality=240p"' in page
    assert "约 3.4 MB" in page
    assert page.index("quality=240p") < page.index("quality=audio")


def test_in_wechat_the_page_says_where_to_save(served: Served, put: Put) -> None:
    page = served.person("member").http.get(f"/clips/{put.clip}", headers={"User-Agent": WECHAT}).text
    assert "在浏览器中打开" in page
    assert f'href="/clips/{put.clip}/download' not in page


def test_a_library_may_offer_no_downloads(tmp_path: Path) -> None:
    with in_thread(new_data(tmp_path / "data"), downloads=False) as served:
        put = Shelf(served).lesson(LessonState.PUBLISHED)
        with served.ports.db.write() as session:
            session.get_one(Clip, put.clip).sizes = {"720p": 1}
        nobody = served.person("nobody").http
        assert "download?quality" not in nobody.get(f"/clips/{put.clip}").text
        assert nobody.get(f"/clips/{put.clip}/download?quality=720p").status_code == 404


def test_names_that_every_system_takes() -> None:
    assert file_name('a/b\\c:d*e?f"g<h>i|j\n') == "a b c d e f g h i j"
    assert file_name("...") == "weike"
    assert len(file_name("党" * 200).encode()) == 180


@pytest.mark.parametrize(
    ("file", "query", "wanted"),
    [
        ("download_720p_00112233.mp4", b"name=%E8%AF%BE", b"attachment; filename*=UTF-8''%E8%AF%BE.mp4"),
        ("download_audio_00112233.m4a", b"", b"attachment; filename*=UTF-8''weike.m4a"),
        ("download_720p_00112233.mp4", b"name=a\r\nX: y", b"attachment; filename*=UTF-8''weike.mp4"),
        ("download_720p_00112233.mp4", b'name=a"b', b"attachment; filename*=UTF-8''weike.mp4"),
        ("00001.m4s", b"name=a", None),
        ("init.mp4", b"name=a", None),
    ],
)
def test_only_a_download_is_an_attachment(file: str, query: bytes, wanted: bytes | None) -> None:
    assert attachment(file, query) == ([(b"content-disposition", wanted)] if wanted else [])
