"""What makes a recording unlike others: its frame rate, shape, streams, clocks and names."""

from __future__ import annotations

from dataclasses import replace

from tests.media.corpus.recipes import (
    AAC,
    CHAPTERS,
    COVER,
    H264,
    PLAIN,
    PLAIN_TS,
    WORDS,
    Recipe,
    film,
    later,
    mute,
    picture,
    tone,
)

X264 = ("-c:v", "libx264", "-preset", "ultrafast")

RATES: tuple[Recipe, ...] = (
    film("variable.mkv", "-vf", "select='lt(t,1)+not(mod(n,4))'", "-fps_mode", "vfr", *H264, *AAC, rate="30"),
    film("variable.mp4", "-vf", "select='lt(t,1)+gt(t,2.5)'", "-fps_mode", "vfr", *H264, *AAC, rate="30"),
    film("jitter.mkv", "-vf", "settb=1/1000,setpts='PTS+15*sin(N)'", "-fps_mode", "passthrough", *H264, *AAC,
         rate="25"),
    film("sports.mp4", *H264, *AAC, rate="60"),
    film("slow motion.mp4", *H264, *AAC, rate="240", seconds=2),
    film("one a second.mp4", *H264, *AAC, rate="1"),
    film("ntsc.mkv", *H264, *AAC, rate="30000/1001"),
    film("film.mkv", *H264, *AAC, rate="24000/1001"),
    Recipe("one slide.mkv", (*picture(rate="1", seconds=1), *tone(4), *H264, *AAC), seconds=4),
    Recipe("a picture and a voice.mp4", ("-loop", "1", "-r", "1", "-t", "4", "-i", "{0}", *tone(4), *H264,
                                         "-tune", "stillimage", *AAC), seconds=4, before=(COVER,)),
    film("interlaced.ts", "-vf", "interlace", *H264, "-flags", "+ildct+ilme", *AAC, size="320x240",
         rate="25"),
    film("interlaced.mpg", "-vf", "interlace=scan=bff", "-c:v", "mpeg2video", "-flags", "+ildct+ilme",
         "-c:a", "mp2", "-f", "mpeg", size="320x240", rate="25"),
)  # fmt: skip

SHAPES: tuple[Recipe, ...] = (
    film("upright.mp4", *H264, *AAC, size="120x160"),
    film("odd sides.mkv", "-vf", "format=yuv444p,scale=161:121", "-c:v", "ffv1", *AAC, size="161x121"),
    film("banner.mp4", *H264, *AAC, size="640x64"),
    film("pillar.mp4", *H264, *AAC, size="64x480"),
    film("tiny.avi", "-c:v", "mpeg4", "-c:a", "pcm_s16le", size="16x16"),
    replace(film("wide pixels.mp4", "-vf", "setsar=16/15", *H264, *AAC, size="180x144"), size=(192, 144)),
    replace(film("narrow pixels.mkv", "-vf", "setsar=8/9", *H264, *AAC, size="180x120"), size=(160, 120)),
    Recipe("turned 90.mp4", ("-display_rotation", "90", "-i", "{0}", "-c", "copy"), size=(120, 160),
           before=(PLAIN,)),
    Recipe("turned 180.mov", ("-display_rotation", "180", "-i", "{0}", "-c", "copy"), before=(PLAIN,)),
    Recipe("turned 270.mkv", ("-display_rotation", "270", "-i", "{0}", "-c", "copy"), size=(120, 160),
           before=(PLAIN,)),
    Recipe("selfie.mp4", ("-display_rotation", "90", "-display_hflip", "-i", "{0}", "-c", "copy"),
           size=(120, 160), before=(PLAIN,)),
    film("full colour.mp4", *X264, "-pix_fmt", "yuv444p", *AAC),
    film("422 10 bit.mkv", *X264, "-pix_fmt", "yuv422p10le", *AAC),
    film("grey.mkv", *X264, "-pix_fmt", "gray", *AAC),
    film("rgb.mkv", "-c:v", "libx264rgb", "-preset", "ultrafast", *AAC),
    film("palette.mov", "-vf", "format=rgb8,format=pal8", "-c:v", "qtrle", "-c:a", "pcm_s16be"),
    film("alpha.webm", "-vf", "format=yuva420p,geq=lum='p(X,Y)':a=128", "-c:v", "libvpx-vp9", "-deadline",
         "realtime", "-cpu-used", "8", "-c:a", "libopus", rate="5"),
    film("alpha.mov", "-vf", "format=yuva444p10", "-c:v", "prores_ks", "-profile:v", "4", *AAC),
    film("hdr.mp4", "-c:v", "libx265", "-preset", "ultrafast", "-x265-params", "log-level=none", "-pix_fmt",
         "yuv420p10le", "-color_primaries", "bt2020", "-color_trc", "smpte2084", "-colorspace", "bt2020nc",
         "-tag:v", "hvc1", *AAC),
    film("full range.mp4", *X264, "-pix_fmt", "yuvj420p", *AAC),
)  # fmt: skip


