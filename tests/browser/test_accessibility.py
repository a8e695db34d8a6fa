"""The sample pages and the API's on a phone, by day and by night, and at twice the size: none is wider than
the screen or trips over its scripts, what sticks leaves room, what is tapped is large, axe finds nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Error, Page, ViewportSize

from server.web.language.i18n import LANGUAGES
from tests.server.pages.preview import NO_ANSWER, ROOT, write
from tests.server.pages.samples import pages
from tests.support.needs import missing
from tests.support.server import Served
from tests.support.spreading import DAYS, chosen, is_spread

pytestmark = [pytest.mark.slow, pytest.mark.browser, pytest.mark.dear(127)]

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

IN_THE_WINDOW = """() => {
  const wrong = document.documentElement.scrollWidth > innerWidth ? ['wider than the window'] : [];
  const below = document.documentElement.scrollHeight - innerHeight;
  const stuck = (one, { position, top, bottom }) => {
    const box = one.getBoundingClientRect();
    if (box.width < innerWidth / 2) return false;
    if (position === 'fixed') return true;
    const atTop = Math.abs(box.top - parseFloat(top)) < 2;
    return atTop || Math.abs(innerHeight - box.bottom - parseFloat(bottom)) < 2;
  };
  for (const at of below > 0 ? [0.3, 0.7].map((part) => Math.round(part * below)) : []) {
    scrollTo(0, at);
    let covered = 0, picture = false;
    for (let y = 2; y < innerHeight; y += 4) {
      let one = document.elementFromPoint(innerWidth / 2, y);
      while (one && !['fixed', 'sticky'].includes(getComputedStyle(one).position)) one = one.parentElement;
      if (!one || !stuck(one, getComputedStyle(one))) continue;
      covered += 4;
      picture ||= one.id === 'stage';
    }
    // The picture that one reads along with may take more, but leaves more than half.
    const most = innerHeight * (picture ? 0.45 : 1 / 3);
    if (covered > most) wrong.push(`${covered} px of ${innerHeight} are covered`);
  }
  scrollTo(0, 0);
  return wrong;
}"""
"""What is wrong with how a page fits: sideways, and what stays while it is scrolled."""

FOR_A_THUMB = """() => {
  const targets = document.querySelectorAll(
    '.button, .plain, select, input:not([type=hidden], [type=checkbox], [type=file]), .sections a, .cues a'
  );
  const small = [...targets].filter((one) => one.offsetParent && one.getBoundingClientRect().height < 43.5);
  return [...small.map((one) => `small: ${one.outerHTML.slice(0, 80)}`)];
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


PHONE: ViewportSize = {"width": 360, "height": 740}
TWICE: ViewportSize = {"width": 720, "height": 450}
"""1440 x 900 at 200 %."""


def test_every_page_fits_a_phone_and_twice_the_size_and_axe_finds_nothing(
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
    context = browser.new_context(viewport=PHONE, reduced_motion="reduce")
    context.add_init_script(NO_ANSWER)
    tab = context.new_page()
    found: list[str] = []
    for n, file in enumerate(files):
        tab.emulate_media(color_scheme="light")
        with told(tab) as wrong:
            tab.goto(file.as_uri())
            wrong += tab.evaluate(FOR_A_THUMB)
            wrong += [f"on a phone {one}" for one in tab.evaluate(IN_THE_WINDOW)]
            if looked_into(n, pytestconfig):
                tab.add_script_tag(path=AXE)
                wrong += tab.evaluate(FOUND, {})
                tab.emulate_media(color_scheme="dark")
                wrong += [f"by night {one}" for one in tab.evaluate(FOUND, COLOURS)]
            tab.set_viewport_size(TWICE)
            wrong += [f"at twice the size {one}" for one in tab.evaluate(IN_THE_WINDOW)]
            tab.set_viewport_size(PHONE)
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
    """A list that the scripts' errors come into, and what the console calls one."""
    wrong: list[str] = []

    def note(error: Error) -> None:
        wrong.append(f"script: {error}")

    def heed(line: ConsoleMessage) -> None:
        # A sample page is a file: what it would get from a server is not there.
        if line.type == "error" and "ERR_FILE_NOT_FOUND" not in line.text:
            wrong.append(f"console: {line.text}")

    tab.on("pageerror", note)
    tab.on("console", heed)
    yield wrong
    tab.remove_listener("console", heed)
    tab.remove_listener("pageerror", note)
