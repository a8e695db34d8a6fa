"""What people really upload: broken, misnamed, empty, twice, with odd names, and onto a full disk."""

from __future__ import annotations

import shutil
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import m3u8
import pytest

from tests.flow import media
from tests.support import server
from tests.support.client import Person
from tests.support.outside.disks import small_disk

pytestmark = [pytest.mark.slow, pytest.mark.dear(96)]


@dataclass
class Library:
    """A running server and a lecturer who uploads."""

    process: server.Process
    lecturer: Person

    def rows(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        """Ask the database as any other program would."""
        with closing(sqlite3.connect(self.process.data / "weike.sqlite", timeout=30)) as connection:
            return connection.execute(query, values).fetchall()

    def send(self, file: Path, file_name: str | None = None, title: str = "党课") -> str:
        """Upload a file as a new lesson; returns the lesson's id."""
        lesson_id = self.lecturer.new_lesson(title)
        self.lecturer.upload(lesson_id, file, file_name)
        return lesson_id

    def outcome(self, lesson_id: str, state: str) -> dict[str, Any]:
        """Wait for the end and see that it is `state`; returns the lesson."""
        lesson = self.lecturer.wait(lesson_id, 90)
        assert lesson["recording"] == state, (lesson["problem"], self.process.log_tail())
        return lesson

    def refusal(self, file: Path, file_name: str | None = None) -> tuple[str, str]:
        """Upload what will be refused; returns the reason's code and the words, which the page shows too."""
        lesson_id = self.send(file, file_name)
        problem = self.outcome(lesson_id, "refused")["problem"]
        page = self.lecturer.http.get(f"/lessons/{lesson_id}/progress").text
        assert problem["message"] in page
        assert problem["todo"] in page
        return problem["error"], problem["message"]

    def master(self, lesson: dict[str, Any], n: int = 0) -> m3u8.M3U8:
        """The master playlist of a clip."""
        return m3u8.loads(self.lecturer.http.get(lesson["clips"][n]["master"]).text)


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    """One server for all tests here."""
    data = server.new_data(tmp_path_factory.mktemp("bad") / "data")
    with server.process(data) as process, Person(process.base_url) as lecturer:
        lecturer.sign_in("lecturer", server.password("lecturer"))
        yield Library(process, lecturer)


# ---------------------------------------------------------------------- files that are not what they seem


def test_an_empty_file(library: Library) -> None:
    lesson_id = library.lecturer.new_lesson("空")
    answer = library.lecturer.begin_upload(lesson_id, "empty.mp4", 0)
    assert answer.status_code == 422
    assert answer.json()["error"] == "empty_file"
    assert answer.json()["message"] == "这个文件是空的。"


def test_a_truncated_mp4(library: Library, short: Path, tmp_path: Path) -> None:
    cut = tmp_path / "cut.mp4"
    cut.write_bytes(short.read_bytes()[: short.stat().st_size // 2])
    assert library.refusal(cut)[0] == "truncated"


@pytest.mark.parametrize("file_name", ["党课.docx", "党课.mp4"])
def test_a_document_is_told_by_what_it_is(library: Library, tmp_path: Path, file_name: str) -> None:
    file = tmp_path / "x"
    import docx

    docx.Document().save(str(file))
    code, words = library.refusal(file, file_name)
    assert code == "not_media"
    assert "Word" in words


def test_a_recording_whose_name_says_nothing(library: Library, short: Path) -> None:
    library.outcome(library.send(short, "MOV001.xyz"), "ready")


def test_text_that_is_called_mp4(library: Library, tmp_path: Path) -> None:
    file = tmp_path / "notes.mp4"
    file.write_text("党课讲稿\n" * 500, "utf-8")
    code, words = library.refusal(file)
    assert code == "not_media"
    assert "文字文件" in words


@pytest.mark.parametrize(
    "text",
    [
        "#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\nfile:///etc/passwd\n#EXT-X-ENDLIST\n",
        "ffconcat version 1.0\nfile /etc/passwd\n",
    ],
    ids=["hls", "concat"],
)
def test_a_playlist_that_is_called_mp4(library: Library, tmp_path: Path, text: str) -> None:
    file = tmp_path / "list.mp4"
    file.write_text(text)
    assert library.refusal(file)[0] == "playlist_in_disguise"


def test_a_recording_without_sound(library: Library, tmp_path: Path) -> None:
    file = media.make(tmp_path / "silent.mp4", 6, sound=False)
    lesson = library.outcome(library.send(file), "ready")
    assert lesson["kind"] == "video"
    master = library.master(lesson)
    assert all("mp4a" not in p.stream_info.codecs and p.stream_info.resolution for p in master.playlists)
    url = library.process.base_url + lesson["clips"][0]["master"]
    assert media.played_s(url) == pytest.approx(6, abs=0.2)


def test_a_recording_without_a_picture(library: Library, tmp_path: Path) -> None:
    file = media.make(tmp_path / "sound.m4a", 6, picture=False)
    lesson = library.outcome(library.send(file), "ready")
    assert lesson["kind"] == "sound"
    master = library.master(lesson)
    assert [p.stream_info.codecs for p in master.playlists] == ["mp4a.40.2"]
    url = lesson["clips"][0]["master"]
    assert media.played_s(library.process.base_url + url) == pytest.approx(6, abs=0.2)
    poster = library.lecturer.http.get(url.replace("master.m3u8", "poster.jpg"))
    assert poster.content.startswith(b"\xff\xd8"), "a sound has a picture made by us"


@pytest.mark.parametrize("kind", ["sound", "picture"])
def test_a_track_that_cannot_be_decoded_refused_the_one_that_could(
    library: Library, tmp_path: Path, kind: str
) -> None:
    """One of both is noise from its beginning to its end, as a camera's broken card leaves it."""
    whole, file = media.make(tmp_path / "whole.mkv", 6, seed=7), tmp_path / f"{kind}.mkv"
    noise = f"-bsf:{kind.replace('sound', 'a').replace('picture', 'v')}"
    media.ffmpeg("-i", str(whole), "-map", "0", "-c", "copy", noise, "noise=amount=1", str(file))
    lesson_id = library.send(file)
    lesson = library.outcome(lesson_id, "ready")
    assert lesson["kind"] == ("video" if kind == "sound" else "sound")
    (warning,) = [one for one in lesson["warnings"] if one["code"] == f"{kind}_broken"]
    first = warning["text"].partition("。")[0]
    assert first in library.lecturer.http.get(f"/lessons/{lesson_id}/progress").text
    url = library.process.base_url + lesson["clips"][0]["master"]
    assert media.played_s(url) == pytest.approx(6, abs=0.3)
    has_sound = ["mp4a" in one.stream_info.codecs for one in library.master(lesson).playlists]
    assert set(has_sound) == {kind == "picture"}


def test_three_seconds(library: Library, tmp_path: Path) -> None:
    lesson = library.outcome(library.send(media.make(tmp_path / "3.mp4", 3)), "ready")
    assert [(c["start_s"], c["end_s"]) for c in lesson["clips"]] == [(0, pytest.approx(3, abs=0.2))]


# ---------------------------------------------------------------------- names


def test_titles_of_twenty_and_of_two_thousand_characters(library: Library) -> None:
    twenty = "学习贯彻党的二十大精神做新时代合格党员干部"[:20]
    lesson_id = library.lecturer.new_lesson(twenty)
    assert library.lecturer.http.get(f"/api/v1/lessons/{lesson_id}").json()["title"] == twenty
    answer = library.lecturer.api("POST", "/lessons", json={"title": "党" * 2000})
    assert answer.status_code == 422
    assert answer.json()["field"] == "title"
    assert "200" in answer.json()["message"]
    assert "2000" in answer.json()["message"]


@pytest.mark.parametrize(
    ("file_name", "title"),
    [
        ("he said \"hi\" 'x'.mp4", "he said \"hi\" 'x'"),
        ("🎓党课🇨🇳.mp4", "🎓党课🇨🇳"),
        ("../../../../etc/cron.d/x.mp4", "x"),
        ("..\\..\\windows\\y.mp4", "y"),
        ("-rf.mp4", "-rf"),
        ("<script>alert(1)</script>.mp4", "script>"),
        ("a,b c;d=%00%0a.mp4", "a,b c;d=%00%0a"),
        ("党" * 300 + ".mp4", "党" * 200),
    ],
)
def test_odd_file_names(library: Library, tmp_path: Path, file_name: str, title: str) -> None:
    made = library.lecturer.api("POST", "/lessons", json={"file_name": file_name}).json()
    assert made["title"] == title
    file = media.make(tmp_path / "odd.mp4", 1, seed=abs(hash(file_name)) % 10_000)
    library.lecturer.upload(made["id"], file, file_name)
    library.outcome(made["id"], "ready")
    page = library.lecturer.http.get(f"/lessons/{made['id']}").text
    assert "<script>alert" not in page
    data = library.process.data
    names = {
        path.name for path in data.rglob("*") if data / "assets" not in path.parents
    }  # ours, of the build
    assert not any(part in name for name in names for part in ("odd", "cron", "windows", "-rf", "script"))


# ---------------------------------------------------------------------- the same file again


def test_the_same_file_twice_at_once(library: Library, tmp_path: Path) -> None:
    file = media.make(tmp_path / "twice.mp4", 20, seed=77)
    lessons = [library.lecturer.new_lesson(f"第{n}次") for n in (1, 2)]
    browsers = [Person(library.process.base_url) for _ in lessons]
    for browser in browsers:
        browser.sign_in("lecturer", server.password("lecturer"))
    sending = [
        threading.Thread(target=browser.upload, args=(lesson_id, file))
        for browser, lesson_id in zip(browsers, lessons, strict=True)
    ]
    for thread in sending:
        thread.start()
    for thread in sending:
        thread.join()
    ended = {lesson_id: library.lecturer.wait(lesson_id, 60) for lesson_id in lessons}
    assert sorted(lesson["recording"] for lesson in ended.values()) == ["ready", "refused"]
    first = next(lesson for lesson in ended.values() if lesson["recording"] == "ready")
    again = next(lesson for lesson in ended.values() if lesson["recording"] == "refused")
    assert again["problem"]["error"] == "already_here"
    assert first["title"] in again["problem"]["message"]
    assert [twin["id"] for twin in again["duplicates"]] == [first["id"]]
    assert library.lecturer.api("POST", f"/lessons/{again['id']}/retry").status_code == 200
    made = library.outcome(again["id"], "ready")
    assert made["clips"][0]["id"] != first["clips"][0]["id"]
    shas = {
        sha
        for (sha,) in library.rows("SELECT sha256 FROM intake_recording WHERE lesson_id IN (?, ?)", *lessons)
    }
    assert len(shas) == 1
    sha = shas.pop()
    kept = list((library.process.data / "objects" / "originals").rglob(f"{sha}*"))
    assert [path.name for path in kept] == [sha], "stored once"
    for browser in browsers:
        browser.http.close()


def test_a_lesson_made_earlier_was_not_told_that_its_file_is_already_here(
    library: Library, tmp_path: Path
) -> None:
    file = media.make(tmp_path / "later.mp4", 2, seed=78)
    slow = library.lecturer.new_lesson("先建的课")
    library.outcome(library.send(file, title="先传完的课"), "ready")
    library.lecturer.upload(slow, file)
    problem = library.outcome(slow, "refused")["problem"]
    assert problem["error"] == "already_here"
    assert "先传完的课" in problem["message"]


def test_a_refused_file_was_called_already_here(library: Library, short: Path, tmp_path: Path) -> None:
    cut = tmp_path / "cut.mp4"
    cut.write_bytes(short.read_bytes()[: short.stat().st_size // 3])
    assert library.refusal(cut)[0] == "truncated"
    assert library.refusal(cut)[0] == "truncated", "what cannot be used is not here"


def test_a_second_file_of_a_lesson_got_the_clips_of_the_first(library: Library, tmp_path: Path) -> None:
    lesson_id = library.send(media.make(tmp_path / "one.mp4", 4, seed=79))
    first = library.outcome(lesson_id, "ready")["clips"]
    # As if the first had failed at its last step: only then may a lesson get another file.
    with closing(sqlite3.connect(library.process.data / "weike.sqlite", timeout=30)) as connection:
        connection.execute("UPDATE intake_recording SET state = 'failed' WHERE lesson_id = ?", (lesson_id,))
        connection.commit()
    library.lecturer.upload(lesson_id, media.make(tmp_path / "two.mp4", 9, seed=80))
    lesson = library.outcome(lesson_id, "ready")
    assert [clip["end_s"] for clip in lesson["clips"]] == [pytest.approx(9, abs=0.2)]
    assert lesson["clips"][0]["id"] != first[0]["id"]
    assert lesson["duration_s"] == pytest.approx(9, abs=0.2)


# ---------------------------------------------------------------------- transcripts


def test_a_transcript_longer_than_the_video(library: Library, tmp_path: Path) -> None:
    words = media.subtitles(tmp_path / "long.srt", [f"第{n}句" for n in range(30)])
    lesson_id = library.lecturer.new_lesson("文稿太长")
    library.lecturer.transcript(lesson_id, words)
    library.lecturer.upload(lesson_id, media.make(tmp_path / "v.mp4", 15, seed=81))
    clip = library.outcome(lesson_id, "ready")["clips"][0]
    text = library.lecturer.http.get(f"/clips/{clip['id']}/captions.vtt").text
    assert "第0句" in text
    assert "第1句" in text
    assert "第2句" not in text


def test_a_transcript_in_gb18030(library: Library, tmp_path: Path) -> None:
    words = media.subtitles(tmp_path / "国标.srt", ["习近平新时代中国特色社会主义思想", "㐀𠀀镕"])
    words.write_bytes(words.read_text("utf-8").encode("gb18030"))
    lesson_id = library.lecturer.new_lesson("国标编码")
    told = library.lecturer.transcript(lesson_id, words).json()
    assert (told["kind"], told["cues"]) == ("timed", 2)
    page = library.lecturer.http.get(f"/lessons/{lesson_id}").text
    assert "习近平新时代中国特色社会主义思想" in page
    assert "㐀𠀀镕" in page


@pytest.mark.parametrize(
    ("name", "data", "code"),
    [
        ("x.srt", b"\x00\x01\x02" * 500, "transcript_not_text"),
        ("x.srt", "没有时间的字幕".encode(), "transcript_no_cues"),
        ("x.vtt", b"", "transcript_empty"),
        ("x.docx", b"PK\x03\x04 not a zip", "transcript_broken"),
        ("x.pdf", b"%PDF-1.7", "transcript_unknown_type"),
        ("x.txt", b"a" * (8 * 1024 * 1024 + 1), "transcript_too_large"),
    ],
)
def test_a_broken_transcript(library: Library, tmp_path: Path, name: str, data: bytes, code: str) -> None:
    file = tmp_path / name
    file.write_bytes(data)
    lesson_id = library.lecturer.new_lesson("坏文稿")
    answer = library.lecturer.transcript(lesson_id, file)
    assert answer.status_code == 422
    said = answer.json()
    assert said["error"] == code
    assert code not in said["message"], "words, not a code"
    assert "—" not in said["message"], "a value is missing in the sentence"


# ---------------------------------------------------------------------- a full disk


@contextmanager
def full_disk(folder: Path, left_bytes: int) -> Iterator[None]:
    """Fill the disk of `folder` for the block, up to `left_bytes`."""
    ballast = folder / "ballast"
    with ballast.open("wb") as file:
        size_bytes = shutil.disk_usage(folder).free - left_bytes
        for _ in range(size_bytes // 65536):
            file.write(bytes(65536))
    try:
        yield
    finally:
        ballast.unlink()


def test_a_disk_that_fills_up_while_a_clip_is_made(tmp_path: Path) -> None:
    data = tmp_path / "data"
    data.mkdir()
    ffprobe, hold = media.held_ffprobe(tmp_path)
    recording = media.make(tmp_path / "r.mp4", 60, size="640x360", seed=90)
    with small_disk(data, 64 * 1024 * 1024):
        server.new_data(data)
        settings = {"WEIKE_KEEP_FREE_BYTES": "0", "WEIKE_FFPROBE": str(ffprobe)}
        with server.process(data, **settings) as process, Person(process.base_url) as lecturer:
            library = Library(process, lecturer.sign_in("lecturer", server.password("lecturer")))
            hold.touch()
            lesson_id = library.send(recording)
            with full_disk(data, 1_000_000):
                hold.unlink()
                problem = library.outcome(lesson_id, "failed")["problem"]
                assert problem["error"] == "disk_full"
                assert "空间" in problem["message"]
                steps = _steps(library, lesson_id)
                assert {k: s for k, (s, _) in steps.items()} == {
                    "receive": "done",
                    "probe": "done",
                    "split": "done",
                    "clip": "failed",
                    "captions": "done",
                    "index": "done",
                }
                assert list((data / "work").iterdir()) == []
                _upload_meets_full_disk(library, recording)
            assert lecturer.post(f"/lessons/{lesson_id}/retry").status_code == 303
            library.outcome(lesson_id, "ready")
            after = _steps(library, lesson_id)
            for kind in ("receive", "probe", "split"):
                assert after[kind] == steps[kind], f"{kind} was done already and stays as it was"
            assert after["clip"][0] == "done"


def _steps(library: Library, lesson_id: str) -> dict[str, tuple[str, str]]:
    """State and end of each step."""
    return {
        kind: (state, finished)
        for kind, state, finished in library.rows(
            "SELECT s.kind, s.state, s.finished_at FROM intake_step s "
            "JOIN intake_recording r ON r.id = s.recording_id WHERE r.lesson_id = ?",
            lesson_id,
        )
    }


def _upload_meets_full_disk(library: Library, recording: Path) -> None:
    """A chunk that does not fit is answered in words, and the upload goes on where it stopped."""
    data = recording.read_bytes()
    small = data[:200_000]
    lesson_id = library.lecturer.new_lesson("放不下")
    location = library.lecturer.begin_upload(lesson_id, "x.mp4", len(small)).headers["Location"]
    with full_disk_completely(library.process.data):
        answer = library.lecturer.send_chunk(location, small, 0)
        assert answer.status_code == 507, answer.text
        assert answer.json()["error"] == "disk_full"
    at = library.lecturer.offset(location)
    assert library.lecturer.send_chunk(location, small[at:], at).status_code == 204


@contextmanager
def full_disk_completely(folder: Path) -> Iterator[None]:
    """Leave less than a chunk for the block."""
    more = folder / "more"
    with more.open("wb") as file:
        while shutil.disk_usage(folder).free > 100_000:
            file.write(bytes(4096))
            file.flush()
    try:
        yield
    finally:
        more.unlink()
