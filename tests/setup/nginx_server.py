"""A real nginx running deploy/nginx.conf, moved to a folder and a port of the test's own."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import os
import socket
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SECRET = "a-secret-of-this-test_4200000000"


@dataclass(frozen=True)
class Site:
    """Where the pieces of one rendered site are; `clips` is the folder that the clips are served from."""

    folder: Path
    port: int
    clips: Path
    secret_file: Path
    public_url: str = ""
    hsts_s: str = ""

    @property
    def base_url(self) -> str:
        """Where it answers."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def config(self) -> Path:
        """The rendered nginx.conf."""
        return self.folder / "nginx.conf"

    def environment(self) -> dict[str, str]:
        """What deploy/start-nginx.sh is told on this machine."""
        return {
            **os.environ,
            "PATH": f"{os.environ['PATH']}:/usr/sbin:/sbin",
            "MEDIA_SECRET_FILE": str(self.secret_file),
            "WEIKE_PUBLIC_URL": self.public_url,
            "WEIKE_HSTS_S": self.hsts_s,
            "NGINX_RUN_FOLDER": str(self.folder / "run"),
            "NGINX_CONFIG": str(self.config),
        }


def free_port() -> int:
    """A TCP port of this machine that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def render(
    folder: Path, upstream_port: int, *, data: Path | None = None, public_url: str = "", hsts_s: str = ""
) -> Site:
    """Write deploy/nginx.conf into ``folder`` with nothing changed but the places its first lines name.

    ``data``: the data folder of a library whose clips and secret it shares; without one, an empty folder of
    clips and SECRET. ``public_url``: what people open, if a proxy stands before this nginx, too.
    """
    if data is None:
        site = Site(folder, free_port(), folder / "clips", folder / "media.secret", public_url, hsts_s)
        site.clips.mkdir()
        site.secret_file.write_text(SECRET + "\n", encoding="utf-8")
    else:
        site = Site(
            folder, free_port(), data / "objects" / "clips", data / "media_secret", public_url, hsts_s
        )
    text = (ROOT / "deploy" / "nginx.conf").read_text(encoding="utf-8")
    for here, there in (
        ("listen 8080;", f"listen 127.0.0.1:{site.port};"),
        ("server web:8000;", f"server 127.0.0.1:{upstream_port};"),
        ("/data/objects/clips", str(site.clips)),
        ("/data/assets", str((data or folder) / "assets")),
        ("/tmp/nginx", str(folder / "run")),  # noqa: S108
        ("access_log /dev/stdout", f"access_log {folder / 'access.log'}"),
    ):
        assert here in text, f"deploy/nginx.conf no longer says {here!r}"
        text = text.replace(here, there)
    if os.geteuid() == 0:
        text = "user root;\n" + text  # pytest's folders are closed to the account that nginx would change to
    site.config.write_text(text, encoding="utf-8")
    return site


@contextlib.contextmanager
def running(site: Site) -> Iterator[Site]:
    """Start it through deploy/start-nginx.sh and stop it at the end of the block."""
    script = ROOT / "deploy" / "start-nginx.sh"
    with (site.folder / "start.log").open("wb") as log:
        child = subprocess.Popen(["/bin/sh", script], env=site.environment(), stdout=log, stderr=log)
    try:
        _wait_until_it_listens(site, child)
        yield site
    finally:
        child.terminate()
        child.wait(timeout=10)


def _wait_until_it_listens(site: Site, child: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline and child.poll() is None:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", site.port), timeout=1):
            return
        time.sleep(0.05)
    raise AssertionError(f"nginx did not start:\n{(site.folder / 'start.log').read_text()}")


def signed(clip: str, file: str, *, expires: int, audience: str = "everyone", secret: str = SECRET) -> str:
    """The address of ``file`` of ``clip`` as secure_link checks it (nginx: ngx_http_secure_link_module)."""
    digest = hashlib.md5(f"{expires}/{audience}/{clip} {secret}".encode(), usedforsecurity=False).digest()
    signature = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
    key = hashlib.sha256(b"weike media key " + secret.encode()).hexdigest()[:8]
    return f"/media/{key}/{signature}/{expires}/{audience}/{clip}/{file}"
