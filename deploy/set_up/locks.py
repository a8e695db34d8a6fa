"""What the locks name: packages with their versions, of Python and of the front end."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path

from deploy.set_up.steps import ROOT

_PIN = re.compile(
    r"^(?P<name>[A-Za-z0-9][A-Za-z0-9._-]*)(?:\[[^\]]*\])?==(?P<version>[^\s;\\]+)(?P<rest>(?:.*\\\n)*.*)",
    re.MULTILINE,
)


@dataclass(frozen=True, order=True)
class Package:
    """One package of a lock: ecosystem "PyPI" or "npm", and the sha-256 or sha-512 of its files as hex."""

    ecosystem: str
    name: str
    version: str
    sha256: tuple[str, ...] = ()
    sha512: tuple[str, ...] = ()

    @property
    def purl(self) -> str:
        """Its package URL (github.com/package-url/purl-spec)."""
        kind = {"PyPI": "pypi", "npm": "npm"}[self.ecosystem]
        return f"pkg:{kind}/{self.name.replace('@', '%40')}@{self.version}"


def python_packages(lock: Path) -> list[Package]:
    """Return what a lock of requirements/ names, whatever the platform."""
    text = lock.read_text(encoding="utf-8")
    return sorted(
        Package(
            "PyPI",
            re.sub(r"[-_.]+", "-", pin["name"]).lower(),
            pin["version"],
            tuple(re.findall(r"--hash=sha256:([0-9a-f]{64})", pin["rest"])),
        )
        for pin in _PIN.finditer(text)
    )


def front_end_packages(*, built_in: bool) -> list[Package]:
    """Return what frontend/package-lock.json names; with ``built_in`` only what ends up in the pages."""
    lock = json.loads((ROOT / "frontend" / "package-lock.json").read_text(encoding="utf-8"))
    found = []
    for place, about in lock.get("packages", {}).items():
        if place and not (built_in and about.get("dev")):
            name = place.rpartition("node_modules/")[2]
            found.append(Package("npm", name, about["version"], sha512=_sha512(about.get("integrity", ""))))
    return sorted(found)


def _sha512(integrity: str) -> tuple[str, ...]:
    import base64

    kind, _, value = integrity.partition("-")
    return (base64.b64decode(value).hex(),) if kind == "sha512" else ()
