"""企业微信 (WeCom): sign-in by scanning, or inside of its app, as its server API documents it.

https://developer.work.weixin.qq.com/document/path/91023 (getuserinfo), /91039 (gettoken), /98152 (scanning).
"""

from __future__ import annotations

import ssl
import time
from collections.abc import Mapping
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

import structlog

from library.access.identities.rules import Claimed
from library.core.errors import Away, Forbidden
from server.identity import network
from server.identity.port import Begun, Kept, Reached
from server.identity_settings import ProviderSettings

_TOKEN_OVER = (40014, 42001)
"""invalid access_token, access_token expired: fetch another one, once."""
_OUR_FAULT = (40001, 40013, 40056, 60020)
"""Secret, corp id or agent wrong, or this server's address not in the application's list of trusted ones."""
_SOON_OVER_S = 300.0

log = structlog.get_logger()


class WecomApi:
    """The server API, with the access token that it hands out for two hours."""

    def __init__(self, settings: ProviderSettings) -> None:
        self.settings = settings
        self._token, self._token_until = "", 0.0

    async def ask(self, path: str, **params: str) -> dict[str, Any]:
        """Return an answer without an error; raises Away, Forbidden("provider_refused")."""
        for last in (False, True):
            token = await self._access_token()
            answer = await self._get(path, {"access_token": token, **params})
            if answer.get("errcode", 0) not in _TOKEN_OVER or last:
                break
            self._token = ""
        self._check(answer)
        return answer

    async def look(self) -> float | None:
        """Fetch a token anew; returns how far the API's clock is ahead."""
        answer, ahead_s = await self._get_timed(
            "/cgi-bin/gettoken",
            {"corpid": self.settings.client_id, "corpsecret": network.secret_of(self.settings)},
        )
        self._check(answer)
        return ahead_s

    async def _access_token(self) -> str:
        if self._token and time.monotonic() < self._token_until:
            return self._token
        answer = await self._get(
            "/cgi-bin/gettoken",
            {"corpid": self.settings.client_id, "corpsecret": network.secret_of(self.settings)},
        )
        self._check(answer)
        self._token = str(answer.get("access_token", ""))
        self._token_until = time.monotonic() + float(answer.get("expires_in", 7200)) - _SOON_OVER_S
        return self._token

    async def _get(self, path: str, params: dict[str, str]) -> dict[str, Any]:
        return (await self._get_timed(path, params))[0]

    async def _get_timed(self, path: str, params: dict[str, str]) -> tuple[dict[str, Any], float | None]:
        with network.answering(self.settings):
            return await network.get_json(self._context, self.settings.api + path, params)

    def _check(self, answer: Mapping[str, Any]) -> None:
        code = answer.get("errcode", 0)
        if code == 0:
            return
        log.warning("企业微信 refuses", provider=self.settings.key, errcode=code)
        if code in _OUR_FAULT:
            raise Away("provider_secret", provider=self.settings.label, why=f"errcode {code}")
        if code == -1:  # "system busy", as the documentation has it
            raise Away("provider_away", provider=self.settings.label)
        raise Forbidden("provider_refused", provider=self.settings.label)

    @cached_property
    def _context(self) -> ssl.SSLContext:
        return network.trusted(self.settings)


class Wecom:
    """Sign-in with one application of 企业微信."""

    ends_sessions = False

    def __init__(self, settings: ProviderSettings) -> None:
        self.settings = settings
        self._api = WecomApi(settings)

    async def begin(self, back: str, state: str, *, inside: bool) -> Begun:
        """Return the page with the code to scan; inside of the app, the one that asks nothing."""
        shared = {"appid": self.settings.client_id, "redirect_uri": back}
        if inside:
            asked = {**shared, "response_type": "code", "scope": "snsapi_base", "state": state}
            query = urlencode({**asked, "agentid": self.settings.agent})
            return Begun(f"{self.settings.inside_url}?{query}#wechat_redirect")
        query = urlencode({"login_type": "CorpApp", **shared, "agentid": self.settings.agent, "state": state})
        return Begun(f"{self.settings.scan_url}?{query}")

    async def finish(self, back: str, state: str, kept: Kept, query: Mapping[str, str]) -> Claimed:
        """Return whose code it is; raises Forbidden("identity_outsider") for who is no member there."""
        code = query.get("code", "")
        if not code:
            raise Forbidden("provider_denied", provider=self.settings.label)
        answer = await self._api.ask("/cgi-bin/auth/getuserinfo", code=code)
        userid = answer.get("userid") or answer.get("UserId")
        if not isinstance(userid, str) or not userid:
            raise Forbidden("identity_outsider", provider=self.settings.label)
        return Claimed(f"wecom:{self.settings.client_id}", userid, userid)

    async def leaving(self, back: str) -> str | None:
        """Nobody signs out of 企业微信 from elsewhere."""
        return None

    async def look(self) -> Reached:
        """Ask for a token."""
        return Reached(await self._api.look())
