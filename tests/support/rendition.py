"""A real rendition, small: for what is done with clips that have been made."""

from __future__ import annotations

import subprocess
from pathlib import Path

import imageio_ffmpeg


def make_rendition(folder: Path) -> Path:
    """Fill a new folder with four seconds of HLS (init.mp4, two segments, index.m3u8); returns it."""
    folder.mkdir(parents=True)
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-f", "lavfi"]
    command += ["-i", "testsrc2=s=320x240:r=10:d=4", "-c:v", "libx264", "-preset", "ultrafast", "-g", "20"]
    command += ["-pix_fmt", "yuv420p", "-f", "hls", "-hls_time", "1.9", "-hls_segment_type", "fmp4"]
    command += ["-hls_playlist_type", "vod", "-hls_fmp4_init_filename", "init.mp4"]
    command += ["-hls_segment_filename", "%05d.m4s", "index.m3u8"]
    subprocess.run(command, check=True, cwd=folder, timeout=60)
    return folder
