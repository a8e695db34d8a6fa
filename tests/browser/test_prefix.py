"""A site under a path, in a real Chromium and behind a real nginx: from signing in to signing out."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import press_play
from tests.setup import nginx_server
from tests.support.server import Process, free_port, new_data, password

pytestmark = [pytest.mark.browser, pytest.mark.nginx, pytest.mark.slow, pytest.mark.dear(32)]

PREFIX = "/weike"

TAKES_OFF = """{user}
pid {folder}/nginx.pid;
error_log {folder}/error.log;
events {{}}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    server {{
        listen 127.0.0.1:{port};
        client_max_body_size 9m;
        location = / {{ return 200 "another site"; }}
        location {prefix}/ {{
            proxy_pass http://127.0.0.1:{upstream}/;
            proxy_set_header Host $http_host;
            proxy_buffering off;
        }}
    }}
}}
"""
"""What people commonly write: the slash behind the upstream takes the path off."""


@contextmanager
def nginx_that_takes_off(folder: Path, port: int, upstream: int, nginx: Path) -> Iterator[None]:
    """Run nginx with TAKES_OFF."""
    user = "user root;" if os.geteuid() == 0 else ""
    config = folder / "outer.conf"
    config.write_text(TAKES_OFF.format(user=user, folder=folder, port=port, upstream=upstream, prefix=PREFIX))
    child = subprocess.Popen([nginx, "-c", config, "-g", "daemon off;"], stderr=subprocess.DEVNULL)
    try:
        yield
    finally:
        child.terminate()
        child.wait(timeout=10)


@pytest.fixture(scope="module", params=["taken off", "handed on"])
def site(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, nginx_path: Path
) -> Iterator[str]:
    """Behind an nginx that takes the path off, or behind deploy/nginx.conf, which has it handed on."""
    folder = tmp_path_factory.mktemp("prefix")
    data = new_data(folder / "data")
    with ExitStack() as stack:
        port = free_port()
        server = Process(data, WEIKE_PUBLIC_URL=f"http://127.0.0.1:{port}{PREFIX}")
        if request.param == "taken off":
            stack.enter_context(nginx_that_takes_off(folder, port, server.port, nginx_path))
        else:
            at = replace(
                nginx_server.render(folder, server.port, data=data),
                public_url=f"http://127.0.0.1:{port}{PREFIX}",
            )
            text = at.config.read_text().replace(f"127.0.0.1:{at.port};", f"127.0.0.1:{port};", 1)
            at.config.write_text(text)
            at = replace(at, port=port)
            stack.enter_context(nginx_server.running(at))
        server.start()
        stack.callback(server.kill)
        yield f"http://127.0.0.1:{port}{PREFIX}"


def sign_in(page: Page, site: str, username: str) -> None:
    page.goto(f"{site}/")
    page.click("header .account a.button")
    page.fill("main input[name=username]", username)
    page.fill("main input[name=password]", password(username))
    page.click("main form button.primary")
    expect(page.locator("header .menu summary")).to_contain_text(username)


def sign_out(page: Page, site: str) -> None:
    page.click("header .menu summary")
    page.click("header .menu form button")
    page.wait_for_url(f"{site}/")
    expect(page.locator("header .account a.button")).to_be_visible()


def test_sign_in_upload_publish_search_watch_share_sign_out(
    chromium: Browser, site: str, lecture: Path
) -> None:
    context = chromium.new_context(locale="zh-CN", viewport={"width": 1280, "height": 900})
    page = context.new_page()
    asked: list[str] = []
    troubles: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("pageerror", lambda error: troubles.append(str(error)))
    page.on("response", lambda got: troubles.append(f"{got.status} {got.url}") if got.status >= 400 else None)

    sign_in(page, site, "lecturer")
    page.click("nav.sections a[href$='/upload']")
    page.set_input_files("#files", str(lecture))
    card = page.locator("#uploads > li")
    card.locator("input[name=title]").fill("枫桥经验七十年")
    card.locator("input[name=transcript]").set_input_files(str(lecture.with_suffix(".srt")))
    card.locator("[data-part=progress-link]").click(timeout=60_000)
    expect(page.locator("main")).to_contain_text("处理完成", timeout=180_000)
    sign_out(page, site)

    sign_in(page, site, "staff")
    page.click("nav.sections a[href$='/review']")
    page.locator("form[action$='/publish'] button").first.click()
    expect(page.locator(".flash.done")).to_be_visible()
    page.fill("header input[name=q]", "小事不出村")
    page.press("header input[name=q]", "Enter")
    found = page.locator("main a.moment").first
    expect(found).to_be_visible(timeout=30_000)
    found.click()
    page.wait_for_selector("video")
    press_play(page)
    page.wait_for_function("() => document.querySelector('video').currentTime > 21", timeout=60_000)
    page.locator("#controls details.share summary").click()
    shared = page.locator("#controls details.share input").input_value()
    assert shared == page.url.partition("?")[0]
    page.goto(shared)
    expect(page.locator("#transcript")).to_contain_text("小事不出村")
    page.goto(f"{site}/api/docs")
    expect(page.locator("#api .servers option").first).to_have_text(PREFIX)
    sign_out(page, site)
    context.close()

    assert troubles == []
    astray = [url for url in asked if not url.startswith((f"{site}/", "blob:", "data:"))]
    assert astray == [], "addresses that are not under the path"
    media = [urlsplit(url).path for url in asked if "/media/" in url]
    assert any(path.endswith(".m4s") for path in media)
    assert any("/static/" in url for url in asked)
