"""What the tests of pages share."""

from __future__ import annotations

from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from server.web.files.assets import Assets
from server.web.language.i18n import Catalogues
from server.web.templating import Renderer
from tests.support.registry import read_catalogues

ROOT = Path(__file__).parents[3]
EVERY_PAGE = ("app.js", "style.css", "icon.svg", "bell.svg")
THIRD_PARTY = ("swagger-ui.css", "swagger-ui-bundle.js")
ONE_PAGE = tuple(
    f"{path.parent.name}{path.suffix}" for path in sorted((ROOT / "frontend" / "src").rglob("main.*"))
)
"""What only some page loads is called after its folder: upload/main.js becomes upload.js."""

ASSET_NAMES = (*EVERY_PAGE, *ONE_PAGE, *THIRD_PARTY)


@pytest.fixture(scope="session")
def catalogues() -> Catalogues:
    """The catalogues as the server reads them."""
    return read_catalogues()


@pytest.fixture(scope="session")
def renderer(catalogues: Catalogues) -> Renderer:
    """A renderer over the real templates; the assets' addresses are made up, so that no build is needed."""
    assets = Assets(files={name: name for name in ASSET_NAMES})
    return Renderer(ROOT / "templates", catalogues, assets, ZoneInfo("Asia/Shanghai"))
