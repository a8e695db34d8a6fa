"""What axe finds on the sample pages and the API's, by day and by night, on a phone: nothing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

from tests.server.pages.preview import NO_ANSWER, ROOT, write
from tests.support.needs import missing
from tests.support.server import Served
from tests.support.spreading import chosen

pytestmark = [pytest.mark.slow, pytest.mark.browser]

AXE = ROOT / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
FOUND = """async () => {
  const { violations } = await axe.run(document, { resultTypes: ['violations'] });
  return violations.flatMap(({ id, nodes }) => nodes.map((node) => {
    const why = [...node.any, ...node.all, ...node.none].map((one) => one.message).join('; ');
    return `${id}: ${node.target.join(' ')} (${why.slice(0, 160)})`;
  }));
}"""


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """The sample pages, in both languages."""
    return write(tmp_path_factory.mktemp("pages"), ())


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
    found = [one for one in tab.evaluate(FOUND) if not one.startswith(("nested-interactive", "landmark-"))]
    context.close()
    assert not found, "\n".join(found)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_on_any_page(
    files: list[Path],
    chromium_path: Path,
    chromium: Browser,
    scheme: Any,
    pytestconfig: pytest.Config,
) -> None:
    pages = chosen(sorted({file.name.partition(".")[0] for file in files}), pytestconfig)
    if not AXE.exists():
        missing("axe-core is not installed: npm install in frontend/")
    browser = chromium.browser_type.launch(
        executable_path=str(chromium_path),
        args=["--no-sandbox", "--disable-gpu", "--allow-file-access-from-files"],
    )
    context: Any = browser.new_context(
        viewport={"width": 360, "height": 740}, color_scheme=scheme, reduced_motion="reduce"
    )
    context.add_init_script(NO_ANSWER)
    tab = context.new_page()
    found = []
    for file in files:
        if file.name.partition(".")[0] not in pages:
            continue  # its day comes
        if file.name.endswith(".en.html") and scheme == "dark":
            continue  # the colours are those of the Chinese page
        tab.goto(file.as_uri())
        tab.add_script_tag(path=AXE)
        found += [f"{file.name}: {one}" for one in tab.evaluate(FOUND)]
    browser.close()
    assert not found, "\n".join(found)
