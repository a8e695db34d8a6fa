"""Make the README's two pictures from a running demonstration library.

    .venv/bin/weike demo            (in another terminal; wait until the lessons are there)
    .venv/bin/python docs/screenshots.py http://127.0.0.1:8000 [chromium]

Needs the developers' packages (playwright) and a Chromium.
"""

from __future__ import annotations

import sys
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

FOLDER = Path(__file__).parent / "img"
PHONE = {"width": 390, "height": 780}
SEARCHED = "没有调查，没有发言权"


def watch(page: Page, base_url: str) -> None:
    """The watch page, some seconds into the first clip of a lesson with a transcript."""
    page.goto(f"{base_url}/search?q={SEARCHED}")
    page.locator("a[href^='/clips/']").first.click()
    page.evaluate("() => { document.querySelector('video').play().catch(() => {}) }")
    page.wait_for_function("() => document.querySelector('video').readyState >= 3", timeout=20_000)
    page.evaluate("document.querySelector('video').pause()")
    page.wait_for_timeout(1_500)


def search(page: Page, base_url: str) -> None:
    """The search page with a phrase that is said."""
    page.goto(f"{base_url}/search?q={SEARCHED}")
    page.wait_for_load_state("networkidle")


def main(base_url: str, chromium: str) -> None:
    """Take both pictures."""
    FOLDER.mkdir(exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        for name, take in (("watch", watch), ("search", search)):
            page = browser.new_page(viewport=PHONE, locale="zh-CN", device_scale_factor=1.5)
            take(page, base_url)
            page.screenshot(path=FOLDER / f"{name}.jpg", type="jpeg", quality=72)
        browser.close()


if __name__ == "__main__":
    main(
        sys.argv[1] if len(sys.argv) > 1 else "http://127.0.0.1:8000",
        sys.argv[2] if len(sys.argv) > 2 else "/usr/bin/chromium",
    )
