"""Every adapter of a port in turn: a folder and an S3 server for objects; and where suites keep files."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from obstore.store import LocalStore, ObjectStore, S3Store


@pytest.fixture
def memory() -> Iterator[Path]:
    """A folder in memory where there is one: a hundred small indexes spend their time in fsync otherwise."""
    shared = Path("/dev/shm")  # noqa: S108
    folder = Path(tempfile.mkdtemp(dir=shared if shared.is_dir() else None))
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(params=["folder", "s3"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> ObjectStore:
    """An empty object store."""
    if request.param == "folder":
        folder = tmp_path / "objects"
        folder.mkdir()
        return LocalStore(prefix=folder)
    options: dict[str, Any] = request.getfixturevalue("s3_options")
    return S3Store.from_url(request.getfixturevalue("s3_url"), **options)
