"""A site under a path: no page holds an address that begins at the host's root."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from server.web.files.assets import Assets
from server.web.language.i18n import Catalogues
from server.web.parts import Progress, Step
from server.web.templating import Renderer
from tests.server.pages.conftest import ASSET_NAMES, ROOT
from tests.server.pages.each import each, grouped
from tests.server.pages.samples import pages

PREFIX = "/weike"
SAMPLES = pages()
NOUNS = grouped(SAMPLES, lambda name: SAMPLES[name].template.partition("/")[0])
GIVEN_WHOLE = re.compile(r"/(poster|stills?|media)/|/lessons/\w+/storyboard/")
"""Pictures and films: who makes their addresses puts the prefix there, and samples have none."""


def paths_in(html: str) -> Iterator[tuple[str, str]]:
    """Every path in a page's attributes and in what it tells its scripts, with where it stands."""

    class Reader(HTMLParser):
        found: list[tuple[str, str]]
        in_json = False

        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            given = dict(attrs)
            self.in_json = tag == "script" and given.get("type") == "application/json"
            for name, value in attrs:
                # A way back is a path of the program: redirects put the prefix before it.
                way_back = name == "value" and given.get("name") == "next"
                if value and value.startswith("/") and not way_back:
                    self.found.append((f"<{tag} {name}>", value))

        def handle_data(self, data: str) -> None:
            if self.in_json and data.strip():
                self.found += [("script", text) for text in texts(json.loads(data)) if text.startswith("/")]

    reader = Reader()
    reader.found = []
    reader.feed(html)
    yield from reader.found


def texts(value: Any) -> Iterator[str]:
    """Every text in a JSON value, but for names."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from texts(inner)


@pytest.fixture(scope="module")
def under_a_path(catalogues: Catalogues) -> Renderer:
    """A renderer for https://site/weike."""
    assets = Assets({name: name for name in ASSET_NAMES}, f"{PREFIX}/static/")
    return Renderer(ROOT / "templates", catalogues, assets, ZoneInfo("Asia/Shanghai"), PREFIX)


@pytest.mark.every
@pytest.mark.slow
@pytest.mark.parametrize("noun", NOUNS)
def test_no_address_begins_at_the_hosts_root(under_a_path: Renderer, noun: str) -> None:
    each(NOUNS[noun], lambda name: _stays_under_the_path(under_a_path.render(SAMPLES[name])))


def _stays_under_the_path(page: str) -> None:
    found = list(paths_in(page))
    assert len(found) > 3, "looked in the wrong place"
    astray = [one for one in found if not one[1].startswith(f"{PREFIX}/") and not GIVEN_WHOLE.match(one[1])]
    assert [one for one in astray if one[1] != PREFIX] == []
    assert not [one for one in found if one[1].startswith(PREFIX * 2)], "the prefix stands there twice"


def test_live_progress_leads_under_the_path_too(under_a_path: Renderer) -> None:
    step = Step(id="clip-1", kind="clip", n=1, state="done", percent=100, clip_url="/clips/x")
    event = under_a_path.progress_event(Progress(state="working", percent=50, steps=(step,)), "en")
    assert event["steps"][0]["clip_url"] == f"{PREFIX}/clips/x"  # type: ignore[index]
