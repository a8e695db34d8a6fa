"""A feed as RSS 2.0 with the tags of podcasts, written with what Python brings. Pure.

feedgen, which would be the library for it, is published as source alone, and we install wheels; what it
would do here is the writing of some thirty elements.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from xml.etree.ElementTree import Element, SubElement, register_namespace, tostring

TYPE = "application/rss+xml; charset=utf-8"

_ITUNES = "http://www.itunes.com/dtds/podcast-1.0.dtd"
_ATOM = "http://www.w3.org/2005/Atom"
_NEVER_IN_XML = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_TTL_MIN = 60


@dataclass(frozen=True)
class Enclosure:
    """A file to take along; `length_bytes` is what its media weigh, the file itself weighs a little more."""

    url: str
    length_bytes: int
    type: str


@dataclass(frozen=True)
class Item:
    """One entry; `guid` stays what it is. `n` is its place in a series, 0 for none."""

    guid: str
    title: str
    url: str
    summary: str
    author: str
    at: datetime
    duration_s: float | None = None
    image: str = ""
    n: int = 0
    enclosure: Enclosure | None = None


@dataclass(frozen=True)
class Channel:
    """A feed: `url` is the page it stands for, `own_url` its own address. `private` asks catalogues of
    podcasts to leave it out. `in_order`: the items are told from the first to the last."""

    title: str
    url: str
    own_url: str
    description: str
    language: str
    author: str
    items: Sequence[Item]
    image: str = ""
    private: bool = False
    in_order: bool = False


def to_rss(channel: Channel) -> bytes:
    """Return a feed as RSS; the same channel is always the same bytes, so that they have an ETag."""
    register_namespace("itunes", _ITUNES)
    register_namespace("atom", _ATOM)
    root = Element("rss", {"version": "2.0"})
    top = SubElement(root, "channel")
    for name, text in (
        ("title", channel.title),
        ("link", channel.url),
        ("description", channel.description),
        ("language", channel.language),
        ("ttl", str(_TTL_MIN)),
    ):
        _add(top, name, text)
    own = {"href": _clean(channel.own_url), "rel": "self", "type": "application/rss+xml"}
    SubElement(top, f"{{{_ATOM}}}link", own)
    _itunes(top, "author", channel.author)
    _itunes(top, "explicit", "false")
    _itunes(top, "type", "serial" if channel.in_order else "episodic")
    if channel.image:
        SubElement(top, f"{{{_ITUNES}}}image", {"href": channel.image})
    if channel.private:
        _itunes(top, "block", "Yes")
    for item in channel.items:
        _item(top, item)
    body: bytes = tostring(root, encoding="utf-8", xml_declaration=True)
    return body


def _item(top: Element, item: Item) -> None:
    its = SubElement(top, "item")
    _add(its, "title", item.title)
    _add(its, "link", item.url)
    SubElement(its, "guid", {"isPermaLink": "false"}).text = item.guid
    _add(its, "pubDate", format_datetime(item.at))
    if item.summary:
        _add(its, "description", item.summary)
    if item.author:
        _itunes(its, "author", item.author)
    if item.duration_s:
        _itunes(its, "duration", str(round(item.duration_s)))
    if item.image:
        SubElement(its, f"{{{_ITUNES}}}image", {"href": item.image})
    if item.n:
        _itunes(its, "episode", str(item.n))
    if item.enclosure is not None:
        told = {"url": item.enclosure.url, "length": str(item.enclosure.length_bytes)}
        SubElement(its, "enclosure", {**told, "type": item.enclosure.type})


def _itunes(top: Element, name: str, text: str) -> None:
    _add(top, f"{{{_ITUNES}}}{name}", text)


def _add(top: Element, name: str, text: str) -> None:
    SubElement(top, name).text = _clean(text)


def _clean(text: str) -> str:
    return _NEVER_IN_XML.sub("", text)
