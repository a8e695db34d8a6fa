"""The samples of all nouns come together under one name each."""

from __future__ import annotations

import pytest

from tests.server.pages.conftest import ROOT
from tests.server.pages.samples import error_pages, frame, gather, pages


def test_every_noun_that_has_pages_brings_samples_of_them() -> None:
    folders = {path.parent.name for path in (ROOT / "templates").glob("*/*.html")}
    brought = {page.template.split("/")[0] for page in pages().values()}
    assert len(folders) > 5
    assert folders <= brought


def test_a_name_that_is_given_twice_is_refused() -> None:
    name, page = next(error_pages())
    assert gather([[(name, page)], [("other", page)]]) == {name: page, "other": page}
    with pytest.raises(ValueError, match=f"two sample pages are called {name}"):
        gather([error_pages(), [(name, page)]])


@pytest.mark.slow
def test_samples_are_the_same_each_time() -> None:
    """Pictures of two versions can only be compared when chance and the clock have no part in a page."""
    assert pages() == pages()
    assert frame().language == "zh-CN"
