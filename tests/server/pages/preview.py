"""Look at every page without a server: `python -m tests.server.pages.preview FOLDER [name ...] [--shots]`.

Renders the sample pages in both languages into FOLDER as files, beside the built assets. With --shots it also
takes pictures of them in Chromium on a phone, on a phone held sideways, on a tablet and on a desk, or with
--sizes on some of these; with --dark, by night; with --languages, in some only.
With --compare OTHER, where another version of the code left its pages, it then lists what differs: pictures
pixel by pixel, pages byte by byte (the hashes in the names of assets aside). Without --shots the pictures
that are there already are compared.
"""

from __future__ import annotations

import argparse
import base64
import json
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path
from zoneinfo import ZoneInfo

from server.web.files.assets import load_assets
from server.web.language.i18n import LANGUAGES
from server.web.parts import Language
from server.web.templating import Renderer
from tests.server.pages.differences import compare
from tests.server.pages.samples import in_language, pages
from tests.support.registry import read_catalogues

ROOT = Path(__file__).parents[3]
CHROMIUM = Path("/usr/bin/chromium")
STILL = ("--disable-gpu", "--disable-partial-raster", "--num-raster-threads=1", "--disable-lcd-text")
"""Chromium draws some rounded corners otherwise from one time to the next, unless it is told these."""

NO_ANSWER = """
window.fetch = () => new Promise(() => {});
XMLHttpRequest.prototype.send = () => {};
window.EventSource = class extends EventTarget { close() {} };
"""
"""Scripts wait for the server: it would be chance whether a picture shows that none is there."""

SIZES = {"phone": (360, 740), "sideways": (740, 360), "tablet": (768, 1024), "desk": (1440, 900)}
POSTER = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 320 180"><rect width="320" height="180" fill="%s"/>'
    '<path d="M0 180 90 80l70 60 60-50 100 90z" fill="#fff" opacity=".25"/></svg>'
)


def write(folder: Path, names: Sequence[str], languages: Sequence[Language] = tuple(LANGUAGES)) -> list[Path]:
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
        for language in languages:
            html = renderer.render(in_language(page, language))
            for n, colour in enumerate(("#3f6f5a", "#8a5a3c", "#41597d")):
                drawing = base64.b64encode((POSTER % colour).encode()).decode()
                html = html.replace(f"/poster/{n}.jpg", f"data:image/svg+xml;base64,{drawing}")
            file = folder / f"{name}.{language}.html"
            file.write_text(html, encoding="utf-8")
            files.append(file)
    return files


def shoot(
    files: Sequence[Path], *, dark: bool, sizes: Sequence[str] = tuple(SIZES), chromium: Path = CHROMIUM
) -> None:
    """Take a full-page picture of each file in each size, and say where a page is wider than its screen."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium, args=["--no-sandbox", "--allow-file-access-from-files", *STILL]
        )
        for size in sizes:
            width, height = SIZES[size]
            context = browser.new_context(
                viewport={"width": width, "height": height},
                color_scheme="dark" if dark else "light",
                reduced_motion="reduce",  # or a list is caught while it scrolls to its place
            )
            context.add_init_script(NO_ANSWER)
            tab = context.new_page()
            for file in files:
                tab.goto(file.as_uri())
                picture = file.with_suffix(f".{size}.dark.png" if dark else f".{size}.png")
                tab.screenshot(path=picture, full_page=True, animations="disabled")
                over = tab.evaluate("document.documentElement.scrollWidth - innerWidth")
                if over > 0:
                    sys.stdout.write(
                        json.dumps({"page": file.name, "size": size, "too_wide_px": over}) + "\n"
                    )
            context.close()
        browser.close()


def main(args: Sequence[str]) -> None:
    """Run as the module's docstring says; exits with 1 where something differs from the other folder."""
    parser = argparse.ArgumentParser(prog="python -m tests.server.pages.preview", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("names", nargs="*", metavar="name")
    parser.add_argument("--shots", action="store_true")
    parser.add_argument("--dark", action="store_true")
    parser.add_argument("--sizes", nargs="+", choices=SIZES, default=list(SIZES))
    parser.add_argument("--languages", nargs="+", choices=LANGUAGES, default=list(LANGUAGES))
    parser.add_argument("--compare", type=Path, metavar="OTHER")
    asked = parser.parse_args(args)
    asked.folder.mkdir(parents=True, exist_ok=True)
    files = write(asked.folder, asked.names, asked.languages)
    if asked.shots:
        shoot(files, dark=asked.dark, sizes=asked.sizes)
    sys.stdout.write(f"{len(files)} pages in {asked.folder}\n")
    if asked.compare:
        comparison = compare(asked.compare, asked.folder)
        sys.stdout.writelines(f"{line}\n" for line in comparison.lines())
        sys.exit(1 if comparison.differences else 0)


if __name__ == "__main__":
    main(sys.argv[1:])
