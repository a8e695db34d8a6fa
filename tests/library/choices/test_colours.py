"""Colours of a site's own: what can be read is taken, what cannot is refused with something that can."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from library.choices import colours
from library.choices.colours import LEAST_RATIO, ON_BUTTON, Theme
from library.core.errors import Invalid

COLOURS = st.integers(0, 0xFFFFFF).map(lambda n: f"#{n:06x}")
THEMES = st.sampled_from(Theme)


def test_the_contrast_is_that_of_the_standard() -> None:
    """Figures from WCAG 2.2 and its understanding document."""
    assert colours.ratio("#000000", "#ffffff") == pytest.approx(21)
    assert colours.ratio("#777777", "#ffffff") == pytest.approx(4.478, abs=0.001)
    assert colours.ratio("#ffffff", "#777777") == colours.ratio("#777777", "#ffffff")


@pytest.mark.slow
@settings(deadline=None)
@given(COLOURS, THEMES)
def test_what_is_offered_instead_passes_and_what_passes_is_offered_itself(colour: str, theme: Theme) -> None:
    offered = colours.nearest(colour, theme)
    assert colours.passes(offered, theme)
    if colours.passes(colour, theme):
        assert offered == colour
        colours.check(colour, theme)
    else:
        with pytest.raises(Invalid, match="colour_contrast") as refused:
            colours.check(colour, theme)
        assert float(refused.value.values["ratio"]) < LEAST_RATIO
        assert refused.value.values["nearest"] == offered


@pytest.mark.slow
@settings(deadline=None)
@given(COLOURS, THEMES)
def test_words_on_what_follows_from_a_colour_can_be_read(colour: str, theme: Theme) -> None:
    fit = colours.nearest(colour, theme)
    found = colours.palette(fit, theme)
    assert colours.ratio(found.accent, found.wash) >= LEAST_RATIO
    assert min(colours.ratio(one, ON_BUTTON) for one in (found.button, found.button_deep)) >= LEAST_RATIO


def test_the_colour_offered_keeps_its_hue() -> None:
    """A yellow becomes a dark yellow by day, and no grey."""
    offered = colours.nearest("#ffd700", Theme.LIGHT)
    red, green, blue = (int(offered[at : at + 2], 16) for at in (1, 3, 5))
    assert min(red, green) > 2 * blue


@pytest.mark.parametrize("typed", ["red", "#12", "#1234567", "url(x)", "#fff;}", "＃ffffff"])
def test_what_is_no_colour_is_refused(typed: str) -> None:
    with pytest.raises(Invalid, match="colour_unknown"):
        colours.read(typed)


def test_a_colour_may_be_typed_in_several_ways() -> None:
    assert {colours.read(one) for one in (" #AA1122 ", "aa1122", "#a12")} == {"#aa1122"}
