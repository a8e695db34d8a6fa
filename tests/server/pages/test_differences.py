"""Pages and pictures of two versions are told apart, and nothing is called different that is the same."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image

from tests.server.pages.differences import compare


@pytest.fixture
def folders(tmp_path: Path) -> tuple[Path, Path]:
    """Two folders with the same page and the same picture in each."""
    both = (tmp_path / "before", tmp_path / "after")
    for folder in both:
        folder.mkdir()
        (folder / "home.en.html").write_text('<a>\n<link href="static/style-W6TLXSVB.css">\n')
        Image.new("RGB", (40, 30), "white").save(folder / "home.en.phone.png")
        (folder / "static").mkdir()
    return both


def test_the_same_is_the_same(folders: tuple[Path, Path]) -> None:
    (folders[1] / "home.en.html").write_text('<a>\n<link href="static/style-AAAA1111.css">\n')
    found = compare(*folders)
    assert found.differences == ()
    assert list(found.lines()) == ["the same: 1 pages and 1 pictures; different: 0"]


def test_one_pixel_of_another_shade_is_found(folders: tuple[Path, Path]) -> None:
    picture = Image.new("RGB", (40, 30), "white")
    picture.putpixel((7, 9), (255, 255, 254))
    picture.save(folders[1] / "home.en.phone.png")
    found = compare(*folders)
    assert found.differences == ("home.en.phone.png: 1 pixels differ, within (7, 9, 8, 10)",)
    assert (found.same_pages, found.same_pictures) == (1, 0)


def test_another_size_is_said_as_such(folders: tuple[Path, Path]) -> None:
    Image.new("RGB", (40, 31), "white").save(folders[1] / "home.en.phone.png")
    assert compare(*folders).differences == ("home.en.phone.png: size 40x30, then 40x31",)


@pytest.mark.parametrize(
    ("html", "said"),
    [
        ('<b>\n<link href="static/style-W6TLXSVB.css">\n', "line 1: <a> | <b>"),
        (
            '<a>\n<link href="static/other-W6TLXSVB.css">\n',
            'line 2: <link href="static/style.css"> | <link href="static/other.css">',
        ),
        ("<a>\n", "2 lines, then 1"),
    ],
)
def test_a_page_that_says_something_else_is_found(folders: tuple[Path, Path], html: str, said: str) -> None:
    (folders[1] / "home.en.html").write_text(html)
    assert compare(*folders).differences == (f"home.en.html: {said}",)


def test_what_is_in_one_folder_only_is_named_with_the_folder(folders: tuple[Path, Path]) -> None:
    before, after = folders
    (before / "home.en.html").unlink()
    (after / "home.en.phone.png").unlink()
    assert compare(before, after).differences == (
        f"home.en.html: only in {after}",
        f"home.en.phone.png: only in {before}",
    )
