"""Files of transcripts are read in another process: the same words, and no file costs more than it may."""

from __future__ import annotations

import io
import os
import signal
import threading
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from library.core.errors import Invalid, Throttled
from library.intake.transcripts.reading import words
from library.intake.transcripts.reading.reader import TranscriptReader
from library.intake.transcripts.rules import Heard
from tests.library.intake.transcripts.test_damaged_packages import document
from transcode.cutting.pauses import Pause

HEARD = Heard(3600.0, (Pause(10.0, 10.5, 12.0), Pause(2000.0, 2001.0, 9.0)), "mov", 0.0)
SRT = (
    "1\n01:00:02,000 --> 01:00:04,000\n王芳：半个 \ud83d 字\n\n2\n01:00:10,500 --> 01:00:12,000\n<b>好</b>\n"
)
VTT = "WEBVTT\nX-TIMESTAMP-MAP=LOCAL:00:00:00.000,MPEGTS:900000\n\n00:01.000 --> 00:02.000\n同志们好\n"
GIVEN = {
    "minutes.docx": document(),
    "hours.srt": SRT.encode("utf-8", "surrogatepass"),
    "stream.vtt": VTT.encode(),
    "plain.txt": "第一段。\n\n第二段。".encode("gb18030"),
    "long.srt": "\n".join(
        f"{n}\n00:{n // 60:02d}:{n % 60:02d},000 --> 00:{n // 60:02d}:{n % 60:02d},900\n第{n}行\n"
        for n in range(1, 1500)
    ).encode("utf-16"),
}


def costly() -> bytes:
    """A document of some kB that takes seconds to read."""
    word = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    text = "<w:p><w:r><w:t>00:00 </w:t></w:r></w:p>" * 400_000
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("word/document.xml", f'<w:document xmlns:w="{word}">{text}</w:document>')
    return out.getvalue()


@pytest.fixture(scope="module")
def reader() -> Iterator[TranscriptReader]:
    made = TranscriptReader()
    yield made
    made.close()


@pytest.mark.parametrize("heard", [None, HEARD], ids=["not heard", "heard"])
@pytest.mark.parametrize("name", GIVEN)
def test_it_says_what_reading_here_says(reader: TranscriptReader, name: str, heard: Heard | None) -> None:
    here = words.read(GIVEN[name], name)
    there, laid = reader.read(GIVEN[name], name, heard, 1.2345, person_id="a")
    assert (there, laid) == (here, words.lay(here, heard, 1.2345))
    assert (there.version, there.version.rows, there.version.digest, there.version.words) == (
        here.version,
        here.version.rows,
        here.version.digest,
        here.version.words,
    )


def test_what_is_wrong_with_a_file_is_said_as_here(reader: TranscriptReader) -> None:
    for data, name in (
        (b"PK\x03\x04 broken", "a.docx"),
        (b"", "a.srt"),
        (b"\x00\x01" * 9, "a.txt"),
        (b"x", "a.exe"),
    ):
        with pytest.raises(Invalid) as here:
            words.read(data, name)
        with pytest.raises(Invalid) as there:
            reader.read(data, name, None, person_id="a")
        assert (there.value.code, there.value.values) == (here.value.code, here.value.values)
    with pytest.raises(Invalid, match="shift_too_far"):
        reader.read(GIVEN["hours.srt"], "a.srt", None, float("nan"), person_id="a")


@pytest.mark.slow
def test_a_costly_document_held_the_lock_of_all_pages() -> None:
    reader, costs = TranscriptReader(processor_s=1), costly()
    began = time.process_time()
    with pytest.raises(Invalid, match="transcript_too_costly"):
        reader.read(costs, "a.docx", None, person_id="a")
    assert time.process_time() - began < 0.5
    there, _ = reader.read(GIVEN["plain.txt"], "a.txt", None, person_id="a")
    assert len(there.lines) == 2
    reader.close()


@pytest.mark.slow
def test_one_person_has_one_file_read_and_a_killed_child_is_begun_anew() -> None:
    reader, costs, before, said = TranscriptReader(), costly(), _children(), threading.Event()

    def slow() -> None:
        with pytest.raises(Invalid, match="transcript_too_costly"):
            reader.read(costs, "a.docx", None, person_id="a")
        said.set()

    thread = threading.Thread(target=slow)
    thread.start()
    pid = _another_child(before)
    with pytest.raises(Throttled, match="reading_busy"):
        reader.read(GIVEN["plain.txt"], "a.txt", None, person_id="a")
    assert len(reader.read(GIVEN["plain.txt"], "a.txt", None, person_id="b")[0].lines) == 2
    os.kill(pid, signal.SIGKILL)
    assert said.wait(20)
    thread.join()
    assert len(reader.read(GIVEN["plain.txt"], "a.txt", None, person_id="a")[0].lines) == 2
    reader.close()


def _children() -> set[int]:
    tasks = Path(f"/proc/{os.getpid()}/task").iterdir()
    return {int(pid) for task in tasks for pid in (task / "children").read_text().split()}


def _another_child(before: set[int]) -> int:
    until = time.monotonic() + 20
    while not (new := _children() - before) and time.monotonic() < until:
        time.sleep(0.01)
    return new.pop()
