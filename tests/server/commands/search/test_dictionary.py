"""weike vocabulary: the dictionary of the search, from the machine itself."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from library.dictionary.rules import shown
from search import shipped_entries, units_of
from server.wiring import Ports
from tests.server.commands.conftest import Weike

pytestmark = [pytest.mark.slow, pytest.mark.every]

SHIPPED = next(words for words in shipped_entries() if "党的生日" in words)


@pytest.fixture(autouse=True)
def _library(ports: Ports) -> None:
    """A library is there."""


def test_an_entry_is_added_listed_and_removed(weike: Weike, ports: Ports) -> None:
    made = weike("vocabulary", "add", "千万工程=千村示范", "千萬工程", "--json")
    assert made.code == 0
    assert (made.json["words"], made.json["shipped"], made.json["on"]) == (
        ["千万工程", "千村示范"],
        False,
        True,
    )
    with ports.db.read() as session:
        used = ports.dictionary.now(session)
    assert used.synonyms[units_of("千村示范")] == (units_of("千万工程"),)
    assert weike("vocabulary", "add", "浙里办").out == "浙里办\n"
    assert weike("vocabulary", "list", "千村").out == "千万工程=千村示范\n"
    every = weike("vocabulary", "list", "--json").json
    assert every["total"] == len(every["entries"]) == 2 + len(shipped_entries())
    removed = weike("vocabulary", "remove", "千村示范", "千萬工程", "--json")
    assert (removed.code, removed.json["id"]) == (0, made.json["id"])
    assert weike("vocabulary", "list", "千村").out == ""


def test_a_shipped_entry_is_switched_off_and_on(weike: Weike) -> None:
    off = weike("vocabulary", "off", *reversed(SHIPPED), "--json")
    assert (off.code, off.json["words"], off.json["on"]) == (0, list(SHIPPED), False)
    assert "已停用" in weike("vocabulary", "list", "党的生日").out
    assert weike("vocabulary", "off", shown(SHIPPED)).code == 0, "it is so already"
    assert weike("vocabulary", "on", shown(SHIPPED), "--json").json["on"] is True


def test_mistakes_end_with_2_in_one_sentence(weike: Weike, tmp_path: Path) -> None:
    assert weike("vocabulary", "add", "千万工程").code == 0
    (tmp_path / "bytes").write_bytes(b"\xff\x00\x81\xff")
    (tmp_path / "empty").write_text("# 只有说明\n", "utf-8")
    for arguments in (
        ("add",),
        ("add", ""),
        ("add", "，"),
        ("add", "千萬工程"),
        ("add", "三农=三農"),
        ("remove", "没有的词"),
        ("remove", "="),
        ("remove", SHIPPED[0]),
        ("off", "千万工程"),
        ("on", "没有的词"),
        ("import", tmp_path / "missing.txt"),
        ("import", tmp_path),
        ("import", tmp_path / "bytes"),
        ("import", tmp_path / "empty"),
    ):
        ran = weike("vocabulary", *arguments)
        assert (ran.code, ran.out, ran.err.count("\n")) == (2, "", 1), (arguments, ran)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
def test_a_file_is_imported_line_by_line_however_it_is_saved(
    weike: Weike, tmp_path: Path, encoding: str
) -> None:
    file = tmp_path / "words.txt"
    text = f"# 说明\r\n千万工程=千村示范\r\n三农=三農\r\n七一\r\n停用:{shown(SHIPPED)}\r\n"
    file.write_bytes(text.encode(encoding))
    ran = weike("vocabulary", "import", file, "--json")
    assert ran.code == 1
    assert {name: ran.json[name] for name in ("added", "switched_off", "unchanged")} == {
        "added": 1,
        "switched_off": 1,
        "unchanged": 1,
    }
    assert [(one["line"], one["text"], one["reason"]) for one in ran.json["failed"]] == [
        (3, "三农=三農", "group_of_one")
    ]
    again = weike("vocabulary", "import", file)
    assert (again.code, again.err.count("\n")) == (1, 1)
    assert "第 3 行" in again.err
    assert "加入 0 条" in again.out


def test_what_is_exported_can_be_imported(weike: Weike, monkeypatch: pytest.MonkeyPatch) -> None:
    weike("vocabulary", "add", "千万工程=千村示范")
    weike("vocabulary", "off", shown(SHIPPED))
    exported = weike("vocabulary", "export", "--json").json
    assert exported == {"entries": [["千万工程", "千村示范"]], "switched_off": [list(SHIPPED)]}
    text = weike("vocabulary", "export").out
    assert text == f"停用:{shown(SHIPPED)}\n千万工程=千村示范\n"
    weike("vocabulary", "remove", "千万工程=千村示范")
    weike("vocabulary", "on", shown(SHIPPED))
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(text.encode())))
    ran = weike("vocabulary", "import", "-", "--json")
    assert (ran.code, ran.json["added"], ran.json["switched_off"]) == (0, 1, 1)
    assert weike("vocabulary", "export").out == text
