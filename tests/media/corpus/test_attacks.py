"""Hostile files reach no address and no other file, take no memory to speak of, and are refused by name."""

from __future__ import annotations

import contextlib
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.media.corpus import attacks
from tests.media.corpus.canary import Canary, canary
from tests.media.corpus.conftest import Cook
from tests.media.corpus.judging import transcode, watch
from tests.media.corpus.recipes import AAC, H264, PLAIN, PLAIN_TS, Recipe, picture, tone
from transcode.errors import REFUSALS, Refused
from transcode.ffmpeg_args import input_args
from transcode.reading.sniff import sniff_file
from transcode.tools import Tools

pytestmark = [pytest.mark.slow, pytest.mark.dear(12)]


@pytest.fixture(scope="module")
def secret(cook: Cook, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Canary]:
    with canary(tmp_path_factory.mktemp("secret"), cook(PLAIN_TS).read_bytes()) as made:
        yield made


def refusal(tools: Tools, path: Path, folder: Path) -> Refused:
    with pytest.raises(Refused) as caught:
        transcode(tools, path, folder)
    assert caught.value.code in REFUSALS
    return caught.value


def write(folder: Path, content: bytes, name: str = "lecture.mp4") -> Path:
    path = folder / "in" / name
    path.parent.mkdir(parents=True)
    path.write_bytes(content)
    return path


def test_the_canary_sings(wheel_tools: Tools, secret: Canary, tmp_path: Path) -> None:
    """What ffmpeg does with such a file when nobody holds it back: otherwise the rest proves nothing."""
    for target in (secret.url, f"file://{secret.file}"):
        path = write(tmp_path / Path(target).suffix / target[:4], attacks.LISTS["playlist"](target), "a.m3u8")
        command = [
            str(wheel_tools.ffmpeg),
            "-v",
            "quiet",
            "-protocol_whitelist",
            "file,http,tcp",
            "-i",
            str(path),
        ]
        subprocess.run([*command, "-f", "null", "-"], timeout=30, check=False)
        assert secret.touched()


@pytest.mark.spread("kind")
@pytest.mark.parametrize("kind", attacks.LISTS)
def test_a_list_is_not_a_film(wheel_tools: Tools, secret: Canary, tmp_path: Path, kind: str) -> None:
    for name, target in (
        ("a.mp4", secret.url),
        ("b.ts", str(secret.file)),
        ("c.m3u8", f"file://{secret.file}"),
    ):
        path = write(tmp_path / name, attacks.LISTS[kind](target), name)
        assert refusal(wheel_tools, path, tmp_path).code in {"playlist_in_disguise", "not_media"}
        assert secret.touched() == []


@pytest.mark.spread("kind")
@pytest.mark.parametrize("kind", attacks.MAGIC)
def test_a_list_behind_the_first_bytes_of_a_film(
    tools: Tools, secret: Canary, tmp_path: Path, kind: str
) -> None:
    for n, target in enumerate((secret.url, str(secret.file))):
        content = attacks.MAGIC[kind] + attacks.LISTS["playlist"](target) * 50
        path = write(tmp_path / str(n), content)
        if kind != "amr":
            refusal(tools, path, tmp_path)
        else:  # its frames have no mark of their own: any bytes may be a noise
            with contextlib.suppress(Refused):
                transcode(tools, path, tmp_path / f"clips{n}")
        assert secret.touched() == []


def without_a_guard(tools: Tools, path: Path) -> None:
    """Only with what ffmpeg is told, without the guard that takes the network away: each lock holds alone."""
    command = [str(tools.ffmpeg), "-v", "quiet", *input_args(sniff_file(path).demuxer, path)]
    subprocess.run([*command, "-f", "null", "-"], timeout=30, check=False)