def _cut_at(position: int) -> Recipe:
    return replace(
        PLAIN_TS, name=f"cut out at {position}.ts", alter=lambda data: data[position:], within_s=1.1
    )


SHARED_SCREEN = Recipe(
    "shared screen.ts",
    (),
    seconds=6,
    size=(320, 180),
    before=(
        film("small.ts", *H264, *AAC),
        later(film("large.ts", *H264, *AAC, size="320x180"), "large.ts", 3),
    ),
)
"""The picture's size changes on the way, as that of a shared window does."""

STREAMS: tuple[Recipe, ...] = (
    mute("mute.mp4", *H264),
    mute("mute.mkv", *H264),
    film("surround.mp4", *H264, "-c:a", "aac", "-ac", "6"),
    film("seven.mkv", *H264, "-c:a", "pcm_s16le", "-ac", "8"),
    film("telephone.mkv", *H264, "-c:a", "pcm_alaw", "-ac", "1", hz=8000),
    film("studio.mkv", *H264, "-c:a", "flac", "-ar", "192000"),
    Recipe("two languages.mp4", (*picture(), "-f", "lavfi", "-i", "anullsrc=d=3", *tone(), "-map", "0:v",
                                 "-map", "1:a", "-map", "2:a", *H264, *AAC, "-disposition:a:0", "0",
                                 "-disposition:a:1", "default")),
    Recipe("late sound.mkv", (*picture(seconds=4), "-itsoffset", "1.5", *tone(2), "-map", "0", "-map", "1",
                              *H264, *AAC), seconds=4),
    Recipe("late picture.mkv", ("-itsoffset", "1.5", *picture(seconds=2), *tone(4), *H264, *AAC), seconds=4),
    Recipe("late picture.ts", ("-itsoffset", "1.5", *picture(seconds=2), *tone(4), *H264, *AAC), seconds=4),
    Recipe("long sound.mp4", (*picture(seconds=2), *tone(4), *H264, *AAC), seconds=4),
    Recipe("long picture.mp4", (*picture(seconds=4), *tone(2), *H264, *AAC), seconds=4),
    Recipe("before zero.mp4", ("-ss", "1.25", "-i", "{0}", "-c", "copy", "-avoid_negative_ts", "disabled"),
           seconds=1.75, before=(PLAIN,), within_s=0.8),
    Recipe("edited.mov", ("-ss", "0.77", "-i", "{0}", "-c", "copy"), seconds=2.23, before=(PLAIN,),
           within_s=0.8),
    Recipe("clock turns over.ts", ("-i", "{0}", "-c", "copy", "-output_ts_offset", "95441.2"),
           before=(PLAIN,)),
    Recipe("late clock.mkv", ("-i", "{0}", "-c", "copy", "-output_ts_offset", "4000"), before=(PLAIN,)),
    Recipe("cover.m4v", ("-i", "{0}", "-i", "{1}", "-map", "0", "-map", "1", "-c", "copy", "-disposition:v:1",
                         "attached_pic"), before=(PLAIN, COVER)),
    Recipe("chapters.mkv", ("-i", "{0}", "-i", "{1}", "-map", "0", "-map_metadata", "1", "-c", "copy"),
           before=(PLAIN, CHAPTERS)),
    Recipe("chapters.mp4", ("-i", "{0}", "-i", "{1}", "-map", "0", "-map_metadata", "1", "-c", "copy"),
           before=(PLAIN, CHAPTERS)),
    Recipe("subtitles.mp4", ("-i", "{0}", "-i", "{1}", "-map", "0", "-map", "1", "-c", "copy", "-c:s",
                             "mov_text"), before=(PLAIN, WORDS)),
    Recipe("subtitles.mkv", ("-i", "{0}", "-i", "{1}", "-map", "0", "-map", "1", "-c", "copy", "-c:s", "ass"),
           before=(PLAIN, WORDS)),
    Recipe("font inside.mkv", ("-i", "{0}", "-attach", "{1}", "-metadata:s:t", "mimetype=font/ttf", "-c",
                               "copy"), before=(PLAIN, COVER)),
    Recipe("time code.mov", ("-i", "{0}", "-c", "copy", "-timecode", "10:00:00:00"), before=(PLAIN,)),
    Recipe("data.ts", ("-i", "{0}", "-f", "data", "-i", "{1}", "-map", "0", "-map", "1", "-c", "copy"),
           before=(PLAIN, WORDS)),
    SHARED_SCREEN,
    _cut_at(1000),
    _cut_at(20_011),
)  # fmt: skip

NAMES: tuple[Recipe, ...] = tuple(
    replace(PLAIN, name=name)
    for name in (
        "第一讲 支部书记讲党课（上）.mp4",
        "-y.mp4",
        "100%d %s.mp4",
        "a'b\"c;d|e$(f)`g`.mp4",
        "line\nbreak.mp4",
        "http:__host_x.mp4",
        "concat:a|b.mp4",
        "🎬[1]{2}*?.mp4",
        "党" * 75 + ".mp4",
        "really an mp4.avi",
        "no suffix",
        "mask.png",
    )
)
