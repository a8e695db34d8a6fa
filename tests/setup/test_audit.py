"""What is inside, and whether any of it is known to be vulnerable: both read from the locks."""

from __future__ import annotations

import json
import re
import threading
import tomllib
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

from deploy.set_up import audit
from deploy.set_up.audit import ACCEPTED, Found, look
from deploy.set_up.bundle import LOCK
from deploy.set_up.locks import Package, front_end_packages, python_packages
from deploy.set_up.sbom import sbom
from deploy.set_up.steps import SetupError

BAD = Package("PyPI", "future", "1.0.0")
GOOD = Package("npm", "hls.js", "1.7.4")


class Osv(HTTPServer):
    """Answers as osv.dev does: BAD is known."""

    def __init__(self) -> None:
        self.asked: list[dict[str, Any]] = []
        super().__init__(("127.0.0.1", 0), _Answering)


class _Answering(BaseHTTPRequestHandler):
    server: Osv

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.asked += body["queries"]
        known = {"vulns": [{"id": "PYSEC-1"}]}
        results = [known if one["package"]["name"] == "future" else {} for one in body["queries"]]
        self.send_response(200)
        self.end_headers()
        self.wfile.write(json.dumps({"results": results}).encode())

    def do_GET(self) -> None:
        assert self.path == "/v1/vulns/PYSEC-1"
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b'{"id": "PYSEC-1", "aliases": ["GHSA-1", "CVE-2025-50817"]}')

    def log_message(self, *_: Any) -> None: ...


@pytest.fixture
def osv() -> Iterator[tuple[Osv, str]]:
    """A mirror on this machine and its address."""
    made = Osv()
    threading.Thread(target=made.serve_forever, daemon=True).start()
    yield made, f"http://127.0.0.1:{made.server_port}"
    made.shutdown()
    made.server_close()


@pytest.mark.slow
def test_what_is_known_is_named_and_what_is_accepted_says_why(osv: tuple[Osv, str]) -> None:
    assert look([BAD, GOOD], osv[1], {}) == [Found(BAD, "CVE-2025-50817", "")]
    assert look([BAD, GOOD], osv[1], {"CVE-2025-50817": "because"}) == [
        Found(BAD, "CVE-2025-50817", "because")
    ]


def test_every_lock_is_asked_about_by_name_and_version_alone(
    osv: tuple[Osv, str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("WEIKE_OSV_URL", osv[1])
    assert audit.audit() == 0  # what stands in accepted.toml is known
    assert "future" in capsys.readouterr().out
    assert {tuple(sorted(one)) for one in osv[0].asked} == {("package", "version")}
    assert {one["package"]["ecosystem"] for one in osv[0].asked} == {"PyPI", "npm"}
    assert len(osv[0].asked) > 100


def test_without_a_line_one_sentence_says_that_nothing_was_checked() -> None:
    with pytest.raises(SetupError, match=r"nothing was checked: .* does not answer .* WEIKE_OSV_URL"):
        look([BAD], "http://127.0.0.1:9", {})


def test_each_accepted_one_says_why_and_until_when_it_is_looked_at_again() -> None:
    for name, about in tomllib.loads(ACCEPTED.read_text(encoding="utf-8")).items():
        assert set(about) == {"package", "why", "again"}, name
        assert about["package"] in {package.name for package in python_packages(LOCK)}, name


def test_the_list_of_what_is_inside_is_cyclonedx_and_whole() -> None:
    packages = [*python_packages(LOCK), *front_end_packages(built_in=True)]
    document = sbom(packages, {"fastapi": "MIT"})
    errors = JsonStrictValidator(SchemaVersion.V1_6).validate_str(json.dumps(document))
    assert errors is None
    purls = {one["purl"] for one in document["components"]}
    assert len(purls) == len(packages) == len(set(packages))
    assert {"fastapi", "whoosh3", "hls.js"} <= {one["name"] for one in document["components"]}
    assert "pkg:npm/%40expo-google-fonts/noto-sans-sc@0.4.3" in purls
    assert not [
        one for one in document["components"] if one["name"] == "esbuild"
    ]  # builds, and is not inside
    assert sbom(packages, {}) == sbom(packages, {})


def test_a_package_of_a_lock_is_read_with_its_hashes() -> None:
    found = {package.name: package for package in python_packages(LOCK)}
    assert found["whoosh3"].version == "3.54.0"
    assert all(package.sha256 for package in found.values())
    assert len(re.findall(r"^[a-z].*==", LOCK.read_text(), re.MULTILINE)) == len(python_packages(LOCK))
