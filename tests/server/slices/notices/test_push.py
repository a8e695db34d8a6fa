"""Web push against a push service of our own: what it is sent, that only the browser can read it, and what
its answers do."""

from __future__ import annotations

import base64
import json
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from library.core.clock import local_day
from library.core.permits import node_token
from library.notices import actions
from library.notices.actions import News
from library.notices.rules import Kind
from library.notices.tables import Push, PushSubscription
from library.people.belonging import memberships
from server.push_service import PushService
from tests.server.conftest import Shelf
from tests.support import factories as make
from tests.support.server import Served, in_thread, new_data

pytestmark = [pytest.mark.slow, pytest.mark.dear(11)]
CURVE = ec.SECP256R1()


def text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def read(text_: str) -> bytes:
    return base64.urlsafe_b64decode(text_ + "=" * (-len(text_) % 4))


class Service(ThreadingHTTPServer):
    """A push service: keeps what it is sent, and answers with `status`."""

    def __init__(self) -> None:
        self.status, self.sent = 201, []  # type: int, list[tuple[str, dict[str, str], bytes]]
        super().__init__(("127.0.0.1", 0), _Handler)

    def wait(self, most: int) -> None:
        """Wait until so many pushes came."""
        for _ in range(300):
            if len(self.sent) >= most:
                return
            time.sleep(0.05)
        raise AssertionError(f"{len(self.sent)} pushes came, not {most}")


class _Handler(BaseHTTPRequestHandler):
    server: Service

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        self.server.sent.append((self.path, {k.lower(): v for k, v in self.headers.items()}, body))
        self.send_response(self.server.status)
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture
def service() -> Iterator[Service]:
    found = Service()
    threading.Thread(target=found.serve_forever, daemon=True).start()
    yield found
    found.shutdown()
    found.server_close()


class Browser:
    """A browser's side of push, written from RFC 8291 apart from the server's."""

    def __init__(self, service: Service, name: str) -> None:
        self.key, self.auth = ec.generate_private_key(CURVE), b"sixteen bytes ok"
        self.public = self.key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        self.path, self.origin = f"/{name}", f"http://127.0.0.1:{service.server_port}"

    def subscription(self) -> dict[str, str]:
        return {"endpoint": self.origin + self.path, "p256dh": text(self.public), "auth": text(self.auth)}

    def decrypted(self, body: bytes) -> dict[str, str]:
        salt, size, length = body[:16], int.from_bytes(body[16:20], "big"), body[20]
        sender, cipher = body[21 : 21 + length], body[21 + length :]
        assert len(cipher) <= size
        shared = self.key.exchange(ec.ECDH(), ec.EllipticCurvePublicKey.from_encoded_point(CURVE, sender))
        info = b"WebPush: info\x00" + self.public + sender
        mixed = HKDF(hashes.SHA256(), 32, self.auth, info).derive(shared)
        key = HKDF(hashes.SHA256(), 16, salt, b"Content-Encoding: aes128gcm\x00").derive(mixed)
        nonce = HKDF(hashes.SHA256(), 12, salt, b"Content-Encoding: nonce\x00").derive(mixed)
        plain = AESGCM(key).decrypt(nonce, cipher, None)
        assert plain.rstrip(b"\x00")[-1:] == b"\x02"
        told: dict[str, str] = json.loads(plain.rstrip(b"\x00")[:-1])
        return told


