"""The process that looks into files: `python -m library.works.reading.child`."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from library.core.bounded.answers import in_parts, refusal
from library.core.errors import Invalid
from library.works import drawing, wording
from library.works.content import format_of
from library.works.formats import FileFormat
from transcode.forking_child import serve


def answered(asked: bytes) -> bytes:
    """Answer {"file": path, "want": "facts", "pages" or "words", "format": of the latter}.

    That is what it is, its first pages as pictures (each with its length before it), or what is written in
    it ({"text", "whole"}). What is wrong with the file is an answer too.
    """
    question = json.loads(asked)
    data = Path(question["file"]).read_bytes()
    if question["want"] == "pages":
        return in_parts(drawing.draw(data))
    if question["want"] == "words":
        words = wording.words_of(data, FileFormat(question["format"]))
        return json.dumps({"text": words.text, "whole": words.whole}).encode()
    try:
        found = format_of(data)
        pages = drawing.count_pages(data) if found is FileFormat.PDF else 0
    except Invalid as error:
        return refusal(error)
    return json.dumps({"format": found.value, "pages": pages}).encode()


if __name__ == "__main__":
    import numpy
    import pypdfium2

    _ = numpy, pypdfium2  # loaded once, and not by each fork
    sys.exit(serve(answered, int(sys.argv[1])))
