"""The process that reads photos: `python -m library.records.picturing.child`."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from library.core.bounded.answers import in_parts, refusal
from library.core.errors import Invalid
from library.records.picturing.drawing import PHOTO_BYTES, rewritten
from transcode.forking_child import serve


def answered(asked: bytes) -> bytes:
    """Answer the path of a file with its picture, in parts: the JPEG, and [width, height] as JSON. What is
    wrong with the file is an answer too."""
    with Path(asked.decode()).open("rb") as file:
        data = file.read(PHOTO_BYTES + 1)
    try:
        picture = rewritten(data)
    except Invalid as error:
        return refusal(error)
    return in_parts((picture.data, json.dumps([picture.width, picture.height]).encode()))


if __name__ == "__main__":
    from PIL import Image, ImageOps, JpegImagePlugin, PngImagePlugin, WebPImagePlugin

    _ = Image, ImageOps, JpegImagePlugin, PngImagePlugin, WebPImagePlugin
    sys.exit(serve(answered, int(sys.argv[1])))
