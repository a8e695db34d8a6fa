"""Is anything that the locks name known to be vulnerable? OSV (osv.dev) is asked, with names and versions."""

from __future__ import annotations

import json
import os
import ssl
import tomllib
import urllib.error
import urllib.request
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from deploy.set_up.locks import Package, front_end_packages, python_packages
from deploy.set_up.steps import ROOT, SetupError

OSV = "https://api.osv.dev"
ACCEPTED = ROOT / "requirements" / "accepted.toml"
_TOGETHER = 500
_WAIT_S = 30.0


@dataclass(frozen=True)
class Found:
    """A known vulnerability of a package, and why it is accepted ("" when it is not)."""

    package: Package
    id: str
    accepted: str


def audit() -> int:
    """Ask, say what was found, and return the exit code: 0 for nothing new, 1 for something.

    WEIKE_OSV_URL names a mirror. Raises SetupError where nobody answers.
    """
    packages = _all_packages()
    found = look(packages, os.environ.get("WEIKE_OSV_URL") or OSV, accepted())
    for one in found:
        why = (
            f"accepted: {one.accepted}" if one.accepted else "look at https://osv.dev/vulnerability/" + one.id
        )
        print(f"{one.package.name} {one.package.version}  {one.id}  {why}")
    new = [one for one in found if not one.accepted]
    print(f"{len(packages)} packages of the locks asked about, {len(found)} known, {len(new)} not accepted")
    return 1 if new else 0


def _all_packages() -> list[Package]:
    locks = [ROOT / "requirements" / f"{name}.txt" for name in ("dev", "node", "otel", "speech")]
    named = {package for lock in locks if lock.exists() for package in python_packages(lock)}
    return sorted(named | set(front_end_packages(built_in=False)))


def accepted() -> dict[str, str]:
    """Return why vulnerabilities are accepted, by their ids: requirements/accepted.toml."""
    if not ACCEPTED.exists():
        return {}
    return {
        name: str(about["why"]) for name, about in tomllib.loads(ACCEPTED.read_text(encoding="utf-8")).items()
    }


def look(packages: Sequence[Package], url: str, why: Mapping[str, str]) -> list[Found]:
    """Return what the database at ``url`` knows about packages. Raises SetupError when it does not answer."""
    found = []
    for start in range(0, len(packages), _TOGETHER):
        some = packages[start : start + _TOGETHER]
        queries = [
            {"package": {"name": p.name, "ecosystem": p.ecosystem}, "version": p.version} for p in some
        ]
        results = _ask(f"{url.rstrip('/')}/v1/querybatch", {"queries": queries}).get("results", [])
        if len(results) != len(some):
            raise SetupError(f"{url} answered for {len(results)} packages of {len(some)}: try again later.")
        for package, result in zip(some, results, strict=True):
            for known in (result or {}).get("vulns", ()):
                names = _names(url, known["id"])
                found.append(Found(package, names[0], next((why[n] for n in names if n in why), "")))
    return found


def _names(url: str, known: str) -> list[str]:
    """Return all names of a vulnerability, the CVE first: each database has its own."""
    about = _ask(f"{url.rstrip('/')}/v1/vulns/{known}")
    return sorted({known, *about.get("aliases", ())}, key=lambda name: (not name.startswith("CVE-"), name))


def _ask(url: str, body: Mapping[str, Any] | None = None) -> dict[str, Any]:
    if not url.startswith(("http://", "https://")):
        raise SetupError(f"WEIKE_OSV_URL must begin with http:// or https://, and it is {url}")
    headers = {"Content-Type": "application/json"}
    sent = None if body is None else json.dumps(body).encode()
    asked = urllib.request.Request(url, sent, headers)  # noqa: S310
    certificates = os.environ.get("PIP_CERT")  # the certificate file of the network, as for pip
    context = ssl.create_default_context(cafile=certificates)
    try:
        with urllib.request.urlopen(asked, timeout=_WAIT_S, context=context) as answer:  # noqa: S310
            said = json.load(answer)
    except (OSError, ValueError) as error:
        reason = error.reason if isinstance(error, urllib.error.URLError) else error
        raise SetupError(
            f"nothing was checked: {url} does not answer ({reason}). Run it where there is a line, behind a "
            "proxy with HTTPS_PROXY; WEIKE_OSV_URL names a mirror of osv.dev."
        ) from error
    if not isinstance(said, dict):
        raise SetupError(f"nothing was checked: {url} answered something else.")
    return said
