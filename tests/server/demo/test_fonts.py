"""Where the font is looked for."""

from __future__ import annotations

from pathlib import Path

import pytest

from server.demo.errors import DemoUnavailable
from server.demo.fonts import Fonts, find_fonts


def test_a_given_font_is_used_for_both_weights(fonts: Fonts) -> None:
    found = find_fonts(fonts.regular.path)
    assert found.bold == found.regular
    assert found.bold.path == fonts.regular.path


def test_a_given_font_that_is_missing_is_not_passed_over(tmp_path: Path) -> None:
    with pytest.raises(DemoUnavailable) as caught:
        find_fonts(tmp_path / "nowhere.ttf")
    assert caught.value.code == "font_missing"
    assert "nowhere.ttf" in str(caught.value)


def test_the_font_from_npm_comes_before_the_systems(tmp_path: Path, fonts: Fonts) -> None:
    for weight, face in (("700Bold", fonts.bold), ("400Regular", fonts.regular)):
        folder = tmp_path / "@expo-google-fonts" / "noto-sans-sc" / weight
        folder.mkdir(parents=True)
        (folder / f"NotoSansSC_{weight}.ttf").symlink_to(face.path)
    found = find_fonts(node_modules=tmp_path)
    assert found.bold.path.is_relative_to(tmp_path)
    assert found.regular.path.is_relative_to(tmp_path)
    assert found.bold.path != found.regular.path
