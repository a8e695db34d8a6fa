"""Settings that are chosen while the program runs, and the site's looks."""

from __future__ import annotations

import contextlib
import io
import re
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from library.audit import queries as audit
from library.audit.rules import Deed
from library.choices import actions
from library.choices.rules import EMBLEM_BYTES
from library.core.clock import utc_now
from library.core.database import Database
from library.core.errors import Invalid
from server.in_force import CHANGEABLE, SettingsInForce, value_of
from server.settings import Settings
from server.slices.settings.emblem import rewritten
from tests.server.slices.settings.roles import a_picture
from tests.support import server
from tests.support.client import PLAIN

pytestmark = pytest.mark.dear(10)

SVG = b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


@pytest.fixture
def own(tmp_path: Path) -> Iterator[server.Served]:
    """A server of its own, because every page of it changes."""
    with server.in_thread(server.new_data(tmp_path / "data")) as served:
        yield served


@pytest.mark.slow
def test_a_name_and_a_colour_are_on_every_page_and_another_process_sees_them(own: server.Served) -> None:
    admin = own.person("admin")
    with server.process(own.data, WEIKE_WORKER="false") as other:
        done = admin.post(
            "/system/branding",
            site_name="青溪县党课资料库",
            site_short_name="青溪党课",
            site_name_en="Qingxi library",
            accent="#0057b8",
            accent_dark="",
        )
        assert done.status_code == 303
        page = admin.http.get("/counting").text
        assert "· 青溪县党课资料库</title>" in page
        style = re.search(r'href="(/brand/[0-9a-f]+\.css)"', page)
        assert style is not None
        with httpx.Client(base_url=other.base_url, verify=PLAIN) as elsewhere:
            # The stylesheet of a page that this process has not made is there at once.
            sheet = elsewhere.get(style[1])
            assert sheet.status_code == 200
            assert "immutable" in sheet.headers["cache-control"]
            assert "--red:#0057b8" in sheet.text
            assert "prefers-color-scheme: dark" in sheet.text
            end = time.monotonic() + 20
            while "青溪县党课资料库" not in (seen := elsewhere.get("/counting").text):
                assert time.monotonic() < end, "the other process never learns it"
                time.sleep(0.1)
            assert style[1] in seen
            assert "Qingxi library" in elsewhere.get("/counting", headers={"accept-language": "en"}).text
    with own.ports.db.read() as session:
        found = audit.entries(session, audit.Wanted(deed=Deed.SETTING), 1).items
    assert {one.thing for one in found} >= {"site_name", "accent"}
    assert admin.post("/system/settings/site_name/reset").status_code == 303
    assert "青溪县党课资料库" not in admin.http.get("/counting").text


@pytest.mark.slow
def test_a_colour_that_cannot_be_read_is_refused_with_one_that_can(own: server.Served) -> None:
    answer = own.person("admin").post("/system/branding", site_name="名字", accent="#ffd700")
    assert answer.status_code == 422
    assert "名字" in answer.text, "what was typed is kept"
    offered = re.search(r"看得清的颜色是 (#[0-9a-f]{6})", answer.text)
    assert offered is not None
    assert own.ports.in_force.now.settings.site_name == "", "nothing of a refused form is kept"
    assert own.person("admin").post("/system/branding", accent=offered[1]).status_code == 303


@pytest.mark.slow
def test_a_limit_is_changed_said_by_whom_and_put_back(own: server.Served) -> None:
    admin = own.person("admin")
    assert admin.post("/system/settings/invitation_days", value="61").status_code == 422
    assert admin.post("/system/settings/invitation_days", value="9").status_code == 303
    assert own.ports.in_force.now.settings.invitation_days == 9
    page = admin.http.get("/system/settings").text
    row = page[page.index('id="invitation_days"') :].partition("</li>")[0]
    assert "<code>9</code>" in row
    assert "<code>14</code>" in row, "its default"
    assert "谁改的" in row
    assert admin.post("/system/settings/quota_bytes", value="").status_code == 303
    assert admin.post("/system/settings/invitation_days/reset").status_code == 303
    assert own.ports.in_force.now.settings.invitation_days == 14


@pytest.mark.slow
@pytest.mark.parametrize("name", ["three_admins", "database_url", "no_such_setting", "second_factor"])
def test_what_is_the_machines_is_not_chosen_on_a_page(own: server.Served, name: str) -> None:
    assert own.person("admin").post(f"/system/settings/{name}", value="true").status_code == 404


@pytest.mark.slow
def test_the_interface_changes_what_nobody_else_has_changed_meanwhile(own: server.Served) -> None:
    admin = own.person("admin")
    headers = {"X-CSRF-Token": admin.csrf()}
    at = "/api/v1/settings/invitation_days"
    read = admin.http.get("/api/v1/settings")
    version, etag = read.json()["version"], read.headers["etag"]
    assert etag == f'"{version}"'
    assert admin.http.put(at, json={"value": "9"}, headers=headers).status_code == 422, "of which version?"
    changed = admin.http.put(at, json={"value": "9"}, headers={**headers, "If-Match": etag})
    assert changed.json() == {"changed": True, "version": version + 1}
    stale = admin.http.put(at, json={"value": "12", "version": version}, headers=headers)
    assert stale.status_code == 409
    assert (
        admin.http.put(at, json={"value": "-3", "version": version + 1}, headers=headers).status_code == 422
    )
    pinned = admin.http.put(
        "/api/v1/settings/database", json={"value": "sqlite:///x", "version": version + 1}, headers=headers
    )
    assert pinned.status_code == 404, "nobody chooses where the rows are"
    [row] = [
        one
        for one in admin.http.get("/api/v1/settings").json()["settings"]
        if one["name"] == "invitation_days"
    ]
    assert (row["value"], row["source"], row["by"]) == ("9", "chosen", "admin")
    assert admin.http.delete(f"{at}?version={version + 1}", headers=headers).json()["changed"]


