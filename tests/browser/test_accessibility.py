"""The sample pages and the API's on a phone, by day and by night: none is wider than it or trips over its
scripts, what is tapped is large enough, and axe finds nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Error, Page

from server.web.language.i18n import LANGUAGES
from tests.server.pages.preview import NO_ANSWER, ROOT, write
from tests.server.pages.samples import pages
from tests.support.needs import missing
from tests.support.server import Served
from tests.support.spreading import DAYS, chosen, is_spread

pytestmark = [pytest.mark.slow, pytest.mark.browser]

AXE = ROOT / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
FOUND = """async (rules) => {
  const { violations } = await axe.run(document, { resultTypes: ['violations'], ...rules });
  return violations.flatMap(({ id, nodes }) => nodes.map((node) => {
    const why = [...node.any, ...node.all, ...node.none].map((one) => one.message).join('; ');
    return `${id}: ${node.target.join(' ')} (${why.slice(0, 160)})`;
  }));
}"""
COLOURS: Mapping[str, object] = {"runOnly": ["color-contrast"]}
"""What night changes of a page."""

FOR_A_THUMB = """() => {
  const wide = document.documentElement.scrollWidth > innerWidth ? ['wider than a phone'] : [];
  const targets = document.querySelectorAll(
    '.button, .plain, select, input:not([type=hidden], [type=checkbox], [type=file]), .sections a, .cues a'
  );
  const small = [...targets].filter((one) => one.offsetParent && one.getBoundingClientRect().height < 43.5);
  return [...wide, ...small.map((one) => `small: ${one.outerHTML.slice(0, 80)}`)];
}"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_description_of_the_api_can_be_read(chromium: Browser, served: Served, scheme: Any) -> None:
    if not AXE.exists():
        missing("axe-core is not installed: npm install in frontend/")
    context = chromium.new_context(
        viewport={"width": 360, "height": 740}, color_scheme=scheme, bypass_csp=True
    )
    tab = context.new_page()
    tab.goto(f"{served.base_url}/api/docs")
    tab.wait_for_selector("h3[aria-level]", timeout=60_000)
    tab.add_script_tag(path=AXE)
    # What is nested in its rows, and its <main> inside ours, are swagger-ui's own.
    found = [
        one for one in tab.evaluate(FOUND, {}) if not one.startswith(("nested-interactive", "landmark-"))
    ]
    context.close()
    assert not found, "\n".join(found)


def test_every_page_fits_a_phone_and_axe_finds_nothing(
    tmp_path: Path, chromium_path: Path, chromium: Browser, pytestconfig: pytest.Config
) -> None:
    if not AXE.exists():
        missing("axe-core is not installed: npm install in frontend/")
    files = write(tmp_path, sorted(chosen(sorted(pages()), pytestconfig)))
    assert files
    browser = chromium.browser_type.launch(
        executable_path=str(chromium_path),
        args=["--no-sandbox", "--disable-gpu", "--allow-file-access-from-files"],
    )
    context = browser.new_context(viewport={"width": 360, "height": 740}, reduced_motion="reduce")
    context.add_init_script(NO_ANSWER)
    tab = context.new_page()
    found: list[str] = []
    for n, file in enumerate(files):
        tab.emulate_media(color_scheme="light")
        with told(tab) as wrong:
            tab.goto(file.as_uri())
            wrong += tab.evaluate(FOR_A_THUMB)
            if looked_into(n, pytestconfig):
                tab.add_script_tag(path=AXE)
                wrong += tab.evaluate(FOUND, {})
                tab.emulate_media(color_scheme="dark")
                wrong += [f"by night {one}" for one in tab.evaluate(FOUND, COLOURS)]
        found += [f"{file.name}: {one}" for one in wrong]
    browser.close()
    assert not found, "\n".join(found)


def looked_into(n: int, config: pytest.Config) -> bool:
    """Whether axe looks into the n-th file: what it finds lies mostly in what the languages of a page share,
    so it looks into one of them, and into another when all pages have been met (in DAYS days)."""
    page, language = divmod(n, len(LANGUAGES))
    return not is_spread(config) or (page + config.option.seed // DAYS) % len(LANGUAGES) == language


@contextmanager
def told(tab: Page) -> Iterator[list[str]]:
    """A list that the scripts' errors come into."""
    wrong: list[str] = []

    def note(error: Error) -> None:
        wrong.append(f"script: {error}")

    tab.on("pageerror", note)
    yield wrong
    tab.remove_listener("pageerror", note)
