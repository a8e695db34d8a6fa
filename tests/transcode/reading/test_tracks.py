"""Which of several tracks is taken, and what is said of the others."""

from __future__ import annotations

from typing import Any

import pytest

from transcode.errors import Refused
from transcode.reading.facts import REMARKS, Facts, TrackKind
from transcode.reading.listening import WHOLE_S, WINDOW_S, windows
from transcode.reading.probe import parse_probe
from transcode.reading.sniff import Container
from transcode.reading.tracks import Trial
from transcode.remarks import codes

MKV = Container("matroska", "matroska")
SPEECH, SILENCE, ROOM = Trial(decodes=True, loudest_db=-20.0), Trial(decodes=True), Trial(True, -65.0)
SOFT, BROKEN = Trial(True, -52.5), Trial(decodes=False)


def sound(index: int, **changes: Any) -> dict[str, Any]:
    """A track of sound as ffprobe lists it."""
    stream = {
        "index": index,
        "codec_type": "audio",
        "codec_name": "aac",
        "channels": 1,
        "sample_rate": "48000",
    }
    return {**stream, "duration": "60", **changes}


def picture(index: int, **changes: Any) -> dict[str, Any]:
    """A track of picture as ffprobe lists it."""
    stream = {"index": index, "codec_type": "video", "codec_name": "h264", "width": 640, "height": 360}
    return {**stream, "r_frame_rate": "25/1", "avg_frame_rate": "25/1", "duration": "60", **changes}


def facts_of(
    *streams: dict[str, Any],
    trials: dict[int, Trial] | None = None,
    wanted: dict[TrackKind, int] | None = None,
) -> Facts:
    found = {"format": {"duration": "60"}, "streams": list(streams)}
    return parse_probe(found, MKV, None, trials, wanted)


DEFAULT = {"disposition": {"default": 1}}


@pytest.mark.parametrize(
    ("streams", "trials", "taken", "said"),
    [
        ([sound(0)], [], 0, ()),
        ([sound(0), sound(1)], [SPEECH, SPEECH], 0, ("sound_left",)),
        ([sound(0), sound(1, **DEFAULT)], [SPEECH, SPEECH], 1, ("sound_left",)),
        ([sound(0), sound(1)], [SILENCE, SPEECH], 1, ("sound_silent",)),
        ([sound(0), sound(1)], [ROOM, SPEECH], 1, ("sound_silent",)),
        ([sound(0), sound(1), sound(2)], [ROOM, SPEECH, SPEECH], 1, ("sound_silent", "sound_left")),
        ([sound(0), sound(1)], [ROOM, SOFT], 1, ("sound_silent",)),  # the softest speech beside a mere room
        ([sound(0), sound(1)], [SILENCE, SILENCE], 0, ("sound_left",)),
        ([sound(0), sound(1)], [BROKEN, SPEECH], 1, ("sound_unreadable",)),
        ([sound(0), sound(1)], [BROKEN, BROKEN], 0, ("sound_left",)),  # what is wrong is said when it is read
        ([sound(0), sound(1)], [SILENCE], 0, ("sound_left", "sound_untried")),
        ([sound(0, codec_name="unknown"), sound(1)], [], 1, ("sound_unreadable",)),
    ],
)
def test_a_sound_is_taken_that_can_be_read_and_heard(
    streams: list[dict[str, Any]], trials: list[Trial], taken: int, said: tuple[str, ...]
) -> None:
    facts = facts_of(*streams, trials=dict(enumerate(trials)))
    assert facts.audio is not None
    assert (facts.audio.index, codes(facts.remarks)) == (taken, said)
    assert set(said) <= set(REMARKS)
    assert Facts.from_json(facts.to_json()) == facts


def test_a_single_image_in_a_track_of_its_own_is_no_picture_beside_a_film() -> None:
    still = picture(0, codec_name="mjpeg", nb_frames="1", **DEFAULT)
    facts = facts_of(still, picture(1))
    assert facts.video is not None
    assert facts.video.index == 1
    alone = facts_of(still)
    assert alone.video is not None


