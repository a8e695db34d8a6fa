"""The process that fills templates: `python -m library.records.writing.child`.

A template is a stranger's program in a small language. It runs in Jinja's sandbox, in a fork that is bounded
in time, memory and output, and knows nothing but the values it is given.
"""

from __future__ import annotations

import io
import json
import re
import sys
import zipfile
import zlib
from collections.abc import Sequence
from typing import Any

from library.core.bounded.answers import in_parts, parts_of, refusal
from library.core.errors import Invalid
from library.records.writing.values import PICTURE_N, WIDTH, packable
from library.works import office
from library.works.formats import FileFormat
from transcode.forking_child import serve

MOST_UNPACKED_BYTES = 24 * 2**20
MOST_PARTS = 400
_TOLD = 80
"""Characters of what a template says that are shown to whoever gave it."""


def packed(values: dict[str, Any], template: bytes, *, book: bool) -> bytes:
    """Return what is asked: {"values": ..., "book": bool}, the template (none: the shipped one), and the
    pictures that stand among the values."""
    pictures: list[bytes] = []
    question = {"values": packable(values, pictures), "book": book}
    return in_parts((json.dumps(question, ensure_ascii=False).encode(), template, *pictures))


def answered(asked: bytes) -> bytes:
    """Answer with a .docx, or with {"invalid": code, "values": {...}}: what is wrong is an answer too."""
    from library.records.writing import shipped  # Word is loaded in the child alone

    head, template, *pictures = parts_of(asked)
    question = json.loads(head)
    try:
        if template:
            check(template)
        elif question["book"]:
            template = shipped.book()
        else:
            template = shipped.one()
        return filled(template, question["values"], pictures)
    except Invalid as error:
        return refusal(error)


def check(template: bytes) -> None:
    """Raise Invalid for what is no Word document, or not one that may be opened here."""
    try:
        with zipfile.ZipFile(io.BytesIO(template)) as package:
            parts = package.infolist()
            total = 0
            for part in parts[:MOST_PARTS]:
                with package.open(part) as opened:
                    while piece := opened.read(2**20):
                        total += len(piece)
                        if total > MOST_UNPACKED_BYTES:
                            raise Invalid("template_large_inside", field="file")
            if len(parts) > MOST_PARTS:
                raise Invalid("template_large_inside", field="file")
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError, OSError):
        raise Invalid("template_no_docx", field="file") from None
    if office.check(template) is not FileFormat.DOCX:
        raise Invalid("template_no_docx", field="file")


def filled(template: bytes, values: dict[str, Any], pictures: Sequence[bytes] = ()) -> bytes:
    """Return a template with values in it, and `pictures` where their numbers stand; raises
    Invalid("template_...")."""
    from docxtpl import DocxTemplate
    from jinja2 import StrictUndefined
    from jinja2.exceptions import SecurityError, TemplateError, TemplateSyntaxError, UndefinedError
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    environment = ImmutableSandboxedEnvironment(autoescape=True, undefined=StrictUndefined)
    environment.globals.clear()  # no range, no cycler: there is nothing to be counted but what is given
    try:
        document = DocxTemplate(io.BytesIO(template))
        document.render(_with_pictures(document, values, pictures), jinja_env=environment, autoescape=True)
        kept = io.BytesIO()
        document.save(kept)
        return kept.getvalue()
    except SecurityError as error:
        raise Invalid("template_forbidden", field="file", text=_told(error)) from None
    except UndefinedError as error:
        named = re.search(r"'([^']*)' is undefined", str(error))
        raise Invalid("template_unknown", field="file", text=named[1] if named else _told(error)) from None
    except TemplateSyntaxError as error:
        raise Invalid("template_syntax", field="file", text=_told(error)) from None
    except TemplateError as error:
        raise Invalid("template_broken", field="file", text=_told(error)) from None
    except (MemoryError, RecursionError):
        raise
    except Exception as error:
        raise Invalid("template_broken", field="file", text=_told(error)) from None


def _with_pictures(document: Any, values: Any, pictures: Sequence[bytes]) -> Any:
    from docx.shared import Cm
    from docxtpl import InlineImage

    if isinstance(values, dict):
        if PICTURE_N in values:
            return InlineImage(document, io.BytesIO(pictures[values[PICTURE_N]]), width=Cm(values[WIDTH]))
        return {name: _with_pictures(document, value, pictures) for name, value in values.items()}
    if isinstance(values, list):
        return [_with_pictures(document, value, pictures) for value in values]
    return values


def _told(error: Exception) -> str:
    return " ".join(str(error).split())[:_TOLD]


if __name__ == "__main__":
    import docxtpl

    from library.records.writing import shipped

    _ = docxtpl  # loaded once, and not by each fork
    shipped.one()
    shipped.book()
    sys.exit(serve(answered, int(sys.argv[1])))
