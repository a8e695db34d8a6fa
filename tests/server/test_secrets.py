"""Secrets are made once, whole, and for their owner only."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from server.secrets import SecretUnreadable, read_or_make
from tests.support.together import together


def test_a_secret_is_made_once_and_only_its_owner_can_read_it(tmp_path: Path) -> None:
    file = tmp_path / "data" / "secret"
    secret = read_or_make(file)
    assert len(secret) >= 32
    assert read_or_make(file) == secret
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [p.name for p in file.parent.iterdir()] == ["secret"]


def test_starts_at_the_same_moment_agree_on_one_secret(tmp_path: Path) -> None:
    """Threads share a process id, as the first processes of two containers do."""
    for n in range(20):
        secrets = together([lambda file=tmp_path / f"secret-{n}": read_or_make(file)] * 4)
        assert len(set(secrets)) == 1, secrets
        assert isinstance(secrets[0], str)


def test_an_empty_secret_or_one_for_everybody_is_refused(tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    empty.write_text("")
    with pytest.raises(SecretUnreadable, match="empty"):
        read_or_make(empty)
    file = tmp_path / "open"
    read_or_make(file)
    file.chmod(0o644)
    with pytest.raises(SecretUnreadable, match="chmod 600"):
        read_or_make(file)
