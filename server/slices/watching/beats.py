"""POST /api/v1/plays/{play}/beats: outside of the framework, because players send it every ten seconds.

A beat carries a key that only whoever began the play was given, so it needs no cookie, no page's token and no
look into the database to be believed.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from fastapi import FastAPI
from starlette.datastructures import Headers
from starlette.requests import cookie_parser
from starlette.types import ASGIApp, Receive, Scope, Send

from library.core.clock import Clock
from library.plays.counting import Counted, Counting, CountingUnavailable
from library.plays.crediting import Beat
from library.plays.rules import MAX_RANGES_IN_BEAT, Why
from server.metrics import BeatOutcome, Metrics
from server.slices.watching.beat_keys import BeatSigner
from server.web.language.i18n import negotiate
from server.web.language.words import Explained
from server.web.parts import Language, Reason

PATH = "/api/v1/plays/{play_id}/beats"
BODY_MAX_BYTES = 8 * 1024
"""MAX_RANGES_IN_BEAT stretches of a long clip take 4 kB."""

_PATH = re.compile(r"/api/v1/plays/([^/]{1,100})/beats")
_AGAIN_S = 5
_Explain = Callable[[Reason, Language], Explained]


_STRETCH = {"type": "array", "items": {"type": "number"}, "minItems": 2, "maxItems": 2}
_BEAT = {
    "type": "object",
    "required": ["key", "ranges"],
    "properties": {
        "key": {"type": "string", "description": "What POST /api/v1/clips/{clip_id}/plays gave."},
        "ranges": {"type": "array", "items": _STRETCH, "maxItems": MAX_RANGES_IN_BEAT},
        "rate": {"type": "number", "default": 1, "description": "The highest speed since the last beat."},
        "seq": {"type": "integer", "description": "Which beat of the play; for the player's own use."},
        "at_s": {"type": "number", "description": "Where the player is; for the player's own use."},
    },
}
_ANSWER = {
    "type": "object",
    "required": ["counted", "completed", "credited_s"],
    "properties": {
        "counted": {
            "type": "boolean",
            "description": "Whether the play has been long enough for a view, and had its turn.",
        },
        "completed": {"type": "boolean", "description": "Whether its viewer has seen the clip to the end."},
        "credited_s": {"type": "number", "description": "Seconds credited to the play so far."},
        "cut_s": {"type": "number", "description": "Seconds that were new in this beat and not believed."},
        "why": {"enum": [why.value for why in Why], "description": "Why they were not believed."},
        "waits": {
            "type": "boolean",
            "description": "True while the play is long enough and not counted: from this address as many "
            "views without an account count as a minute, or an hour, takes. It counts when its turn comes.",
        },
        "now": {"type": "boolean", "description": "True when this beat made it a view, or a screening."},
        "views": {"type": "integer", "description": "The clip's views, when this beat made it one more."},
    },
}
_DESCRIPTION = {
    "tags": ["plays"],
    "summary": "Beat",
    "description": "Report stretches of the clip, in seconds, that were really played. Answered once it is "
    "on the disk; the same report again changes nothing. Needs the play's key and neither cookie nor token; "
    "the JSON may come as text/plain, as navigator.sendBeacon sends it.",
    "operationId": "beat",
    "parameters": [{"name": "play_id", "in": "path", "required": True, "schema": {"type": "string"}}],
    "requestBody": {"required": True, "content": {"application/json": {"schema": _BEAT}}},
    "responses": {
        "200": {
            "description": "What is credited",
            "content": {"application/json": {"schema": _ANSWER}},
        },
        "403": {"description": "Without the play's key"},
        "404": {"description": "No such play, or its lesson is gone"},
        "413": {"description": "Larger than a beat can be"},
        "422": {"description": "Not a beat"},
        "503": {"description": "Cannot be written now: keep it and send it again after Retry-After"},
    },
}


def describe(app: FastAPI) -> None:
    """Put beats into the application's OpenAPI document, as if the framework answered them."""
    without = app.openapi

    def openapi() -> dict[str, Any]:
        document = without()
        document["paths"].setdefault(PATH, {"post": _DESCRIPTION})
        return document

    app.openapi = openapi  # type: ignore[method-assign]


class Refused(Exception):
    """A beat that is not taken."""

    def __init__(self, status: int, code: str, **values: object) -> None:
        self.status, self.reason = status, Reason(code=code, args=values)
        super().__init__(code)


