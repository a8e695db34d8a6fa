"""How uploads come through whatever stands before the site: doctor sends some, and sees what arrives."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Iterator
from typing import Any

from server.commands.doctor.check import Check
from server.settings import Settings
from server.web.forms.csrf import PROBE_HEADERS, PROBE_PATH
from server.web.language.formats import size
from server.web.language.i18n import N_

PROBE_BYTES = 8 * 1024 * 1024
_PROBE_TIMEOUT_S = 30.0

_SIZE_TODO = N_("在代理上放宽请求大小（nginx：client_max_body_size 9m，proxy_request_buffering off）。")
_METHOD_TODO = N_("在代理上对 /tus/ 和 /api/ 放行 PATCH、PUT、DELETE 和 HEAD。")
_HEADER_TODO = N_("让代理原样传递 /tus/ 的请求标头和回答标头。")
_SCHEME_TODO = N_(
    "让代理设 X-Forwarded-Proto: https，并把代理的地址写进 WEIKE_TRUSTED_PROXIES（现在是 %(trusted)s）。"
)

_TRUST_TODO = N_("把代理的地址写进 WEIKE_TRUSTED_PROXIES（现在是 %(trusted)s）。")
_FORWARDED_TODO = N_(
    "让代理设 X-Forwarded-For 为访客的地址，并把代理的地址写进 WEIKE_TRUSTED_PROXIES（现在是 %(trusted)s）。"
)

_Answer = tuple[dict[str, Any], dict[str, str]]


def probe_uploads(settings: Settings) -> Iterator[Check]:
    """Send as much as one chunk, then a little in the ways that uploads use, and yield what is found."""
    if not settings.public_url:
        yield Check("uploads", "ok", N_("没有设 WEIKE_PUBLIC_URL，没有代理可查。"))
        return
    url = settings.base_url + PROBE_PATH
    first = _large(url)
    yield first
    if first.status == "warn":  # nobody answered as we do: there is no more to learn
        return
    yield _methods(url)
    try:
        said, headers = _sent(url, b"weike", "POST")
    except (OSError, ValueError):
        return  # told above
    yield _headers(said, headers)
    yield scheme_check(settings, said)
    yield visitors_check(settings, said)


def _large(url: str) -> Check:
    """Look whether a whole chunk arrives."""
    values: dict[str, Any] = {"url": url, "sent": size(PROBE_BYTES)}
    try:
        arrived = int(_sent(url, bytes(PROBE_BYTES), "POST")[0]["received"])
    except urllib.error.HTTPError as error:
        values["status"] = error.code
        if error.code == 413:
            message = N_("代理不让 %(sent)s 的请求通过（413）；上传页会改发 900 kB 的小块，慢得多。")
            return Check("uploads", "bad", message, _SIZE_TODO, values)
        if error.code == 403:
            message = N_("%(url)s 被防火墙或代理拒绝（403），录像传不上来。")
            return Check("uploads", "bad", message, N_("在防火墙里放行 /tus/ 和 /api/ 的请求。"), values)
        message = N_("%(url)s 回答 %(status)s，没有查成。")
        return Check("uploads", "warn", message, N_("确认 WEIKE_PUBLIC_URL 指向这个网站。"), values)
    except (OSError, ValueError, KeyError, TypeError) as error:
        why = getattr(error, "reason", error)
        if isinstance(why, ConnectionResetError | BrokenPipeError):
            message = N_("发送 %(sent)s 时连接被切断：中间有代理不让这么大的请求通过。")
            return Check("uploads", "bad", message, _SIZE_TODO, values)
        values["said"] = str(why)[:200]
        message = N_("连不上 %(url)s（%(said)s），没有查成。")
        return Check("uploads", "warn", message, N_("先启动 weike serve，再检查一次。"), values)
    if arrived != PROBE_BYTES:
        values["arrived"] = size(arrived)
        message = N_("发出 %(sent)s，只到了 %(arrived)s：中间有代理截断了上传。")
        return Check("uploads", "bad", message, _SIZE_TODO, values)
    return Check("uploads", "ok", N_("%(sent)s 的一块能完整传到。"), values=values)


def _methods(url: str) -> Check:
    """Look whether PATCH comes through, and else whether POST may stand for it."""
    name = "patch"
    why = _refused(url, "PATCH", {})
    if not why:
        return Check(name, "ok", N_("PATCH 请求能通过。"))
    values = {"said": why}
    if _refused(url, "POST", {"X-HTTP-Method-Override": "PATCH"}):
        message = N_("代理不让 PATCH 通过（%(said)s），用 POST 代替也不行：录像传不上来。")
        return Check(name, "bad", message, _METHOD_TODO, values)
    message = N_("代理不让 PATCH 通过（%(said)s）。网页会自动改用 POST，别的上传程序未必会。")
    return Check(name, "warn", message, _METHOD_TODO, values)


def _refused(url: str, method: str, headers: dict[str, str]) -> str:
    """Return why a small PATCH did not arrive as one, "" when it did."""
    try:
        said, _ = _sent(url, b"weike", method, headers)
    except urllib.error.HTTPError as error:
        return str(error.code)
    except (OSError, ValueError) as error:
        return str(getattr(error, "reason", error))[:200]
    arrived_as = str(said.get("method", method))
    return "" if arrived_as == "PATCH" else arrived_as


def _headers(said: dict[str, Any], headers: dict[str, str]) -> Check:
    """Look whether the headers arrive without which no upload works, there and back."""
    there = [name for name in PROBE_HEADERS if name not in said.get("headers", ())]
    back = [name for name in ("upload-offset", "location") if name not in headers]
    if there or back:
        message = N_("代理去掉了上传要用的标头：%(names)s。")
        return Check("headers", "bad", message, _HEADER_TODO, {"names": ", ".join(there + back)})
    return Check("headers", "ok", N_("上传要用的标头都能传到。"))


def scheme_check(settings: Settings, said: dict[str, Any]) -> Check:
    """Look whether the site knows that people came by https."""
    scheme = str(said.get("scheme", ""))
    if settings.public_url.startswith("https://") and scheme == "http":
        message = N_("人们用 https 打开，代理却告诉微课是 http。网页和上传照常，别的程序可能会弄错。")
        return Check("scheme", "warn", message, _SCHEME_TODO, {"trusted": settings.trusted_proxies})
    return Check("scheme", "ok", N_("微课知道人们是用 %(scheme)s 打开的。"), values={"scheme": scheme})


def visitors_check(settings: Settings, said: dict[str, Any]) -> Check:
    """Look whether the site knows which address people come from; views without an account are limited by
    it."""
    values, forwarded = {"trusted": settings.trusted_proxies}, said.get("forwarded")
    if forwarded == "ignored":
        message = N_("代理说了访客从哪里来，微课不信它：未登录的观看会像是全部来自一个地址，很多不能计入。")
        return Check("visitors", "warn", message, _TRUST_TODO, values)
    if forwarded == "absent" and settings.public_url.startswith("https://"):
        message = N_("代理没有说访客从哪里来：未登录的观看会像是全部来自一个地址，很多不能计入。")
        return Check("visitors", "warn", message, _FORWARDED_TODO, values)
    return Check("visitors", "ok", N_("没有发现代理遮住访客的地址。"))


def _sent(url: str, body: bytes, method: str, headers: dict[str, str] | None = None) -> _Answer:
    """Send bytes to the probe as an upload would; returns what it says, and the headers of its answer.

    Raises urllib's HTTPError, OSError, and ValueError when the answer is not the probe's.
    """
    marks = {"Tus-Resumable": "1.0.0", "Upload-Offset": "0", "Upload-Length": str(len(body))}
    marks |= {"Upload-Metadata": "filename d2Vpa2U=", "X-CSRF-Token": "weike-doctor"}
    marks |= {"Content-Type": "application/offset+octet-stream", **(headers or {})}
    request = urllib.request.Request(url, data=body, method=method, headers=marks)  # noqa: S310 - see Settings
    with urllib.request.urlopen(request, timeout=_PROBE_TIMEOUT_S) as answer:  # noqa: S310
        said = json.loads(answer.read(2000))
        if not isinstance(said, dict):
            raise ValueError(str(said)[:100])
        return said, {name.lower(): value for name, value in answer.getheaders()}
