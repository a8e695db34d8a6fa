"""The organisation's page where two work on it at once."""

from __future__ import annotations

import pytest

from tests.server.conftest import Shelf
from tests.support.server import Served


@pytest.mark.slow
def test_why_a_form_was_refused_was_lost_with_the_form(served: Served, shelf: Shelf) -> None:
    """Somebody else has closed the node while the page was open: its forms are gone, the reason is not."""
    admin, closed = served.person("admin"), shelf.node(closed=True)
    for form, typed in (("add", {"name": "第一党小组"}), ("merge", {"to": "没有的"})):
        answer = admin.post(f"/organisation/{closed}/{form}", **typed)
        assert answer.status_code in (409, 422)
        assert 'role="alert"' in answer.text, form
    told = admin.post(f"/organisation/{shelf.root()}/move", to="没有的")
    assert told.status_code == 409
    assert "最上面的党组织不能调整" in told.text
