"""Signed addresses: who was allowed to play gets a path that plays for some hours, and nothing else.

The signature stands in the path, so that everything inside a playlist can be relative. Its form is nginx's
`secure_link_md5` (https://nginx.org/en/docs/http/ngx_http_secure_link_module.html), so that nginx checks the
same addresses without Python; MD5 is only as strong as its use here needs: the secret is 256 random bits and
every signed field has a fixed shape, so nothing can be shifted between them.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from dataclasses import dataclass
from datetime import datetime

# deploy/nginx.conf has the same. Of 128 bits the last letter carries two, so that only four letters can stand
# there: any other would decode to the same signature.
_ADDRESS = re.compile(
    r"/media/(?P<key>[0-9a-f]{8})/(?P<sig>[A-Za-z0-9_-]{21}[AQgw])/(?P<expires>[0-9]{10})/"
    r"(?P<audience>everyone|signed_in|organisation|staff|c[0-9a-f]{12})/(?P<clip>[0-9a-z]{16})/(?P<plan>[0-9a-f]{12})/"
    r"(?P<file>(?:[0-9a-z]{1,16}/)?[0-9a-z_]{1,32}\.[0-9a-z]{2,4})"
)


@dataclass(frozen=True)
class MediaAddress:
    """What a media path says once its signature held."""

    clip: str
    plan: str
    file: str
    audience: str
    expires: int


def key_id(secret: str) -> str:
    """Return the name under which addresses say which secret signed them; deploy/start-nginx.sh agrees."""
    return hashlib.sha256(f"weike media key {secret}".encode()).hexdigest()[:8]


class MediaSigner:
    """Makes media paths with one secret, and checks those made with it or with `others`."""

    def __init__(self, secret: str, *others: str) -> None:
        self._id, self._secret = key_id(secret), secret
        self._secrets = {key_id(one): one for one in (secret, *others)}

    def path(self, clip: str, plan: str, file: str, audience: str, expires: int) -> str:
        """Return the path of a file of a clip that plays until `expires` (seconds since 1970)."""
        signature = _signature(self._secret, str(expires), audience, clip)
        return f"/media/{self._id}/{signature}/{expires}/{audience}/{clip}/{plan}/{file}"

    def read(self, path: str, now: datetime) -> MediaAddress | None:
        """Return what a path allows, None when it is forged, expired or misshapen.

        `path` is what the client wrote, undecoded: nothing in an address needs an escape, so there is no
        second way to write one.
        """
        match = _ADDRESS.fullmatch(path)
        secret = self._secrets.get(match["key"]) if match is not None else None
        if match is None or secret is None:
            return None
        _key, sig, expires, audience, clip, plan, file = match.groups()
        if not hmac.compare_digest(sig, _signature(secret, expires, audience, clip)):
            return None
        if int(expires) < now.timestamp():
            return None
        return MediaAddress(clip, plan, file, audience, int(expires))


def _signature(secret: str, expires: str, audience: str, clip: str) -> str:
    digest = hashlib.md5(f"{expires}/{audience}/{clip} {secret}".encode(), usedforsecurity=False).digest()
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")


def media_expiry(now: datetime, life_s: int) -> int:
    """Return when an address made now ends, rounded up to the hour.

    Rounded, so that two members who open a clip in the same hour get the same address, and a proxy between
    them and us keeps one copy.
    """
    return (int(now.timestamp()) + life_s) // 3600 * 3600 + 3600
