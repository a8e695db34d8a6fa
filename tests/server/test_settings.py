"""Settings that a person may write in several ways."""

from __future__ import annotations

from pathlib import Path

import pytest

from server.settings import Settings


def test_a_relative_data_folder_means_the_same_from_every_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("WEIKE_DATA", "lessons")
    assert Settings().data == tmp_path / "lessons"


def test_the_data_folder_that_nobody_named_is_absolute_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("WEIKE_DATA", raising=False)
    settings = Settings()
    assert settings.data == tmp_path / "data"
    assert str(tmp_path) in settings.database
