"""weike speech try: words, speed and memory of a file; what cannot be heard is said in one sentence."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from speech.models import ModelUnusable, usable
from tests.server.commands.conftest import Weike
from tests.speech.sound import CLIP
from tests.support.needs import missing
from transcode.tools import find_tools

pytestmark = pytest.mark.dear(15)


def cut(folder: Path, *arguments: str) -> Path:
    """The first seconds of the recording."""
    made = folder / "some.ogg"
    command = [str(find_tools().ffmpeg), "-v", "error", "-i", str(CLIP), "-t", "7", *arguments, str(made)]
    subprocess.run(command, check=True)
    return made


@pytest.mark.slow
def test_a_file_is_heard_and_nothing_is_kept(weike: Weike, no_data: Path, tmp_path: Path) -> None:
    try:
        usable(None)
    except ModelUnusable as error:
        missing(error.text)
    ran = weike("speech", "try", cut(tmp_path, "-c", "copy"), "--json")
    assert ran.code == 0, ran.err
    assert "同志们好" in ran.json["text"].replace("句", "志")
    assert ran.json["cues"][0]["start_s"] == pytest.approx(0.8, abs=0.3)
    assert ran.json["cpu_per_s"] > 0
    assert ran.json["memory_bytes"] < 650 * 2**20
    assert ran.json["licence"].startswith("MIT")
    assert not no_data.exists()


@pytest.mark.slow
def test_what_cannot_be_heard_is_said_in_one_sentence(
    weike: Weike, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ran = weike("speech", "try", tmp_path / "nowhere.mp4")
    assert (ran.code, ran.out) == (2, "")
    assert "nowhere.mp4" in ran.err
    (tmp_path / "model").mkdir()
    (tmp_path / "model" / "model.bin").write_bytes(b"\6\0\0\0\x0c\0Whisper")
    monkeypatch.setenv("WEIKE_SPEECH_MODEL", str(tmp_path / "model"))
    ran = weike("speech", "try", CLIP)
    assert (ran.code, len(ran.err.splitlines())) == (1, 1)
    assert "config.json" in ran.err
    monkeypatch.setenv("WEIKE_LANGUAGE", "en")
    assert "lacks config.json. Copy" in weike("speech", "try", CLIP).err
    monkeypatch.delenv("WEIKE_LANGUAGE")
    for name in ("config.json", "tokenizer.json"):
        (tmp_path / "model" / name).write_text("{}")
    assert "model.bin" in weike("speech", "try", CLIP).err
    checks = {check["name"]: check for check in weike("doctor", "--json").json["checks"]}
    assert checks["speech"]["status"] == "bad"
    assert "model.bin" in checks["speech"]["message"]
