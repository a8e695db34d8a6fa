"""Every adapter of a port in turn: a folder and an S3 server for objects; and where suites keep files."""

from __future__ import annotations

import datetime
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from obstore.store import LocalStore, ObjectStore, S3Store

from search import ENGINES, SearchEngine
from tests.contracts.asking import doc


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


@pytest.fixture(params=sorted(ENGINES))
def engine(request: pytest.FixtureRequest, memory: Path) -> Iterator[SearchEngine]:
    made = ENGINES[request.param].open_or_create(memory / "index")
    yield made
    made.close()


@pytest.fixture
def library(engine: SearchEngine) -> SearchEngine:
    engine.apply(
        [
            doc(
                "red",
                "一九二一年七月，中国共产党第一次全国代表大会\n后来转移到嘉兴南湖的红船上",
                title="红船精神",
                lecturer="张三",
                topics=("党史学习", "革命精神"),
                date=datetime.date(2021, 7, 1),
                kind="lesson",
                branch="b1",
            ),
            doc(
                "village",
                "乡村振兴要发展产业，也要发展教育",
                title="乡村振兴",
                lecturer="李四",
                topics=("三农",),
                date=datetime.date(2023, 3, 5),
                kind="talk",
                branch="b2",
            ),
            doc(
                "congress",
                "党的二十大报告指出，以中国式现代化推进中华民族伟大复兴。AI 和 5G",
                title="学习二十大精神",
                lecturer="张三丰",
                topics=("二十大", "党史学习"),
                summary="摘要里才有的话",
                date=datetime.date(2022, 10, 16),
                kind="lesson",
                branch="b1",
            ),
        ],
        [],
        1,
    )
    return engine
