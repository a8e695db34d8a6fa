"""The process that reads pictures: `python -m library.studio.covering.child`."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from library.core.bounded.answers import in_parts, refusal
from library.core.errors import Invalid
from library.studio.covering.drawing import draw, fitted
from transcode.forking_child import serve


def answered(asked: bytes) -> bytes:
    """Answer {"file": path, "words": text, "font": path, "index": n} with three pictures, each with its
    length before it, and {"file": path, "size": [width, height]} with one. What is wrong with the file is an
    answer too."""
    question = json.loads(asked)
    data = Path(question["file"]).read_bytes()
    try:
        if "size" in question:
            width, height = question["size"]
            return in_parts((fitted(data, (width, height)),))
        drawn = draw(data, question["words"], Path(question["font"]), question["index"])
    except Invalid as error:
        return refusal(error)
    return in_parts((drawn.cover, drawn.small, drawn.plain))


if __name__ == "__main__":
    from PIL import Image, ImageDraw, ImageFont, ImageOps, JpegImagePlugin, PngImagePlugin, WebPImagePlugin

    _ = Image, ImageDraw, ImageFont, ImageOps, JpegImagePlugin, PngImagePlugin, WebPImagePlugin
    sys.exit(serve(answered, int(sys.argv[1])))
