"""Who gets what answer from the routes of the slice access."""

from __future__ import annotations

from typing import Any

from tests.server.conftest import Shelf
from tests.server.role_table import EVERYBODY, SIGNED_IN_ONLY, Case, draft
from tests.server.slices.invitations.roles import coded, waiting


def new_account(shelf: Shelf) -> dict[str, Any]:
    """Ask to use a one-time link."""
    invitation_id, secret = shelf.invitation()
    chosen = {"username": f"new-{invitation_id}", "name": "新同志", "password": "一句好记的话就很好"}
    return {"token": secret, "form": {**chosen, "again": chosen["password"]}}


API_SIGNED_IN = "401 200 200 200 200 200"

CASES = [
    Case("GET /sign-in", "200 303 303 303 303 303"),
    Case(
        "POST /sign-in",
        "401 401 401 401 401 401",
        lambda shelf: {"form": {"username": f"x{shelf.newcomer()}", "password": "wrong"}},
        counted=True,
    ),
    Case("POST /sign-out", "303 303 303 303 303 303", draft(), fresh=True),
    Case("POST /language", "303 303 303 303 303 303", lambda shelf: {"form": {"language": "zh-CN"}}),
    Case("GET /welcome/{token}", EVERYBODY, lambda shelf: {"token": shelf.invitation()[1]}),
    Case("POST /welcome/{token}", "303 303 303 303 303 303", new_account, fresh=True),
    Case("GET /start", EVERYBODY),
    Case("POST /start", "404 404 404 404 404 404", lambda shelf: {"form": {"code": "K7QF2-M9XTB"}}),
    Case("GET /join/{code}", EVERYBODY, coded),
    Case("POST /join/{code}", "422 422 422 422 422 422", coded),
    Case("GET /welcome/asked/{receipt}", EVERYBODY, waiting),
    Case("GET /account", SIGNED_IN_ONLY),
    # Nothing of these is offered by the settings of this table; test_second_factor.py and test_providers.py
    # ask where they are.
    Case("GET /sign-in/second", "303 303 303 303 303 303"),
    Case("POST /sign-in/second", "303 303 303 303 303 303", lambda shelf: {"form": {"code": "000000"}}),
    Case("POST /sign-in/second/begin", "303 303 303 303 303 303", lambda shelf: {"form": {}}),
    Case("POST /sign-in/second/confirm", "303 303 303 303 303 303", lambda shelf: {"form": {}}),
    Case("GET /sign-in/with/{provider}", "404 404 404 404 404 404", lambda shelf: {"provider": "sso"}),
    Case("GET /sign-in/with/{provider}/back", "404 404 404 404 404 404", lambda shelf: {"provider": "sso"}),
    Case("GET /sign-in/with/{provider}/leave", "404 404 404 404 404 404", lambda shelf: {"provider": "sso"}),
    Case(
        "GET /welcome/{token}/with/{provider}",
        "404 404 404 404 404 404",
        lambda shelf: {"token": shelf.invitation()[1], "provider": "sso"},
    ),
    # Letters are not sent by the settings of this table; test_mail.py asks where they are.
    Case("GET /sign-in/forgotten", "404 404 404 404 404 404"),
    Case("POST /sign-in/forgotten", "404 404 404 404 404 404", lambda shelf: {"form": {}}),
    Case("GET /account/mail", "303 404 404 404 404 404"),
    Case("POST /account/mail", "401 404 404 404 404 404", lambda shelf: {"form": {}}),
    Case("POST /account/mail/remove", "401 404 404 404 404 404", lambda shelf: {"form": {}}),
    Case("GET /account/mail/{token}", "404 404 404 404 404 404", lambda shelf: {"token": "x"}),
    Case("POST /account/mail/{token}", "404 404 404 404 404 404", lambda shelf: {"token": "x", "form": {}}),
    Case("GET /account/second-factor", "303 404 404 404 404 404"),
    Case("POST /account/second-factor/begin", "401 404 404 404 404 404", lambda shelf: {"form": {}}),
    Case("POST /account/second-factor/confirm", "401 404 404 404 404 404", lambda shelf: {"form": {}}),
    Case("POST /account/second-factor/codes", "401 404 404 404 404 404", lambda shelf: {"form": {}}),
    Case("POST /account/second-factor/off", "401 404 404 404 404 404", lambda shelf: {"form": {}}),
    Case(
        "GET /people/{person_id}/ways-in",
        "303 403 403 403 404 404",
        lambda shelf: {"person_id": shelf.viewer("member").person_id},
    ),
    Case(
        "POST /people/{person_id}/second-factor/off",
        "401 403 403 403 403 404",
        lambda shelf: {"person_id": shelf.viewer("member").person_id, "form": {}},
    ),
    Case(
        "POST /people/{person_id}/links/{link_id}/end",
        "401 403 403 403 404 404",
        lambda shelf: {"person_id": shelf.viewer("member").person_id, "link_id": "0" * 16, "form": {}},
    ),
    Case("POST /account/password", "401 422 422 422 422 422", lambda shelf: {"form": {"old": "wrong"}}),
    Case("POST /account/tokens", "401 200 200 200 200 200", lambda shelf: {"form": {"label": "脚本"}}),
    Case(
        "POST /account/devices/{sign_in_id}/sign-out",
        "401 404 404 404 404 404",
        lambda shelf: {"sign_in_id": "0" * 64, "form": {}},
        name="of nobody",
    ),
    Case("POST /account/sign-out-everywhere", "401 303 303 303 303 303", draft(), fresh=True),
    Case("GET /api/v1/account/tokens", API_SIGNED_IN),
    Case("GET /api/v1/account/browsers", API_SIGNED_IN),
    Case(
        "DELETE /api/v1/account/tokens/{token_id}",
        "401 404 204 404 404 404",
        lambda shelf: {"token_id": shelf.token("lecturer")[0]},
        name="of lecturer",
    ),
    Case(
        "DELETE /api/v1/account/browsers/{browser_id}",
        "401 404 404 404 404 404",
        lambda shelf: {"browser_id": "0" * 64},
        name="of nobody",
    ),
    Case("POST /api/v1/account/sign-out-everywhere", "401 204 204 204 204 204", draft(), fresh=True),
    Case(
        "POST /account/tokens/{token_id}/revoke",
        "401 404 303 404 404 404",
        lambda shelf: {"token_id": shelf.token("lecturer")[0], "form": {}},
        name="of lecturer",
    ),
    Case("POST /account/sign-out-others", "401 303 303 303 303 303", draft(), fresh=True),
]
