"""One library in the forms in which its media reach viewers; every suite here runs against each of them."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import numpy
import obstore
import pytest

from library.intake.files.objects import clip_prefix
from server.wiring import Ports
from tests.setup import nginx_server
from tests.support.client import PLAIN
from tests.support.server import in_thread, new_data

CLIP, OTHER_CLIP = "abcdefgh23456789", "zyxwvuts98765432"
PLAN, OTHER_PLAN = "0123456789ab", "ba9876543210"
HOUR_S = 3600
SEGMENT = bytes(range(256)) * 2400
LARGE = numpy.arange(1_000_000, dtype=">u4").tobytes()
FILES = {
    "master.m3u8": b"#EXTM3U\n720p/index.m3u8\n",
    "720p/index.m3u8": b'#EXTM3U\n#EXT-X-MAP:URI="init.mp4"\n00001.m4s\n#EXT-X-ENDLIST\n',
    "1080p/index.m3u8": b"#EXTM3U\n" + b"#EXTINF:4.0,\n00001.m4s\n" * 800,
    "720p/init.mp4": b"init" * 100,
    "720p/00001.m4s": SEGMENT,
    "strip/index.vtt": "WEBVTT\n\n00:00.000 --> 00:05.000\n00001.jpg#xywh=0,0,160,90 图\n".encode(),
    "poster.jpg": b"\xff\xd8\xff" + bytes(5000),
    "download_720p_00112233.mp4": LARGE,
    "download_audio_00112233.m4a": b"sound" * 1000,
}


@dataclass
class Form:
    """A server of media: where it answers, and who signs for it."""

    name: str
    base_url: str
    ports: Ports
    data: Path
    http: httpx.Client

    def path(
        self,
        file: str = "720p/00001.m4s",
        *,
        clip: str = CLIP,
        plan: str = PLAN,
        audience: str = "everyone",
        expires: int | None = None,
    ) -> str:
        """A good address."""
        expires = int(time.time()) + HOUR_S if expires is None else expires
        return self.ports.media_keys.signer.path(clip, plan, file, audience, expires)

    def get(self, path: str = "", **headers: str) -> httpx.Response:
        """Fetch an address (the segment's); `If_Range` is written If-Range."""
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.http.get(path or self.path(), headers=given)

    def raw(self, path: str, method: str = "GET") -> tuple[int, bytes]:
        """Ask for a path exactly as written, as no well-behaved client would; returns status and body."""
        address = urlsplit(self.base_url)
        with socket.create_connection((str(address.hostname), address.port or 80), timeout=20) as line:
            request = f"{method} {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
            line.sendall(request.encode("latin-1"))
            answer = b""
            while block := line.recv(65536):
                answer += block
        head, _, body = answer.partition(b"\r\n\r\n")
        return int(head.split(b" ")[1]), body


FORMS = [
    "folder",
    "folder, in blocks",
    pytest.param("bucket", marks=pytest.mark.slow),
    pytest.param("nginx", marks=pytest.mark.nginx),
    pytest.param("nginx, bucket", marks=[pytest.mark.nginx, pytest.mark.slow]),
]


@pytest.fixture(scope="session", params=FORMS)
def form(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Form]:
    """Our own route over a folder, by the kernel and in blocks, and over S3; nginx over that folder, and in
    front of the route."""
    name: str = request.param
    store = {}
    if "bucket" in name:
        s3 = request.getfixturevalue("s3_server")
        store = {"store_url": f"s3://{s3.create_bucket()}", "store_options": s3.options()}
    folder = tmp_path_factory.mktemp("form")
    with ExitStack() as stack:
        served = stack.enter_context(
            in_thread(new_data(folder / "data"), plain_uvicorn="in blocks" in name, **store)
        )
        fill(served.ports)
        base_url = served.base_url
        if "nginx" in name:
            request.getfixturevalue("nginx_path")
            port = urlsplit(base_url).port
            assert port is not None
            site = nginx_server.render(folder, upstream_port=port, data=served.data)
            stack.enter_context(nginx_server.running(site))
            base_url = site.base_url
        http = stack.enter_context(httpx.Client(base_url=base_url, timeout=30, verify=PLAIN))
        yield Form(name, base_url, served.ports, served.data, http)


def fill(ports: Ports) -> None:
    """Put two plans of one clip, another clip, and what nobody may fetch into the store."""
    for clip, plan in ((CLIP, PLAN), (CLIP, OTHER_PLAN), (OTHER_CLIP, PLAN)):
        for file, content in FILES.items():
            obstore.put(ports.store, f"{clip_prefix(clip, plan)}/{file}", content)
    for key in ("private.m3u8", "clips/private.m3u8", f"clips/{CLIP}/private.m3u8"):
        obstore.put(ports.store, key, b"private")
