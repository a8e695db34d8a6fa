"""Recordings that lecturers really bring, made small by ffmpeg: what each is, and what must be seen in it.

Each is a few seconds of a moving test picture with a steady tone, in one container, with one oddity.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

SECONDS = 3.0

Alter = Callable[[bytes], bytes]


@dataclass(frozen=True)
class Recipe:
    """How to make one file. ``{0}``, ``{1}`` in `args` are the files of `before`; with no `args` at all it is
    their bytes, one behind the other.

    `size` is the picture as a viewer sees it (None: sound alone); `seconds` how long the lecture is.
    """

    name: str
    args: tuple[str, ...]
    seconds: float = SECONDS
    size: tuple[int, int] | None = (160, 120)
    sound: bool = True
    within_s: float = 0.25
    before: tuple[Recipe, ...] = ()
    alter: Alter | None = None


def picture(size: str = "160x120", rate: str = "10", seconds: float = SECONDS) -> tuple[str, ...]:
    """Input arguments: a moving test picture."""
    return ("-f", "lavfi", "-i", f"testsrc2=s={size}:r={rate}:d={seconds}")


def tone(seconds: float = SECONDS, rate_hz: int = 48000) -> tuple[str, ...]:
    """Input arguments: a steady tone, loud enough to be told from silence."""
    return ("-f", "lavfi", "-i", f"sine=frequency=440:d={seconds}:r={rate_hz},volume=6dB")


H264 = ("-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p")
AAC = ("-c:a", "aac", "-b:a", "64k")


def later(recipe: Recipe, name: str, by_s: float) -> Recipe:
    """The same with all its times later."""
    return replace(recipe, name=name, args=(*recipe.args, "-output_ts_offset", str(by_s)))


def film(
    name: str, *codec: str, size: str = "160x120", rate: str = "10", seconds: float = SECONDS, hz: int = 48000
) -> Recipe:
    """A picture and a tone, coded as told."""
    width, height = (int(side) for side in size.split("x"))
    args = (*picture(size, rate, seconds), *tone(seconds, hz), *codec)
    return Recipe(name, args, seconds=seconds, size=(width, height))


def mute(name: str, *codec: str, size: str = "160x120", rate: str = "10") -> Recipe:
    """A picture without sound."""
    width, height = (int(side) for side in size.split("x"))
    return Recipe(name, (*picture(size, rate), *codec), size=(width, height), sound=False)


def talk(name: str, *codec: str, seconds: float = SECONDS, hz: int = 48000) -> Recipe:
    """Sound alone."""
    return Recipe(name, (*tone(seconds, hz), *codec), seconds=seconds, size=None)


PLAIN = film("plain.mp4", *H264, *AAC, "-g", "10")
PLAIN_TS = film("plain.ts", *H264, *AAC, "-g", "10")
COVER = Recipe("cover.png", (*picture(seconds=0.2), "-frames:v", "1"), size=None, sound=False)
WORDS = Recipe(
    "words.srt",
    ("-f", "lavfi", "-i", "color=d=3", "-t", "0"),
    alter=lambda _: WORDS_SRT.encode(),
    sound=False,
)
WORDS_SRT = "1\n00:00:00,500 --> 00:00:02,500\n同志们好\n"
CHAPTERS = Recipe(
    "chapters.ffmeta", ("-f", "lavfi", "-i", "color=d=1"), alter=lambda _: CHAPTERS_TEXT.encode()
)
CHAPTERS_TEXT = (
    ";FFMETADATA1\n[CHAPTER]\nTIMEBASE=1/1000\nSTART=0\nEND=1500\ntitle=第一讲\n"
    "[CHAPTER]\nTIMEBASE=1/1000\nSTART=1500\nEND=3000\ntitle=第二讲\n"
)


def video_cd(data: bytes) -> bytes:
    """The packs of an MPEG stream in a Video CD's sectors of 2352 bytes, as a drive shows them (.DAT)."""
    begin = b"\0\0\1\xba"
    packs = [(begin + pack).ljust(2324, b"\0") for pack in data.split(begin)[1:]]
    sync = b"\x00" + b"\xff" * 10 + b"\x00"
    sectors = b"".join(sync + b"\0" * 12 + pack + b"\0" * 4 for pack in packs)
    told = (
        b"CDXAfmt " + (16).to_bytes(4, "little") + b"\0" * 16 + b"data" + len(sectors).to_bytes(4, "little")
    )
    return b"RIFF" + (len(told) + len(sectors)).to_bytes(4, "little") + told + sectors


