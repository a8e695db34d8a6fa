"""XML as strangers send it: expat with nothing switched on that could grow or reach outside."""

from __future__ import annotations

import re
from typing import NoReturn, Protocol
from xml.parsers import expat

from transcode.errors import Refused

_DECLARATION = re.compile(r"^\s*<\?xml[^<>]*\?>")


class Handler(Protocol):
    """What takes the elements and the text of a document, in their order."""

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """An element begins; where namespaces are told its name is "namespace local"."""

    def end(self, name: str) -> None:
        """An element ends."""

    def text(self, data: str) -> None:
        """Some text."""


class Refuses(Protocol):
    """Raises what says that a document is none that is read here."""

    def __call__(self) -> NoReturn: ...


def parser_for(
    handler: Handler, refuse: Refuses, *, encoding: str | None = None, namespaces: bool = False
) -> expat.XMLParserType:
    """Return a parser that tells `handler`, and calls `refuse` for a document type.

    No program that writes what is read here writes one; with one come entities that grow or that read other
    files.
    """
    parser = expat.ParserCreate(encoding, " " if namespaces else None)
    parser.buffer_text = True
    parser.StartElementHandler = handler.start
    parser.EndElementHandler = handler.end
    parser.CharacterDataHandler = handler.text
    parser.StartDoctypeDeclHandler = lambda *_: refuse()
    return parser


def read_text(text: str, handler: Handler, found: str) -> None:
    """Tell `handler` of a document that is text already: what its declaration says of its bytes is over.

    Raises Refused("transcript_broken") with what was `found` for one that is not well-formed.
    """

    def refuse() -> NoReturn:
        raise Refused("transcript_broken", {"found": found})

    parser = parser_for(handler, refuse, encoding="utf-8")
    try:
        parser.Parse(_DECLARATION.sub("", text, count=1).strip().encode("utf-8", "replace"), True)
    except expat.ExpatError as error:
        raise Refused("transcript_broken", {"found": found}) from error
