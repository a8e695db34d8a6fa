"""weike media-key: other secrets, from the machine itself."""

from __future__ import annotations

import stat
from pathlib import Path

from server.delivery.signing import key_id
from server.wiring import Ports
from tests.server.commands.conftest import Weike


def test_a_secret_is_changed_and_the_one_before_is_kept(weike: Weike, ports: Ports, data: Path) -> None:
    file = data / "media_secret"
    first = key_id(file.read_text().strip())
    said = weike("media-key", "rotate", "--json")
    assert said.code == 0
    assert said.json["previous"] == first
    assert [key_id(line) for line in file.read_text().split()] == [said.json["key"], first]
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    again = weike("media-key", "rotate")
    assert again.code == 0
    assert said.json["key"] in again.out
    assert first not in file.read_text()
    for secret in file.read_text().split():
        assert secret not in again.out + again.err


def test_all_addresses_are_ended(weike: Weike, ports: Ports, data: Path) -> None:
    before = (data / "media_secret").read_text().strip()
    said = weike("media-key", "revoke-all", "--json")
    assert (said.code, said.json["previous"]) == (0, None)
    assert before not in (data / "media_secret").read_text()


def test_a_mistyped_folder_is_told_and_not_made(weike: Weike, no_data: Path) -> None:
    for command in ("rotate", "revoke-all"):
        said = weike("media-key", command)
        assert said.code == 2
        assert "media_secret" in said.err
        assert said.out == ""
    assert not no_data.exists()


def test_a_file_that_cannot_be_used_is_left_as_it_is_or_made_anew(
    weike: Weike, ports: Ports, data: Path
) -> None:
    file = data / "media_secret"
    file.write_text("short\n")
    said = weike("media-key", "rotate")
    assert said.code == 1
    assert "media_secret" in said.err
    assert file.read_text() == "short\n"
    assert weike("media-key", "revoke-all").code == 0
    assert len(file.read_text().strip()) >= 32