def test_a_choice_counts_where_it_can_be_read() -> None:
    two = (sound(0), sound(1))
    for trials, taken in (({0: SPEECH, 1: SILENCE}, 1), ({0: SPEECH, 1: BROKEN}, 0), ({}, 1)):
        facts = facts_of(*two, trials=trials, wanted={TrackKind.AUDIO: 1})
        assert facts.audio is not None
        assert facts.audio.index == taken


@pytest.mark.parametrize("speaks", [5, 13])
def test_of_very_many_sounds_one_was_taken_unheard_and_nothing_said(speaks: int) -> None:
    """Fourteen microphones, of which the first twelve are listened to."""
    sounds = [sound(n) for n in range(14)]
    trials = {n: Trial(True, -20.0 if n == speaks else -90.0) for n in range(12)}
    facts = facts_of(*sounds, picture(14), trials=trials)
    assert facts.audio is not None
    assert facts.audio.index == (speaks if speaks in trials else 0)
    assert [one.count for one in facts.remarks if one.code.endswith("_untried")] == [2]


def test_what_is_neither_picture_nor_sound_is_said_where_it_matters() -> None:
    words, cover = {"index": 2, "codec_type": "subtitle"}, picture(3, disposition={"attached_pic": 1})
    assert codes(facts_of(picture(0), sound(1), words, cover).remarks) == ("subtitles_left",)
    assert codes(facts_of(sound(1), cover).remarks) == ("cover_left",)
    assert codes(facts_of(picture(0), {"index": 5, "codec_type": "data"}).remarks) == ()


UNKNOWN = {"codec_name": "unknown", "codec_tag_string": "apac"}


@pytest.mark.parametrize(
    ("streams", "broken", "kept", "said"),
    [
        ([picture(0), sound(1, **UNKNOWN)], [], (0, None), "sound_unknown"),
        ([picture(0, **UNKNOWN), sound(1)], [], (None, 1), "picture_unknown"),
        ([picture(0), sound(1)], [1], (0, None), "sound_broken"),
        ([picture(0), sound(1), sound(2)], [1, 2], (0, None), "sound_broken"),
        ([picture(0), sound(1)], [0], (None, 1), "picture_broken"),
        # What is wrong with both is said when they are read.
        ([picture(0), sound(1)], [0, 1], (0, 1), None),
        ([sound(0)], [0], (None, 0), None),
    ],
)
def test_what_cannot_be_read_is_left_out_beside_what_can_and_said(
    streams: list[dict[str, Any]], broken: list[int], kept: tuple[int | None, int | None], said: str | None
) -> None:
    facts = facts_of(*streams, trials={n: BROKEN if n in broken else SPEECH for n in range(len(streams))})
    found = tuple(one.index if one else None for one in (facts.video, facts.audio))
    assert (found, codes(facts.remarks)) == (kept, (said,) if said else ())
    assert said is None or said in REMARKS


@pytest.mark.parametrize(
    ("streams", "code"),
    [
        ([sound(0, **UNKNOWN)], "unsupported_codec"),
        ([picture(0, **UNKNOWN), sound(1, **UNKNOWN)], "unsupported_codec"),
        ([picture(0), sound(1, codec_tag_string="enca")], "encrypted"),
    ],
)
def test_where_nothing_is_left_it_is_refused_by_its_name(streams: list[dict[str, Any]], code: str) -> None:
    with pytest.raises(Refused) as refused:
        facts_of(*streams)
    assert refused.value.code == code


def test_dolby_vision_alone_is_told_from_that_which_is_hlg() -> None:
    for profile, said in ((5, "dolby_vision_alone"), (8, "tone_hlg")):
        side = [{"side_data_type": "DOVI configuration record", "dv_profile": profile}]
        facts = facts_of(picture(0, color_transfer="arib-std-b67", side_data_list=side))
        assert codes(facts.remarks) == (said,)


def test_parts_of_a_long_sound_lie_from_its_beginning_to_its_end() -> None:
    assert windows(WHOLE_S) == [(0.0, None)]
    found = windows(3600.0)
    assert found[0] == (0.0, WINDOW_S)
    assert found[-1][0] + WINDOW_S == 3600.0
