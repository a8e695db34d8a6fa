"""Every adapter of a port in turn: a folder and an S3 server for objects."""

from pathlib import Path
from typing import Any

import pytest
from obstore.store import LocalStore, ObjectStore, S3Store


@pytest.fixture(params=["folder", "s3"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> ObjectStore:
    """An empty object store."""
    if request.param == "folder":
        folder = tmp_path / "objects"
        folder.mkdir()
        return LocalStore(prefix=folder)
    options: dict[str, Any] = request.getfixturevalue("s3_options")
    return S3Store.from_url(request.getfixturevalue("s3_url"), **options)
