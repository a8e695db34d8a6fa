"""What the files of a clip are called. A rendition has a folder of its own; its name is that of the rung."""

from __future__ import annotations

MASTER = "master.m3u8"
"""Lists the renditions; a clip exists once it is there."""

PLAYLIST = "index.m3u8"
"""In a rendition's folder, as the two below."""

INIT = "init.mp4"
SEGMENTS = "%05d.m4s"
