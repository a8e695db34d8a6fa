"""A recording with two sounds: the lecturer takes the other one, and the lesson never stops playing."""

from __future__ import annotations

import subprocess
from pathlib import Path

import imageio_ffmpeg
import pytest

from tests.support import server
from tests.support.client import Person

pytestmark = [pytest.mark.slow, pytest.mark.dear(7)]


def test_a_lecturer_takes_the_other_sound(tmp_path: Path) -> None:
    source = tmp_path / "meeting.mkv"
    sounds = [["-f", "lavfi", "-i", f"sine=f={pitch}:d=8:r=48000,volume=6dB"] for pitch in (300, 500)]
    picture = ["-f", "lavfi", "-i", "testsrc2=s=320x180:r=5:d=8"]
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-y", *picture, *sounds[0], *sounds[1]]
    command += [
        "-map",
        "0",
        "-map",
        "1",
        "-map",
        "2",
        "-c:v",
        "libx264",
        "-preset",
        "ultrafast",
        "-c:a",
        "aac",
    ]
    named = ["-metadata:s:a:1", "title=话筒", "-metadata:s:a:1", "language=chi"]
    subprocess.run([*command, *named, str(source)], check=True, timeout=60)
    data = server.new_data(tmp_path / "data")
    with server.process(data) as process, Person(process.base_url) as lecturer:
        lecturer.sign_in("lecturer", server.password("lecturer"))
        lesson_id = lecturer.new_lesson("会议")
        lecturer.upload(lesson_id, source)
        lesson = lecturer.wait(lesson_id, 90)
        assert lesson["recording"] == "ready", process.log_tail()
        address = f"/api/v1/lessons/{lesson_id}/tracks"
        tracks = lecturer.http.get(address).json()["tracks"]
        assert [(one["n"], one["title"], one["taken"]) for one in tracks] == [
            (1, "", True),
            (2, "话筒", False),
        ]
        page = lecturer.http.get(f"/lessons/{lesson_id}/progress").text
        assert "第 2 条（中文，话筒，aac）" in page
        before = lesson["clips"][0]
        form = {"audio": str(tracks[1]["index"]), "csrf": lecturer.csrf()}
        assert lecturer.http.post(f"/lessons/{lesson_id}/tracks", data=form).status_code in (200, 303)
        # The old clip plays while the new one is made.
        assert lecturer.http.get(before["master"]).status_code == 200
        lesson = lecturer.wait(lesson_id, 90)
        assert lesson["recording"] == "ready", process.log_tail()
        after = lesson["clips"][0]
        assert after["id"] == before["id"]
        assert after["master"] != before["master"]
        assert lecturer.http.get(after["master"]).status_code == 200
        taken = [one["n"] for one in lecturer.http.get(address).json()["tracks"] if one["taken"]]
        assert taken == [2]
        same = lecturer.http.patch(
            address, json={"audio": tracks[1]["index"]}, headers={"X-CSRF-Token": lecturer.csrf()}
        )
        assert same.json()["state"] == "ready", "nothing is made for what is already so"