def check_proof(headers: dict[str, str], origin: str, key: str) -> None:
    """The VAPID token is signed by the key that the browser was given, and names this service."""
    proof, _, given = headers["authorization"].removeprefix("vapid t=").partition(", k=")
    assert given == key
    head, claims, signature = proof.split(".")
    raw = read(signature)
    der = encode_dss_signature(int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big"))
    public = ec.EllipticCurvePublicKey.from_encoded_point(CURVE, read(key))
    public.verify(der, f"{head}.{claims}".encode(), ec.ECDSA(hashes.SHA256()))
    said = json.loads(read(claims))
    assert said["aud"] == origin
    assert time.time() < said["exp"] <= time.time() + 24 * 3600


def test_notices_are_pushed_and_browsers_that_are_gone_forgotten(tmp_path: Path, service: Service) -> None:
    with in_thread(new_data(tmp_path / "data"), push_services="127.0.0.1 *.push.example") as served:
        shelf = Shelf(served)
        push = served.ports.push_service
        assert push is not None
        member, lecturer = Browser(service, "member"), Browser(service, "lecturer")
        for name, browser in (("member", member), ("lecturer", lecturer)):
            assert post(served, name, "/notices/push", browser.subscription()) == 204
        assert push.public in served.person("member").http.get("/notices/choices").text

        now = served.ports.clock()
        member_id = str(shelf.viewer("member").person_id)
        with served.ports.db.write() as session:
            root = make.root(session)
            memberships.settle(session, member_id, root, local_day(now), now, None)
            actions.tell_all(session, {node_token(root.id): News(Kind.WEEK_OUT, "2026-W49", "w")}, now)
            lecturer_id = shelf.viewer("lecturer").person_id
            actions.tell(session, [lecturer_id], News(Kind.UPLOAD_READY, "secret-lesson"), now)
        service.wait(3)
        browsers = {"/member": member, "/lecturer": lecturer}
        came = [(path, browsers[path].decrypted(body)) for path, _headers, body in service.sent]
        week, own = {"kind": "week_out"}, {"kind": "upload_ready"}
        assert len(came) == 3
        assert all(one in came for one in (("/member", week), ("/lecturer", week), ("/lecturer", own)))
        headers = next(headers for path, headers, _body in service.sent if path == "/member")
        assert headers["content-encoding"] == "aes128gcm"
        assert int(headers["ttl"]) > 0
        check_proof(headers, member.origin, push.public)

        # Switched off: shown at the bell, and not pushed. Gone: forgotten.
        kinds = [f"{kind}:app" for kind in Kind]
        assert served.person("lecturer").post("/notices/choices", on=kinds).status_code == 303  # type: ignore[arg-type]
        service.status = 410
        with served.ports.db.write() as session:
            actions.tell(
                session, [lecturer_id, member_id], News(Kind.UPLOAD_READY, "y"), served.ports.clock()
            )
        service.wait(4)
        for _ in range(200):
            with served.ports.db.read() as session:
                left = {one.person_id for one in session.query(PushSubscription)}
            if left == {lecturer_id}:
                break
            time.sleep(0.05)
        assert left == {lecturer_id}
        assert len(service.sent) == 4
        # Away: kept, and tried again later.
        service.status = 503
        all_ways = [f"{kind}:{way}" for kind in Kind for way in ("app", "push")]
        served.person("lecturer").post("/notices/choices", on=all_ways)  # type: ignore[arg-type]
        with served.ports.db.write() as session:
            actions.tell(session, [lecturer_id], News(Kind.UPLOAD_READY, "z"), served.ports.clock())
        service.wait(5)
        time.sleep(0.2)
        with served.ports.db.read() as session:
            waiting = session.query(Push).one()
            assert waiting.tries == 1
        assert served.person("lecturer").post("/notices/push/end-all").status_code == 303
        with served.ports.db.read() as session:
            assert session.query(Push).count() == 0


def post(served: Served, name: str, path: str, body: dict[str, str]) -> int:
    """Post JSON as a page's script does."""
    person = served.person(name)
    headers = {"X-CSRF-Token": person.csrf()}
    return person.http.post(path, json=body, headers=headers).status_code


def test_only_push_services_are_spoken_to(tmp_path: Path, service: Service) -> None:
    push = PushService(
        ("fcm.googleapis.com", "*.push.example"), lambda: ("secret",), "https://weike.example.cn"
    )
    good = ("https://fcm.googleapis.com/fcm/send/x", "https://a.push.example:443/x")
    bad = (
        "http://fcm.googleapis.com/x",
        "https://push.example.evil.cn/x",
        "https://evilpush.example/x",
        "https://fcm.googleapis.com@10.0.0.1/x",
        "https://10.0.0.1/x",
        "http://127.0.0.1/x",
        "file:///etc/passwd",
        "https://[",
        "",
    )
    assert all(map(push.accepts, good))
    assert not any(map(push.accepts, bad))
    with in_thread(new_data(tmp_path / "data"), push_services="*.push.example") as served:
        its = Browser(service, "member").subscription()
        assert post(served, "member", "/notices/push", its) == 422
        for wrong in ({"p256dh": text(b"\x04" + b"1" * 64)}, {"auth": "short"}, {"p256dh": "!"}):
            told = {**its, "endpoint": "https://a.push.example/x", **wrong}
            assert post(served, "member", "/notices/push", told) == 422
    assert service.sent == []