CONTAINERS: tuple[Recipe, ...] = (
    PLAIN,
    film("index in front.mp4", *H264, *AAC, "-movflags", "+faststart"),
    film("fragments.mp4", *H264, *AAC, "-g", "5", "-movflags", "frag_keyframe+empty_moov+default_base_moof"),
    film("dash.mp4", *H264, *AAC, "-g", "5", "-movflags", "dash+delay_moov+global_sidx+frag_keyframe"),
    film("camera.mov", *H264, "-c:a", "pcm_s16le"),
    film("mpeg4.m4v", "-c:v", "mpeg4", *AAC),
    film("old phone.3gp", "-c:v", "h263", "-c:a", "libopencore_amrnb", "-b:a", "12.2k", "-ar", "8000",
         "-ac", "1", size="176x144"),
    film("old phone.3g2", "-c:v", "mpeg4", *AAC, size="176x144"),
    film("obs.mkv", *H264, *AAC),
    film("lossless.mkv", "-c:v", "ffv1", "-c:a", "flac"),
    film("vp8.webm", "-c:v", "libvpx", "-deadline", "realtime", "-cpu-used", "8", "-c:a", "libvorbis"),
    film("vp9.webm", "-c:v", "libvpx-vp9", "-deadline", "realtime", "-cpu-used", "8", "-c:a", "libopus"),
    film("av1.webm", "-c:v", "libsvtav1", "-preset", "12", "-svtav1-params", "logical-processors=1",
         "-c:a", "libopus"),
    film("browser.webm", "-c:v", "libvpx", "-deadline", "realtime", "-cpu-used", "8", "-c:a", "libopus",
         "-live", "1"),
    PLAIN_TS,
    film("camera.m2ts", *H264, "-c:a", "ac3", "-mpegts_m2ts_mode", "1"),
    film("satellite.ts", "-c:v", "mpeg2video", "-c:a", "mp2"),
    film("vcd.mpg", "-c:v", "mpeg1video", "-c:a", "mp2", "-f", "mpeg", rate="25"),
    replace(film("AVSEQ01.DAT", "-c:v", "mpeg1video", "-c:a", "mp2", "-f", "vcd", size="352x288", rate="25"),
            alter=video_cd),
    film("MOV001.MOD", "-c:v", "mpeg2video", "-c:a", "ac3", "-f", "vob", rate="25"),
    film("camera.m2t", *H264, "-c:a", "ac3", "-f", "mpegts"),
    film("flash.f4v", *H264, *AAC),
    film("dvd.vob", "-c:v", "mpeg2video", "-c:a", "ac3", "-f", "vob", rate="25"),
    film("divx.avi", "-c:v", "mpeg4", "-vtag", "XVID", "-c:a", "libmp3lame"),
    film("camera.avi", "-c:v", "mjpeg", "-pix_fmt", "yuvj420p", "-c:a", "pcm_u8"),
    film("h264.avi", *H264, "-c:a", "libmp3lame"),
    film("divx3.avi", "-c:v", "msmpeg4", "-c:a", "ac3"),
    film("screen.avi", "-c:v", "utvideo", "-pix_fmt", "yuv422p", "-c:a", "adpcm_ima_wav"),
    film("windows.wmv", "-c:v", "wmv2", "-c:a", "wmav2"),
    film("windows.asf", "-c:v", "wmv1", "-c:a", "wmav1"),
    film("old web.flv", "-c:v", "flv", "-c:a", "libmp3lame", "-ar", "44100"),
    film("web.flv", *H264, *AAC),
    film("old web sound.flv", "-c:v", "flv", "-c:a", "nellymoser", "-ar", "44100", "-ac", "1"),
    film("phone.hevc.mp4", "-c:v", "libx265", "-preset", "ultrafast", "-x265-params", "log-level=none",
         "-pix_fmt", "yuv420p10le", "-tag:v", "hvc1", *AAC),
    film("hevc.mkv", "-c:v", "libx265", "-preset", "ultrafast", "-x265-params", "log-level=none",
         "-c:a", "eac3"),
    film("edit.mov", "-c:v", "prores_ks", "-profile:v", "2", "-c:a", "pcm_s24le"),
    film("animation.mov", "-c:v", "qtrle", "-c:a", "alac"),
    film("free.ogv", "-c:v", "libtheora", "-c:a", "libvorbis"),
    film("blu-ray.mkv", "-c:v", "mpeg2video", "-c:a", "dca", "-strict", "-2"),
    Recipe("tape.avi", (*picture("720x576", "25", 1), *tone(1), "-c:v", "dvvideo", "-pix_fmt", "yuv420p",
                        "-c:a", "pcm_s16le"), seconds=1, size=(720, 576)),
)  # fmt: skip
"""Containers and codecs with a picture."""

SOUNDS: tuple[Recipe, ...] = (
    talk("plain.mp3", "-c:a", "libmp3lame"),
    talk("guessed length.mp3", "-c:a", "libmp3lame", "-q:a", "7", "-write_xing", "0", "-id3v2_version", "0"),
    Recipe("cover.mp3", (*tone(), "-i", "{0}", "-map", "0", "-map", "1", "-c:v", "copy", "-c:a", "libmp3lame",
                         "-disposition:v", "attached_pic", "-metadata", "title=党课"), size=None,
           before=(COVER,)),
    talk("voice.m4a", *AAC),
    talk("apple.m4a", "-c:a", "alac"),
    Recipe("book.m4b", (*tone(), "-i", "{0}", "-map_metadata", "1", *AAC, "-f", "ipod"), size=None,
           before=(CHAPTERS,)),
    talk("bare.aac", *AAC),
    talk("plain.wav", "-c:a", "pcm_s16le"),
    talk("studio.wav", "-c:a", "pcm_s24le", "-ac", "6"),
    talk("float.wav", "-c:a", "pcm_f32le", hz=96000),
    talk("telephone.wav", "-c:a", "pcm_mulaw", hz=8000),
    talk("recorder.wav", "-c:a", "adpcm_ms", hz=16000),
    talk("large.wav", "-c:a", "pcm_s16le", "-rf64", "always"),
    talk("plain.flac", "-c:a", "flac"),
    talk("vorbis.ogg", "-c:a", "libvorbis"),
    talk("messenger.opus", "-c:a", "libopus", "-ac", "1"),
    talk("flac.oga", "-c:a", "flac"),
    talk("windows.wma", "-c:a", "wmav2"),
    talk("phone.amr", "-c:a", "libopencore_amrnb", "-ar", "8000", "-ac", "1", "-b:a", "12.2k"),
    talk("sound.mka", "-c:a", "libopus"),
    talk("sound.webm", "-c:a", "libopus"),
    talk("sound.ts", *AAC),
    talk("sound.wmv", "-c:a", "wmav2"),
)  # fmt: skip
"""Recordings without a picture."""