class Beats:
    """Answers beats and passes everything else on."""

    def __init__(
        self,
        app: ASGIApp,
        *,
        counting: Counting,
        signer: Callable[[], BeatSigner],
        origin: Callable[[Scope], str],
        clock: Clock,
        explain: _Explain,
        metrics: Metrics,
    ) -> None:
        """`signer`: the one of the present secrets; `origin`: what stands for where a beat comes from;
        `explain` puts a reason into words."""
        self._app, self._counting, self._signer, self._origin = app, counting, signer, origin
        self._clock, self._explain, self._metrics = clock, explain, metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        match = _PATH.fullmatch(scope["path"]) if scope["type"] == "http" else None
        if match is None:
            await self._app(scope, receive, send)
            return
        scope.setdefault("state", {})["route"] = PATH
        try:
            body = await _read(scope, receive)
            if body is None:
                return
            counted = await self._credit(match[1], body, self._origin(scope))
            cut_s = counted.credited.cut_s
            self._metrics.beat(BeatOutcome.HELD_BACK if cut_s > 0 else BeatOutcome.CREDITED, cut_s)
            await _send(send, 200, _told(counted))
        except Refused as refused:
            self._metrics.beat(BeatOutcome.LATER if refused.status == 503 else BeatOutcome.REFUSED)
            await self._refuse(scope, send, refused)

    async def _credit(self, play_id: str, body: bytes, origin: str) -> Counted:
        sent = parse(body)
        if not self._signer().holds(play_id, sent.key):
            raise Refused(403, "beat_key")
        if sent.ranges is None:
            raise Refused(422, "beat_unreadable", field="ranges")
        try:
            counted = await self._counting.credit(
                Beat(play_id, sent.ranges, sent.rate, self._clock(), origin)
            )
        except CountingUnavailable as error:
            raise Refused(503, "beat_later") from error
        if counted is None:
            raise Refused(404, "play_unknown")
        return counted

    async def _refuse(self, scope: Scope, send: Send, refused: Refused) -> None:
        headers = Headers(scope=scope)
        chosen = cookie_parser(headers.get("cookie", "")).get("weike_language")
        said = self._explain(refused.reason, negotiate(chosen, headers.get("accept-language")))
        body = {"error": refused.reason.code, "message": said.message, "todo": said.todo}
        more = []
        if refused.status == 405:
            more.append((b"allow", b"POST"))
        if refused.status == 503:
            more.append((b"retry-after", b"%d" % _AGAIN_S))
        if refused.status == 413:
            more.append((b"connection", b"close"))
        await _send(send, refused.status, json.dumps(body, ensure_ascii=False).encode(), more)


@dataclass(frozen=True, slots=True)
class Sent:
    """A beat's body: its key, the speed, and the stretches (None when they cannot be read)."""

    key: str
    rate: float
    ranges: list[list[float]] | None


def parse(body: bytes) -> Sent:
    """Return what a body says; raises Refused when it is no object of JSON."""
    try:
        said = json.loads(body)
        key, rate = said.get("key"), float(said.get("rate", 1.0))
    except (ValueError, TypeError, AttributeError, OverflowError, RecursionError) as error:
        raise Refused(422, "beat_unreadable", field="ranges") from error
    return Sent(key if isinstance(key, str) else "", rate, _ranges(said.get("ranges")))


def _ranges(said: Any) -> list[list[float]] | None:
    if not isinstance(said, list) or len(said) > MAX_RANGES_IN_BEAT:
        return None
    try:
        return [[float(start), float(end)] for start, end in said]
    except (ValueError, TypeError, OverflowError):
        return None


async def _read(scope: Scope, receive: Receive) -> bytes | None:
    """Return the request's body, None when the player has gone away; raises Refused."""
    if scope["method"] != "POST":
        raise Refused(405, "not_found")
    length = next((value for name, value in scope["headers"] if name == b"content-length"), b"0")
    parts, size = [], int(length) if length.isdigit() and len(length) < 16 else BODY_MAX_BYTES + 1
    if size > BODY_MAX_BYTES:
        raise Refused(413, "body_size", most_bytes=BODY_MAX_BYTES)
    size = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return None
        part = message.get("body", b"")
        size += len(part)
        if size > BODY_MAX_BYTES:
            raise Refused(413, "body_size", most_bytes=BODY_MAX_BYTES)
        parts.append(part)
        if not message.get("more_body", False):
            return parts[0] if len(parts) == 1 else b"".join(parts)


def _told(counted: Counted) -> bytes:
    credited = counted.credited
    told: dict[str, object] = {
        "counted": credited.counted,
        "completed": credited.completed,
        "credited_s": round(credited.credited_s, 3),
    }
    if credited.why is not None:
        told |= {"cut_s": credited.cut_s, "why": credited.why}
    if credited.waits:
        told["waits"] = True
    if credited.now:
        told["now"] = True
    if counted.views is not None:
        told["views"] = counted.views
    return json.dumps(told).encode()


async def _send(send: Send, status: int, body: bytes, more: list[tuple[bytes, bytes]] | None = None) -> None:
    headers = [
        (b"content-type", b"application/json"),
        (b"content-length", b"%d" % len(body)),
        (b"x-content-type-options", b"nosniff"),
        *(more or ()),
    ]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
