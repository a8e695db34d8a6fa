"""A clip inside another page of the same site plays in Chromium, and what is played there counts."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser
from sqlalchemy import select

from library.plays.tables import View
from tests.browser.conftest import put_film
from tests.support.server import Served, in_thread, new_data

pytestmark = [pytest.mark.slow, pytest.mark.browser, pytest.mark.dear(7)]


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    with in_thread(
        new_data(tmp_path / "data"), embed_on="http://127.0.0.1:1", view_min_s=3, view_short_clip_s=6
    ) as running:
        yield running


def test_it_plays_and_counts(chromium: Browser, served: Served, tmp_path: Path) -> None:
    put = put_film(served, tmp_path, 8)
    context = chromium.new_context(viewport={"width": 640, "height": 360})
    page = context.new_page()
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.goto(f"{served.base_url}/embed/{put.lesson}")
    page.evaluate(
        "() => { const video = document.querySelector('video'); video.muted = true; video.play(); }"
    )
    page.wait_for_function("() => document.querySelector('video').currentTime >= 5", timeout=60_000)
    page.evaluate("() => document.querySelector('video').pause()")
    for _ in range(100):
        with served.ports.db.read() as session:
            views = session.scalars(select(View)).all()
        if views:
            break
        time.sleep(0.1)
    context.close()
    assert len(views) == 1
    assert wrong == []