ELSEWHERE: dict[str, Callable[[bytes, str], bytes]] = {
    "samples in another file": attacks.elsewhere,
    "samples behind an alias": lambda whole, to: attacks.elsewhere(whole, to, b"alis"),
    "a film that points to another": lambda _, to: attacks.reference_movie(to),
    "a subtitle that is a playlist": lambda _, to: attacks.subtitle_that_is_a_playlist(to),
    "a page with a film in front": lambda whole, to: whole + f"<html><img src='{to}'></html>".encode(),
    "a playlist behind a film": lambda whole, to: whole + attacks.LISTS["playlist"](to),
}


@pytest.mark.spread("kind")
@pytest.mark.parametrize("kind", ELSEWHERE)
def test_a_film_that_speaks_of_other_files(
    tools: Tools, cook: Cook, secret: Canary, tmp_path: Path, kind: str
) -> None:
    whole = cook(PLAIN).read_bytes()
    for n, target in enumerate((secret.url, str(secret.file), "../../secret/secret.ts")):
        path = write(tmp_path / str(n), ELSEWHERE[kind](whole, target))
        without_a_guard(tools, path)
        assert secret.touched() == []
        try:
            made = transcode(tools, path, tmp_path / f"clips{n}")
        except Refused:
            pass
        else:
            watch(tools, made.folders[0], made.clips[0])
        assert secret.touched() == []


def test_a_playlist_inside_a_matroska_file_is_luggage(
    wheel_tools: Tools, cook: Cook, secret: Canary, tmp_path: Path
) -> None:
    listed = write(tmp_path, attacks.LISTS["playlist"](secret.url), "list.m3u8")
    path = cook(
        Recipe("luggage.mkv", (*picture(), *tone(), *H264, *AAC, "-attach", str(listed), "-metadata:s:t",
                               "mimetype=application/vnd.apple.mpegurl"))
    )  # fmt: skip
    without_a_guard(wheel_tools, path)
    made = transcode(wheel_tools, path, tmp_path)
    assert watch(wheel_tools, made.folders[0], made.clips[0]).shows
    assert secret.touched() == []


GREEDY: dict[str, Callable[[], bytes]] = {
    "boxes in boxes in boxes": lambda: attacks.nested(500_000),
    "half a million boxes": lambda: attacks.flood(500_000),
    "a packed index": attacks.bomb,
}


@pytest.mark.parametrize("kind", GREEDY)
def test_greedy_files_are_refused(tools: Tools, tmp_path: Path, kind: str) -> None:
    refusal(tools, write(tmp_path, GREEDY[kind]()), tmp_path)


def test_hundreds_of_tracks(tools: Tools, cook: Cook, tmp_path: Path) -> None:
    many = Recipe("tracks.mov", (*tone(0.2, 8000), *(("-map", "0:a") * 300), "-c:a", "pcm_s16le"))
    error = refusal(tools, cook(many), tmp_path)
    assert (error.code, error.details) == ("too_many_streams", {"limit": 100})


@pytest.mark.parametrize(
    "behind",
    [b"PK\x03\x04" + bytes(500), b"%PDF-1.7\n" * 9, b"MZ" + bytes(500), b"<script>alert(1)</script>"],
)
def test_something_else_behind_a_film_does_not_matter(
    wheel_tools: Tools, cook: Cook, tmp_path: Path, behind: bytes
) -> None:
    made = transcode(wheel_tools, write(tmp_path, cook(PLAIN).read_bytes() + behind), tmp_path)
    assert watch(wheel_tools, made.folders[0], made.clips[0]).shows
    assert not any(behind[:20] in path.read_bytes() for path in made.folders[0].rglob("*") if path.is_file())


@pytest.mark.parametrize("before", [b"PK\x03\x04" + bytes(60), b"%PDF-1.7\n", b"MZ" + bytes(60), b"<html>"])
def test_something_else_before_a_film_does(
    wheel_tools: Tools, cook: Cook, tmp_path: Path, before: bytes
) -> None:
    path = write(tmp_path, before + cook(PLAIN).read_bytes())
    assert refusal(wheel_tools, path, tmp_path).code == "not_media"
