"""Settings that a person may write in several ways."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from pydantic import SecretStr

from server.cli import main
from server.settings import Settings
from tests.server.settings_page import PAGE, page


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


def test_the_page_of_settings_is_that_of_the_settings() -> None:
    """`python -m tests.server.settings_page` writes it."""
    assert PAGE.read_text(encoding="utf-8") == page()


SECRETS = {
    "WEIKE_DATABASE_URL": "postgresql+psycopg://weike:geheim1@db/weike",
    "WEIKE_STORE_OPTIONS": '{"endpoint": "http://s3:8333", "aws_secret_access_key": "geheim2"}',
    "WEIKE_METRICS_TOKEN": "geheim3",
}


def test_each_setting_says_where_it_comes_from_and_no_secret_is_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".env").write_text("WEIKE_THREADS=12\nWEIKE_PORT=1\n")
    for name, value in {**SECRETS, "WEIKE_PORT": "8123"}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("WEIKE_DATA", raising=False)
    assert main(["--data", "elsewhere", "settings", "--json"]) == 0
    out = capsysbinary.readouterr().out
    assert b"geheim" not in out
    found = {one["name"]: (one["value"], one["source"]) for one in json.loads(out)["settings"]}
    assert found["WEIKE_DATA"][1] == "command line"
    assert found["WEIKE_PORT"] == (8123, "environment")
    assert found["WEIKE_THREADS"] == (12, ".env")
    assert found["WEIKE_HOST"] == ("127.0.0.1", "default")
    assert found["WEIKE_STORE_OPTIONS"][0] == {"endpoint": "http://s3:8333", "aws_secret_access_key": "***"}
    assert found["WEIKE_DATABASE_URL"][0] == "postgresql+psycopg://weike:***@db/weike"
    assert main(["settings"]) == 0
    assert b"geheim" not in capsysbinary.readouterr().out


def test_a_new_setting_that_names_a_secret_is_hidden() -> None:
    """A password, token or key in a plain text field would be printed by `weike settings`."""
    kept = {
        "secret_file",
        "media_secret_file",
        "second_factor_secret_file",
        "mail_password_file",
    }  # where a secret lies, and none itself
    for name, field in Settings.model_fields.items():
        if re.search("secret|token|password", name) and name not in kept:
            assert field.annotation is SecretStr, name