@pytest.mark.slow
def test_what_the_environment_says_stays_and_no_secret_is_on_the_page(tmp_path: Path) -> None:
    data = server.new_data(tmp_path / "data")
    with server.in_thread(data, invitation_days=7, metrics_token="geheim") as served:
        admin = served.person("admin")
        assert admin.post("/system/settings/invitation_days", value="9").status_code == 409
        page = admin.http.get("/system/settings").text
        assert "geheim" not in page
        assert "已设，不显示" in page
        for name in Settings.model_fields:
            assert f'id="{name}"' in page


@pytest.mark.slow
def test_a_picture_is_drawn_anew_and_nothing_else_of_the_file_stays(own: server.Served) -> None:
    admin = own.person("admin")
    told = io.BytesIO()
    picture = Image.new("RGB", (64, 32), "#0057b8")
    exif = picture.getexif()
    exif[0x010E] = "secret-words"
    picture.save(told, "PNG", exif=exif)
    files = {"file": ("x.svg", told.getvalue() + b"<script>alert(1)</script>", "image/svg+xml")}
    sent = admin.http.post("/system/branding/emblem", data={"csrf": admin.csrf()}, files=files)
    assert sent.status_code == 303
    shown = re.search(r'class="brand"[^>]*><img src="(/brand/[0-9a-f]{64}\.png)"', admin.http.get("/").text)
    assert shown is not None
    answer = admin.http.get(shown[1])
    assert answer.headers["content-type"] == "image/png"
    assert b"secret-words" not in answer.content
    assert b"script" not in answer.content
    shown_picture = Image.open(io.BytesIO(answer.content))
    assert (shown_picture.size, shown_picture.getbbox()) == ((64, 64), (0, 16, 64, 48)), "not enlarged"
    assert admin.post("/system/branding/emblem/remove").status_code == 303
    assert shown[1] not in admin.http.get("/counting").text


@pytest.mark.parametrize(
    ("file", "why"),
    [
        (SVG, "emblem_svg"),
        (b"\n\n  <SVG onload=alert(1)>", "emblem_svg"),
        (b"", "emblem_missing"),
        (b"%PDF-1.7", "emblem_unreadable"),
        (b"x" * (EMBLEM_BYTES + 1), "emblem_large"),
    ],
)
def test_a_hostile_picture_is_refused(file: bytes, why: str) -> None:
    with pytest.raises(Invalid, match=why):
        rewritten(file)


@pytest.mark.slow
def test_a_picture_that_would_unpack_to_gigabytes_is_refused_by_its_header() -> None:
    told = io.BytesIO()
    Image.new("1", (30_000, 30_000)).save(told, "PNG")
    assert len(told.getvalue()) < EMBLEM_BYTES
    with pytest.raises(Invalid, match=r"emblem_(pixels|unreadable)"):
        rewritten(told.getvalue())


@given(st.binary(max_size=200), st.booleans())
def test_any_bytes_are_a_picture_or_refused(junk: bytes, begins_well: bool) -> None:
    data = a_picture()[: len(junk)] + junk if begins_well else junk
    with contextlib.suppress(Invalid):  # and nothing else
        assert rewritten(data).startswith(b"\x89PNG")


@pytest.mark.slow
@given(st.sampled_from(CHANGEABLE), st.text(max_size=80))
def test_whatever_is_typed_is_a_fit_value_or_refused(name: str, typed: str) -> None:
    with contextlib.suppress(Invalid):  # and nothing else
        value = value_of(name, typed)
        assert getattr(Settings(**{name: value}, _env_file=None), name) == value  # type: ignore[arg-type]


@pytest.mark.slow
def test_two_processes_go_by_the_same_choices(db: Database) -> None:
    """On both databases: what one chooses the other goes by after its next look, and asks nothing before."""
    settings = Settings(_env_file=None)  # type: ignore[call-arg]
    one, other = SettingsInForce(db, settings), SettingsInForce(db, settings)
    with one.changing() as session:
        assert actions.choose(session, None, "invitation_days", "9", utc_now())
        assert not actions.choose(session, None, "invitation_days", "9", utc_now())
    assert one.now.settings.invitation_days == 9
    assert other.now.settings.invitation_days == 14
    assert other.look().settings.invitation_days == 9
    with other.changing() as session:
        assert actions.choose(session, None, "invitation_days", None, utc_now())
    assert one.look().settings.invitation_days == 14
    assert settings.invitation_days == 14, "the machine's own settings are never changed"


@pytest.mark.slow
def test_a_setting_is_found_by_its_words_and_its_room_stands_open(own: server.Served) -> None:
    admin = own.person("admin")
    whole = admin.http.get("/system/settings").text
    assert '<details class="panel fold" open>' not in whole, "a phone shows the rooms first"
    assert "invitation_days" in whole, "and carries all of them, for whoever has no scripts"
    found = admin.http.get("/system/settings", params={"q": "Invitation 天"}).text
    assert 'id="invitation_days"' in found
    assert 'id="quota_bytes"' not in found
    assert "找到" in found
    assert "没有找到" in admin.http.get("/system/settings", params={"q": "没有这样的"}).text
    answer = admin.post("/system/settings/invitation_days", value="8")
    assert answer.headers["location"] == "/system/settings?open=invitation_days#invitation_days"
    opened = admin.http.get("/system/settings?open=invitation_days").text
    assert opened.count('<details class="panel fold" open>') == 1
    refused = admin.post("/system/settings/invitation_days", value="61").text
    assert refused.count('<details class="panel fold" open>') == 1
    admin.post("/system/settings/invitation_days/reset")
