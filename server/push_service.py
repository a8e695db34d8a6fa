"""Push services of browsers (RFC 8030): who we are to them (VAPID, RFC 8292), and words that only the browser
reads (RFC 8291).

pywebpush would be the library for it; it needs http-ece, which is published as source alone, and we install
wheels. The primitives are those of cryptography.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
import struct
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import urlsplit

from cryptography.exceptions import InvalidKey
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

_CURVE = ec.SECP256R1()
_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
_PATIENCE_S = 10.0
_KEPT_S = 24 * 3600
"""For so long a push service keeps what it cannot hand on yet."""
_PROVEN_S = 12 * 3600
_RECORD = 4096
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


class Answer(StrEnum):
    """What became of a push: taken; the browser is told no more; later, perhaps."""

    TAKEN = "taken"
    GONE = "gone"
    LATER = "later"


@dataclass(frozen=True)
class To:
    """A browser: its address at a push service, and its keys, as browsers write them."""

    endpoint: str
    public: str
    secret: str


class PushService:
    """Speaks to the push services of `hosts`, and to no other machine: browsers name the address."""

    def __init__(self, hosts: Sequence[str], secrets: Callable[[], Sequence[str]], site: str) -> None:
        """`secrets` are those of the site, from which our keys are made, the present one first."""
        self._hosts, self._secrets, self._site = hosts, secrets, site

    @property
    def public(self) -> str:
        """Our public key, as browsers want it."""
        return _text(_point(_key(self._secrets()[0]).public_key()))

    def accepts(self, endpoint: str) -> bool:
        """Tell whether an address is one of a push service to which we speak; only over TLS, but for this
        machine itself."""
        try:
            parts = urlsplit(endpoint)
            host, _port = parts.hostname or "", parts.port
        except ValueError:
            return False
        plain = parts.scheme == "http" and host in _LOOPBACK
        if not (parts.scheme == "https" or plain) or parts.username or parts.fragment:
            return False
        return any(host == one or (one.startswith("*.") and host.endswith(one[1:])) for one in self._hosts)

    def push(self, to: To, told: Mapping[str, str]) -> Answer:
        """Push a few words to a browser; a key that we have no more is as if the browser were gone."""
        # Loaded where it is used: few libraries push.
        import httpx2

        if not self.accepts(to.endpoint):
            return Answer.GONE
        try:
            body = encrypted(json.dumps(told).encode(), to)
        except (ValueError, InvalidKey):
            return Answer.GONE
        headers = {
            "authorization": self._proof(to.endpoint),
            "content-encoding": "aes128gcm",
            "content-type": "application/octet-stream",
            "ttl": str(_KEPT_S),
            "urgency": "normal",
        }
        try:
            with httpx2.Client(timeout=_PATIENCE_S, follow_redirects=False) as client:
                status = client.post(to.endpoint, content=body, headers=headers).status_code
        except httpx2.HTTPError:
            return Answer.LATER
        if 200 <= status < 300:
            return Answer.TAKEN
        # 400 and 403 say that it was subscribed with another key.
        return Answer.GONE if status in (400, 403, 404, 410) else Answer.LATER

    def _proof(self, endpoint: str) -> str:
        key = _key(self._secrets()[0])
        parts = urlsplit(endpoint)
        claims = {
            "aud": f"{parts.scheme}://{parts.netloc}",
            "exp": int(time.time()) + _PROVEN_S,
            "sub": self._site,
        }
        head = _text(json.dumps({"typ": "JWT", "alg": "ES256"}).encode())
        signed = f"{head}.{_text(json.dumps(claims).encode())}"
        r, s = decode_dss_signature(key.sign(signed.encode(), ec.ECDSA(hashes.SHA256())))
        token = f"{signed}.{_text(r.to_bytes(32, 'big') + s.to_bytes(32, 'big'))}"
        return f"vapid t={token}, k={_text(_point(key.public_key()))}"


def encrypted(words: bytes, to: To) -> bytes:
    """Return words that only the browser can read, as one record (RFC 8291, RFC 8188); raises ValueError for
    keys that are none."""
    theirs = _bytes(to.public)
    ours = ec.generate_private_key(_CURVE)
    public = _point(ours.public_key())
    shared = ours.exchange(ec.ECDH(), ec.EllipticCurvePublicKey.from_encoded_point(_CURVE, theirs))
    secret = _bytes(to.secret)
    if len(secret) != 16:
        raise ValueError("a browser's secret has 16 bytes")
    mixed = _derived(shared, secret, b"WebPush: info\0" + theirs + public, 32)
    salt = os.urandom(16)
    key = _derived(mixed, salt, b"Content-Encoding: aes128gcm\0", 16)
    nonce = _derived(mixed, salt, b"Content-Encoding: nonce\0", 12)
    head = salt + struct.pack(">IB", _RECORD, len(public)) + public
    return head + AESGCM(key).encrypt(nonce, words + b"\x02", None)


def _derived(what: bytes, salt: bytes, info: bytes, length: int) -> bytes:
    return HKDF(hashes.SHA256(), length, salt, info).derive(what)


def _key(secret: str) -> ec.EllipticCurvePrivateKey:
    """Return our key: made of the site's secret, and so kept, changed and backed up with it."""
    digest = hashlib.sha512(f"push:{secret}".encode()).digest()
    return ec.derive_private_key(int.from_bytes(digest, "big") % (_ORDER - 1) + 1, _CURVE)


def _point(key: ec.EllipticCurvePublicKey) -> bytes:
    return key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def _text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _bytes(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
