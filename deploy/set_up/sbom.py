"""What is inside: a CycloneDX list of the packages that the locks name, made at set-up into .setup/sbom.json.

Written by its schema (1.6) and held to it by a test. Without the moment of its making, so that the same locks
give the same file.
"""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Iterable, Mapping
from email.parser import HeaderParser
from pathlib import Path
from typing import Any

from deploy.set_up.bundle import LOCK, SPEECH_LOCK, version
from deploy.set_up.locks import Package, front_end_packages, python_packages
from deploy.set_up.steps import STATE, shown

SBOM = "sbom.json"


def write_sbom(venv: Path, *, speech: bool = False) -> Path:
    """Write what was set up (``speech``: with what recognises speech), with the licences that packages in
    ``venv`` say; returns the file."""
    locks = [LOCK, SPEECH_LOCK] if speech else [LOCK]
    named = {package for lock in locks for package in python_packages(lock)}
    packages = [*sorted(named), *front_end_packages(built_in=True)]
    text = json.dumps(sbom(packages, _licences(venv)), indent=1, ensure_ascii=False)
    file = STATE / SBOM
    if not file.exists() or file.read_text(encoding="utf-8") != text:
        file.write_text(text, encoding="utf-8")
        print(f"What is inside: {shown(file)} (CycloneDX)", flush=True)
    return file


def sbom(packages: Iterable[Package], licences: Mapping[str, str]) -> dict[str, Any]:
    """Return a CycloneDX document of packages; ``licences`` are SPDX expressions by the name in PyPI."""
    components = [_component(package, licences) for package in packages]
    told = json.dumps(components, sort_keys=True).encode()
    return {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{uuid.UUID(bytes=hashlib.sha256(told).digest()[:16], version=4)}",
        "version": 1,
        "metadata": {
            "component": {"type": "application", "bom-ref": "weike", "name": "weike", "version": version()}
        },
        "components": components,
        "dependencies": [{"ref": "weike", "dependsOn": sorted(one["bom-ref"] for one in components)}],
    }


def _component(package: Package, licences: Mapping[str, str]) -> dict[str, Any]:
    found: dict[str, Any] = {
        "type": "library",
        "bom-ref": package.purl,
        "name": package.name,
        "version": package.version,
        "purl": package.purl,
    }
    # A package has a file for each platform: their hashes are those of several files, so only one is its own.
    if len(package.sha256) == 1:
        found["hashes"] = [{"alg": "SHA-256", "content": package.sha256[0]}]
    elif package.sha512:
        found["hashes"] = [{"alg": "SHA-512", "content": package.sha512[0]}]
    if package.ecosystem == "PyPI" and package.name in licences:
        found["licenses"] = [{"expression": licences[package.name]}]
    return found


def _licences(venv: Path) -> dict[str, str]:
    """Return the SPDX expressions (PEP 639) of what is installed; older packages say none."""
    found = {}
    for file in venv.glob("lib/python3*/site-packages/*.dist-info/METADATA"):
        about = HeaderParser().parsestr(file.read_text(encoding="utf-8", errors="replace"))
        if about["License-Expression"] and about["Name"]:
            found[about["Name"].lower().replace("_", "-").replace(".", "-")] = about["License-Expression"]
    return found
