"""The parts of which this is made, from the list of the set-up and from what is installed. No network."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import Any

_ROOT = Path(__file__).resolve().parents[3]
_SBOM = _ROOT / ".setup" / "sbom.json"
_LOCK = _ROOT / "frontend" / "package-lock.json"
_MODULES = _ROOT / "frontend" / "node_modules"
_TEXT = re.compile(r"(licen[cs]e|copying|notice|authors)[^/]*$", re.IGNORECASE)
_TEXT_BYTES = 256 * 1024
"""Of a text; one that is longer is cut, and says so."""


@dataclass(frozen=True)
class Part:
    """A part: `origin` is pypi or npm, `licence` what it says of itself."""

    origin: str
    name: str
    version: str
    licence: str
    texts: tuple[Path, ...]


@cache
def parts() -> tuple[Part, ...]:
    """Return every part, by name; read once, for nothing of it changes while the program runs."""
    return tuple(sorted(_found(), key=lambda one: (one.name.lower(), one.origin)))


def is_listed() -> bool:
    """Tell whether the list of the set-up is there; else the parts are those that are installed."""
    return _SBOM.is_file()


def part(origin: str, name: str) -> Part | None:
    """Return a part by its name, in whatever case its packages write it."""
    return next((one for one in parts() if one.origin == origin and _key(one.name) == _key(name)), None)


def text_of(file: Path) -> str:
    """Return a text of a part."""
    with file.open("rb") as source:
        data = source.read(_TEXT_BYTES + 1)
    return data[:_TEXT_BYTES].decode("utf-8", "replace") + ("\n[…]" if len(data) > _TEXT_BYTES else "")


def _found() -> Iterator[Part]:
    installed = {_key(one.name): one for one in metadata.distributions() if one.name}
    front_end = _front_end()
    if not is_listed():
        for one in installed.values():
            yield _python(one.name, one.version, "", one)
        for name, (version, licence) in front_end.items():
            yield Part("npm", name, version, licence, _module_texts(name))
        return
    for component in json.loads(_SBOM.read_text("utf-8"))["components"]:
        name, version = component["name"], component.get("version", "")
        if component.get("purl", "").startswith("pkg:npm/"):
            licence = _said(component) or front_end.get(name, ("", ""))[1]
            yield Part("npm", name, version, licence, _module_texts(name))
        else:
            yield _python(name, version, _said(component), installed.get(_key(name)))


def _said(component: dict[str, Any]) -> str:
    told = component.get("licenses") or []
    names = [one.get("expression") or (one.get("license") or {}).get("id") or "" for one in told]
    return " / ".join(filter(None, names))


def _python(name: str, version: str, licence: str, found: metadata.Distribution | None) -> Part:
    if found is None:
        return Part("pypi", name, version, licence, ())
    said = licence or _field(found, "License-Expression") or _classified(found)
    files = [Path(str(found.locate_file(one))) for one in found.files or () if _is_text(str(one))]
    return Part("pypi", name, version or found.version, said, tuple(filter(Path.is_file, files)))


def _classified(found: metadata.Distribution) -> str:
    told = [
        one.rpartition(" :: ")[2] for one in found.metadata.get_all("Classifier") or () if "License ::" in one
    ]
    short = _field(found, "License").strip()
    return " / ".join(told) or (short if len(short) <= 60 and "\n" not in short else "")


def _field(found: metadata.Distribution, name: str) -> str:
    return str((found.metadata.get_all(name) or [""])[0])


def _is_text(name: str) -> bool:
    return ".dist-info/" in name and _TEXT.search(name) is not None


def _front_end() -> dict[str, tuple[str, str]]:
    if not _LOCK.is_file():
        return {}
    packages = json.loads(_LOCK.read_text("utf-8")).get("packages", {})
    return {
        place.rpartition("node_modules/")[2]: (told.get("version", ""), str(told.get("license", "")))
        for place, told in packages.items()
        if place and not told.get("dev")
    }


def _module_texts(name: str) -> tuple[Path, ...]:
    folder = _MODULES / name
    if not folder.is_dir():
        return ()
    return tuple(sorted(one for one in folder.iterdir() if one.is_file() and _TEXT.match(one.name)))


def _key(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
