"""Who gets what answer from the routes of the slice access."""

from __future__ import annotations

from typing import Any

from tests.server.conftest import Shelf
from tests.server.role_table import EVERYBODY, SIGNED_IN_ONLY, Case, draft


def new_account(shelf: Shelf) -> dict[str, Any]:
    """Ask to use a one-time link."""
    invitation_id, secret = shelf.invitation()
    chosen = {"username": f"new-{invitation_id}", "name": "新同志", "password": "一句好记的话就很好"}
    return {"token": secret, "form": {**chosen, "again": chosen["password"]}}


CASES = [
    Case("GET /sign-in", "200 303 303 303 303 303"),
    Case(
        "POST /sign-in",
        "401 401 401 401 401 401",
        lambda shelf: {"form": {"username": f"x{shelf.newcomer()}", "password": "wrong"}},
    ),
    Case("POST /sign-out", "303 303 303 303 303 303", draft(), fresh=True),
    Case("POST /language", "303 303 303 303 303 303", lambda shelf: {"form": {"language": "zh-CN"}}),
    Case("GET /welcome/{token}", EVERYBODY, lambda shelf: {"token": shelf.invitation()[1]}),
    Case("POST /welcome/{token}", "303 303 303 303 303 303", new_account, fresh=True),
    Case("GET /account", SIGNED_IN_ONLY),
    Case("POST /account/password", "401 422 422 422 422 422", lambda shelf: {"form": {"old": "wrong"}}),
    Case("POST /account/tokens", "401 200 200 200 200 200", lambda shelf: {"form": {"label": "脚本"}}),
    Case(
        "POST /account/tokens/{token_id}/revoke",
        "401 404 303 404 404 404",
        lambda shelf: {"token_id": shelf.token("lecturer")[0], "form": {}},
        name="of lecturer",
    ),
    Case("POST /account/sign-out-others", "401 303 303 303 303 303", draft(), fresh=True),
]
