"""Scripts, styles and drawings: from a logical name ("style.css") to the address of the built file.

`frontend/build.mjs` writes files with a hash of their content in the name, so each address may be cached for
a year, and a manifest. The manifest is read once, when the server is put together, and passed on.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path


class AssetsMissingError(Exception):
    """The pages' scripts and styles have not been built; `python3 run.py setup` builds them."""


@dataclass(frozen=True, slots=True)
class Assets:
    """The built files: `files` maps a logical name to a file name under `prefix`.

    `imports` are, for the name of a script, the files without which it cannot begin.
    """

    files: Mapping[str, str]
    prefix: str = "/static/"
    imports: Mapping[str, Sequence[str]] = field(default_factory=dict)

    def imported(self, name: str) -> tuple[str, ...]:
        """The addresses of what a script begins with: named on the page, they are fetched side by side."""
        return tuple(self.prefix + file for file in self.imports.get(name, ()))

    def url(self, name: str) -> str:
        """The address of the asset called `name`; raises `AssetsMissingError` when the build has none."""
        try:
            return self.prefix + self.files[name]
        except KeyError:
            raise AssetsMissingError(f"no asset is called {name!r}; build the front end again") from None


def load_assets(folder: Path, prefix: str = "/static/") -> Assets:
    """Read the manifest in `folder` (server/static). Raises `AssetsMissingError` when the front end is not
    built.
    """
    path = folder / "manifest.json"
    try:
        files = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise AssetsMissingError(f"no built front end in {folder}: run python3 run.py setup") from error
    imports = files.pop("imports", {})
    return Assets(files=files, prefix=prefix, imports=imports)
