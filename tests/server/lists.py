"""Lists that people bring on a page: sent, waited for, with their rows as a workbook."""

from __future__ import annotations

import time
from collections.abc import Sequence

from server.web.files.sheets import Sheet, workbook
from tests.support.client import Person

Rows = Sequence[Sequence[str]]


def book(rows: Rows) -> bytes:
    """A workbook of these rows, the headings first."""
    return workbook([Sheet("名册", rows[0], rows[1:], (12,) * len(rows[0]))])


def brought(client: Person, address: str, data: bytes, name: str = "名册.xlsx") -> str:
    """Send a list to a page; the address of what becomes of it."""
    sent = client.http.post(
        address, data={"csrf": client.csrf()}, files={"file": (name, data, "application/octet-stream")}
    )
    assert sent.status_code == 303, sent.text
    return str(sent.headers["location"])


def settled(client: Person, address: str) -> str:
    """The page of a list once nobody works at it any more."""
    until = time.monotonic() + 60
    while time.monotonic() < until:
        page = client.http.get(address).text
        if "http-equiv" not in page:
            return page
        time.sleep(0.1)
    raise AssertionError("a list was worked at for a minute")
