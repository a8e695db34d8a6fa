"""Years and names as people write them."""

from __future__ import annotations

import pytest

from library.core.errors import Invalid
from library.works.rules import honour_year, shown_name


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("讲稿.docx", "讲稿"),
        ("/etc/passwd", "passwd"),
        ("..\\..\\x.pdf", "x"),
        ("a\x00b\x1f\r\nSet-Cookie: x.pdf", "ab Set-Cookie x"),
        ('"; filename=evil.html.pdf', "; filename=evil"),
        ("\u202egpj.exe", "gpj"),
        ("党章 v1.2 定稿.pdf", "党章 v1.2 定稿"),
        ("...", "课名"),
        ("", "课名"),
        ("长" * 500, "长" * 120),
    ],
)
def test_a_name_loses_what_no_name_has(name: str, shown: str) -> None:
    assert shown_name(name, "课名") == shown


def test_an_honour_has_a_year_that_has_come() -> None:
    assert honour_year(" 2025年 ", 2026) == 2025
    for text in ("", "2027", "1900", "二〇二五", "２０２５", "20 25", "-2025"):
        with pytest.raises(Invalid, match="honour_year"):
            honour_year(text, 2026)
