"""Look at every page without a server: `python -m tests.server.pages.preview FOLDER [name ...] [--shots]`.

Renders the sample pages in both languages into FOLDER as files, beside the built assets, and with --shots
takes pictures of them in Chromium on a phone and on a desk.
"""

from __future__ import annotations

import base64
import json
import shutil
import sys
from pathlib import Path
from zoneinfo import ZoneInfo

from server.web.assets import load_assets
from server.web.i18n import LANGUAGES
from server.web.templating import Renderer
from tests.server.pages.samples import in_language, pages
from tests.support.registry import read_catalogues

ROOT = Path(__file__).parents[3]
SIZES = {"phone": (360, 780), "desk": (1280, 900)}
POSTER = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 320 180"><rect width="320" height="180" fill="%s"/>'
    '<path d="M0 180 90 80l70 60 60-50 100 90z" fill="#fff" opacity=".25"/></svg>'
)


def write(folder: Path, names: list[str]) -> list[Path]:
    """Render the pages called `names` (all when empty) into `folder`; returns the files."""
    static = ROOT / "server" / "static"
    shutil.copytree(static, folder / "static", dirs_exist_ok=True)
    renderer = Renderer(
        ROOT / "templates",
        read_catalogues(),
        load_assets(static, "static/"),
        ZoneInfo("Asia/Shanghai"),
    )
    files = []
    for name, page in pages().items():
        if names and name not in names:
            continue
        for language in LANGUAGES:
            html = renderer.render(in_language(page, language))
            for n, colour in enumerate(("#3f6f5a", "#8a5a3c", "#41597d")):
                drawing = base64.b64encode((POSTER % colour).encode()).decode()
                html = html.replace(f"/poster/{n}.jpg", f"data:image/svg+xml;base64,{drawing}")
            file = folder / f"{name}.{language}.html"
            file.write_text(html, encoding="utf-8")
            files.append(file)
    return files


def shoot(files: list[Path], dark: bool) -> None:
    """Take a full-page picture of each file in each size, and say where a page is wider than its screen."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path="/usr/bin/chromium", args=["--no-sandbox", "--allow-file-access-from-files"]
        )
        for size, (width, height) in SIZES.items():
            context = browser.new_context(
                viewport={"width": width, "height": height}, color_scheme="dark" if dark else "light"
            )
            tab = context.new_page()
            for file in files:
                tab.goto(file.as_uri())
                tab.screenshot(path=file.with_suffix(f".{size}.png"), full_page=True)
                over = tab.evaluate("document.documentElement.scrollWidth - innerWidth")
                if over > 0:
                    sys.stdout.write(
                        json.dumps({"page": file.name, "size": size, "too_wide_px": over}) + "\n"
                    )
            context.close()
        browser.close()


def main(args: list[str]) -> None:
    """Run as the module's docstring says."""
    words = [arg for arg in args if not arg.startswith("--")]
    folder = Path(words[0])
    folder.mkdir(parents=True, exist_ok=True)
    files = write(folder, words[1:])
    if "--shots" in args:
        shoot(files, "--dark" in args)
    sys.stdout.write(f"{len(files)} pages in {folder}\n")


if __name__ == "__main__":
    main(sys.argv[1:])
