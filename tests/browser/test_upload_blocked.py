"""Uploads through proxies that refuse, cut and take away: another way is found, or the reason is said."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.support.outside.proxy import Headers, ProxiedRequest, Rule, proxy
from tests.support.server import Served, in_thread, new_data, password

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.dear(25)]

SAID_WITHIN_MS = 10_000
SIZE_BYTES = 2 * 1024 * 1024


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A library without a worker: what has arrived waits."""
    with in_thread(new_data(tmp_path_factory.mktemp("blocked") / "data")) as running:
        yield running


@pytest.fixture
def recording(tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    """A file of two megabytes."""
    file = tmp_path / "第一课.mp4"
    file.write_bytes(b"\0\0\0\x18ftypmp42" + request.node.name.encode() + bytes(SIZE_BYTES))
    return file


def begin(chromium: Browser, site: str, file: Path, script_after_s: float = 0.0) -> Page:
    """Sign in through a proxy and choose a file on the upload page, whose script may come later."""
    page = chromium.new_context(locale="zh-CN").new_page()

    def late(route: Route) -> None:
        time.sleep(script_after_s)
        route.continue_()

    if script_after_s:
        page.route("**/upload-*.js", late)
    page.goto(f"{site}/sign-in?next=/upload")
    page.fill("main input[name=username]", "lecturer")
    page.fill("main input[name=password]", password("lecturer"))
    page.click("main form button.primary")
    page.wait_for_url(f"{site}/upload", wait_until="commit")
    page.set_input_files("#files", str(file))
    return page


def uploads(request: ProxiedRequest) -> bool:
    return request.path.startswith("/tus/")


def refuses(status: int, *methods: str) -> Rule:
    """Refuse methods everywhere, as proxies do."""

    def rule(request: ProxiedRequest) -> bool:
        if request.command in methods:
            request.rfile.read(request.length)
            request.refuse(status)
        return request.command in methods

    return rule


def limits(most_bytes: int) -> Rule:
    """Take no larger bodies."""

    def rule(request: ProxiedRequest) -> bool:
        if request.length > most_bytes:
            request.rfile.read(request.length)
            request.refuse(413)
        return request.length > most_bytes

    return rule


def cuts(most_bytes: int) -> Rule:
    """Break off whoever sends more."""

    def rule(request: ProxiedRequest) -> bool:
        if request.length > most_bytes:
            request.cut()
        return request.length > most_bytes

    return rule


def only_uploads(rule: Rule) -> Rule:
    return lambda request: uploads(request) and rule(request)


@pytest.mark.parametrize(
    "rule",
    [
        refuses(405, "PATCH", "PUT", "DELETE"),
        refuses(501, "PATCH"),
        refuses(403, "PATCH"),
        limits(1024 * 1024),
        cuts(1024 * 1024),
    ],
    ids=["405", "501", "firewall against PATCH", "1 MB, 413", "1 MB, cut"],
)
def test_another_way_is_found(chromium: Browser, served: Served, recording: Path, rule: Rule) -> None:
    with proxy(served.base_url, rule) as site:
        page = begin(chromium, site, recording)
        card = page.locator("#uploads > li")
        expect(card.locator("[data-part=state]")).to_contain_text("已传完", timeout=20_000)
        card.locator("input[name=lecturer]").fill("韩老师")
        expect(card.locator("[data-part=saved]")).to_contain_text("已自动保存")
        page.context.close()


def to_http(headers: Headers) -> Headers:
    """What a proxy makes of addresses that does not know of TLS, or of its own name."""
    return [
        (
            name,
            f"http://inside.example:8080{value}"
            if name.lower() == "location" and "/tus/" in value
            else value,
        )
        for name, value in headers
    ]


def test_a_file_that_was_chosen_before_the_script_came_was_forgotten(
    chromium: Browser, served: Served, recording: Path
) -> None:
    page = begin(chromium, served.base_url, recording, script_after_s=1.5)
    expect(page.locator("#uploads [data-part=state]")).to_contain_text("已传完", timeout=20_000)
    page.context.close()


def test_a_location_that_a_proxy_spoiled_was_followed(
    chromium: Browser, served: Served, recording: Path
) -> None:
    with proxy(served.base_url, back=to_http) as site:
        page = begin(chromium, site, recording)
        expect(page.locator("#uploads [data-part=state]")).to_contain_text("已传完", timeout=20_000)
        page.context.close()


def without(*names: str) -> Callable[[Headers], Headers]:
    """Take headers away."""
    return lambda headers: [(name, value) for name, value in headers if name.lower() not in names]


@pytest.mark.parametrize(
    ("rule", "there", "back", "said"),
    [
        (only_uploads(refuses(403, "POST", "PATCH")), None, None, "防火墙或代理拒绝了上传（403）"),
        (
            only_uploads(
                lambda r: (
                    (r.command == "PATCH" and refuses(405, "PATCH")(r))
                    or (r.command == "POST" and r.length > 0 and refuses(405, "POST")(r))
                )
            ),
            None,
            None,
            "换一种方法也不行",
        ),
        (only_uploads(limits(100)), None, None, "连很小的一块也不收（413）"),
        (only_uploads(cuts(100)), None, None, "每次都在半路被切断"),
        (None, None, without("location"), "去掉了 Location"),
        (None, None, without("upload-offset"), "Upload-Offset"),
        (None, without("upload-offset", "upload-length"), None, "中间的代理去掉了这个标头"),
        (None, without("tus-resumable"), None, "中间的代理去掉了这个标头"),
        (None, without("x-csrf-token"), None, "X-CSRF-Token"),
        (refuses(403, "POST"), None, None, "403"),
        (refuses(200, "POST"), None, None, "上网登录页"),
    ],
    ids=[
        "firewall",
        "no method",
        "413",
        "cut",
        "no Location",
        "no offset back",
        "no offset there",
        "no version",
        "no token",
        "all",
        "a sign-in page in its place",
    ],
)
def test_what_cannot_work_is_said_with_the_reason_and_what_to_do(
    chromium: Browser,
    served: Served,
    recording: Path,
    rule: Rule | None,
    there: Callable[[Headers], Headers] | None,
    back: Callable[[Headers], Headers] | None,
    said: str,
) -> None:
    def same(headers: Headers) -> Headers:
        return headers

    signed_in = False

    def after_signing_in(request: ProxiedRequest) -> bool:
        return signed_in and rule is not None and rule(request)

    with proxy(served.base_url, after_signing_in, there=there or same, back=back or same) as site:
        page = chromium.new_context(locale="zh-CN").new_page()
        page.goto(f"{site}/sign-in?next=/upload")
        cookies = served.person("lecturer").http.cookies
        page.context.add_cookies([{"name": n, "value": str(v), "url": site} for n, v in cookies.items()])
        page.goto(f"{site}/upload")
        signed_in = True
        page.set_input_files("#files", str(recording))
        problem = page.locator("#uploads [data-part=problem]")
        expect(problem).to_contain_text(said, timeout=SAID_WITHIN_MS)
        expect(problem).to_contain_text("管理员")
        page.context.close()
