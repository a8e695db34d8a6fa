"""What the tests of pages share."""

from __future__ import annotations

from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from server.web.assets import Assets
from server.web.i18n import Catalogues
from server.web.templating import Renderer
from tests.support.registry import read_catalogues

ROOT = Path(__file__).parents[3]
ASSET_NAMES = (
    "app.js",
    "player.js",
    "upload.js",
    "progress.js",
    "editor.js",
    "dictionary.js",
    "api_docs.js",
    "style.css",
    "editor.css",
    "icon.svg",
    "swagger-ui.css",
    "swagger-ui-bundle.js",
)


@pytest.fixture(scope="session")
def catalogues() -> Catalogues:
    """The catalogues as the server reads them."""
    return read_catalogues()


@pytest.fixture(scope="session")
def renderer(catalogues: Catalogues) -> Renderer:
    """A renderer over the real templates; the assets' addresses are made up, so that no build is needed."""
    assets = Assets(files={name: name for name in ASSET_NAMES})
    return Renderer(ROOT / "templates", catalogues, assets, ZoneInfo("Asia/Shanghai"))
