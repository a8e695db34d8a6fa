"""Feeds and podcasts of lessons, and the calendar of the weeks."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Annotated, Literal
from urllib.parse import urlsplit

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from library.catalog import queries as catalog
from library.catalog.permits import Audience, LessonState
from library.catalog.tables import Clip, Lesson, Topic
from library.core.clock import CHINA
from library.core.errors import NotFound
from library.organisation import queries as organisation
from library.organisation.tables import Node
from library.programme import queries as programme
from library.works import queries as works
from server.slices.feeds.calendar import TYPE as CALENDAR
from server.slices.feeds.calendar import Entry, to_calendar
from server.slices.feeds.reading import Reader, ReaderDep, answer
from server.slices.feeds.rss import TYPE as RSS
from server.slices.feeds.rss import Channel, Enclosure, Item, to_rss
from server.web.deps import AddressDep, ClockDep, DatabaseDep, DownloadsDep, MediaDep, PagesDep, SettingsDep
from server.web.language.i18n import N_
from server.web.pages import Pages
from server.web.shown.clip_files import lead_to_file
from server.web.shown.weeks import WeekView, no_card, present, week_views
from transcode.planning.plan import SOUND_ONLY

router = APIRouter(include_in_schema=False, prefix="/feeds/{key}")

MOST_LESSONS = 100
"""The newest lessons of a feed; a series has all of its episodes."""

_BACK, _AHEAD = 26, 53
"""Weeks of a calendar before and after this one."""

_GOOD_ENOUGH_P = 720
"""Lines of picture that a podcast is offered at most: it is taken along on a phone."""

_FILE = re.compile(rf"([1-9][0-9]{{0,4}}p|{SOUND_ONLY})\.(?:mp4|m4a)")

Form = Literal["pictures", "sound"]


@dataclass(frozen=True)
class Feed:
    """What is told of some lessons, before it is written."""

    name: str
    path: str
    own_path: str
    lessons: Sequence[Lesson]
    numbered: bool = False


class Press:
    """Makes feeds for whoever reads them."""

    def __init__(
        self, request: Request, reader: ReaderDep, pages: PagesDep, settings: SettingsDep, site: AddressDep
    ) -> None:
        self._request, self.reader, self._pages = request, reader, pages
        self._downloads, self._site = settings.downloads, site

    def says(self, sentence: str) -> str:
        """Return a sentence in the reader's language."""
        return says(self._pages, self.reader, sentence)

    def lessons(self, filters: catalog.Filters) -> Sequence[Lesson]:
        """Return the newest lessons of a kind, as far as the reader may watch them."""
        found = catalog.lessons_page(self.reader.session, self.reader.viewer, filters, 1, MOST_LESSONS)
        return found.items

    def print(self, feed: Feed, form: Form) -> Response:
        """Return a feed; raises NotFound where there is nothing for the reader, and tells no name then."""
        if not feed.lessons and feed.path != "/":
            raise NotFound
        items = [
            one for n, lesson in enumerate(feed.lessons, 1) for one in self._items(feed, lesson, n, form)
        ]
        site = self._pages.renderer.site_name(self.reader.language)
        told = N_("不足十分钟的微党课。") if self._downloads else N_("不足十分钟的微党课，请打开链接观看。")
        channel = Channel(
            title=f"{feed.name} · {site}" if feed.name else site,
            url=self._site + feed.path,
            own_url=f"{self._site}/feeds/{self.reader.key}{feed.own_path}"
            + ("?form=sound" if form == "sound" else ""),
            description=self.says(told),
            language=self.reader.language,
            author=site,
            items=items,
            image=next((one.image for one in items if one.image), ""),
            private=self.reader.is_private,
            in_order=feed.numbered,
        )
        return answer(self._request, self.reader, to_rss(channel), RSS)

    def _items(self, feed: Feed, lesson: Lesson, n: int, form: Form) -> list[Item]:
        clips = [clip for clip in lesson.clips if clip.plan]
        told = [self._item(lesson, clip, len(clips), form) for clip in clips]
        if not told:
            told = [self._item(lesson, None, 1, form)]
        if feed.numbered and len(told) == 1:
            return [replace(told[0], n=n)]
        return told

    def _item(self, lesson: Lesson, clip: Clip | None, of: int, form: Form) -> Item:
        title = lesson.title
        if clip is not None and of > 1:
            title = f"{title}（{clip.n}/{of}）"
        if clip is not None and clip.title:
            title = f"{title} {clip.title}"
        at = lesson.published_at or lesson.created_at
        path = f"/lessons/{lesson.id}" if clip is None or of == 1 else f"/clips/{clip.id}"
        open_to_all = lesson.audience is Audience.EVERYONE
        return Item(
            guid=clip.id if clip is not None else lesson.id,
            title=title,
            url=self._site + path,
            summary=lesson.summary,
            author=lesson.lecturer.name if lesson.lecturer else "",
            at=at,
            duration_s=clip.duration_s if clip is not None else None,
            # A picture has no key of its own: what is not for everybody goes without.
            image=self._image(lesson, clip, of) if open_to_all else "",
            enclosure=self._enclosure(clip, form) if clip is not None and self._downloads else None,
        )

    def _image(self, lesson: Lesson, clip: Clip | None, of: int) -> str:
        if lesson.cover and (clip is None or of == 1):
            return f"{self._site}/lessons/{lesson.id}/picture.jpg"
        return f"{self._site}/clips/{clip.id}/picture.jpg" if clip and (clip.cover or clip.poster) else ""

    def _enclosure(self, clip: Clip, form: Form) -> Enclosure | None:
        name = rendition(clip.sizes, form)
        if name is None:
            return None
        kind, ending = ("audio/mp4", "m4a") if name == SOUND_ONLY else ("video/mp4", "mp4")
        url = f"{self._site}/feeds/{self.reader.key}/files/{clip.id}/{name}.{ending}"
        return Enclosure(url, clip.sizes[name], kind)


def rendition(sizes: dict[str, int], form: Form) -> str | None:
    """Return which rendition of a clip is taken along: the best picture that is good enough, or the sound.

    What is only sound is sound in either form; None for a clip of which there is nothing.
    """
    pictures = sorted(int(name.removesuffix("p")) for name in sizes if name != SOUND_ONLY)
    if SOUND_ONLY in sizes and (form == "sound" or not pictures):
        return SOUND_ONLY
    if not pictures:
        return None
    small = [lines for lines in pictures if lines <= _GOOD_ENOUGH_P]
    return f"{small[-1] if small else pictures[0]}p"


def says(pages: Pages, reader: Reader, sentence: str) -> str:
    """Return a sentence in the language of whoever reads a feed."""
    return pages.renderer.catalogue(reader.language).translations.gettext(sentence)


PressDep = Annotated[Press, Depends()]
PUBLISHED = catalog.Filters(state=LessonState.PUBLISHED)


@router.get("/lessons.rss")
def lessons(press: PressDep, form: Form = "pictures") -> Response:
    """The newest lessons."""
    return press.print(Feed("", "/", "/lessons.rss", press.lessons(PUBLISHED)), form)


@router.get("/topics/{topic_id}.rss")
def topic(press: PressDep, topic_id: str, form: Form = "pictures") -> Response:
    """The newest lessons of a topic."""
    row = press.reader.session.get(Topic, topic_id)
    if row is None:
        raise NotFound
    its = press.lessons(replace(PUBLISHED, topic=row.name))
    return press.print(Feed(row.name, f"/topics/{row.id}", f"/topics/{row.id}.rss", its), form)


@router.get("/nodes/{node_id}.rss")
def node(press: PressDep, node_id: str, form: Form = "pictures") -> Response:
    """The newest lessons of a node and of what lies below it."""
    row = press.reader.session.get(Node, node_id)
    if row is None:
        raise NotFound
    its = press.lessons(replace(PUBLISHED, node_id=row.id))
    return press.print(Feed(row.name, "/lessons", f"/nodes/{row.id}.rss", its), form)


@router.get("/series/{series_id}.rss")
def series(press: PressDep, series_id: str, form: Form = "pictures") -> Response:
    """The episodes of a series, from the first on."""
    reader = press.reader
    row = works.series_for(reader.session, reader.viewer, series_id)
    seen = works.episodes(reader.session, reader.viewer, row.id)
    its = [one for one in seen if one.state is LessonState.PUBLISHED]
    return press.print(
        Feed(row.title, f"/series/{row.id}", f"/series/{row.id}.rss", its, numbered=True), form
    )


@router.get("/weeks.ics")
def weeks(
    request: Request, reader: ReaderDep, pages: PagesDep, clock: ClockDep, site: AddressDep
) -> Response:
    """The weeks around this one, as a member of the reader's node sees them; for everybody those of the
    root."""
    session, viewer, this = reader.session, reader.viewer, present(clock())
    chain = programme.chain(session, viewer)
    found = programme.weeks_seen(session, chain, this.after(-_BACK), this.after(_AHEAD))
    views = week_views(session, viewer, chain[0], found, no_card)
    host = urlsplit(site).hostname or "weike"
    changed = {week: max(part.released_at or part.due_at for part in parts) for week, parts in found.items()}
    entries = [
        Entry(
            uid=f"week-{week}@{host}",
            monday=week.monday,
            title=views[week].theme or says(pages, reader, N_("每周主题")),
            text="\n".join(_lines(pages, reader, site, views[week])),
            url=f"{site}/weeks/{week}",
            changed_at=changed[week],
        )
        for week in sorted(views)
    ]
    name = f"{says(pages, reader, N_('每周主题'))} · {organisation.node(session, chain[0]).name}"
    return answer(request, reader, to_calendar(name, entries), CALENDAR)


def _lines(pages: Pages, reader: Reader, site: str, week: WeekView) -> list[str]:
    """Return what a calendar says of a week: of each part its words, lessons that are out, and when it
    comes out."""
    lines: list[str] = []
    for part in week.shown:
        if part.released_at is None:
            at = part.due_at.astimezone(CHINA)
            lines.append(f"{says(pages, reader, N_('即将发布'))} {at:%Y-%m-%d %H:%M}")
        if part.text:
            lines.append(part.text)
        for lesson in part.lessons:
            if lesson.open:
                lines.append(f"{lesson.title} {site}/lessons/{lesson.id}")
        lines += [" ".join((one.text, one.url)).strip() for one in part.reading]
    return lines


@router.get("/files/{clip}/{file}")
async def file(
    reader: ReaderDep,
    media: MediaDep,
    settings: SettingsDep,
    db: DatabaseDep,
    downloads: DownloadsDep,
    clip: str,
    file: str,
) -> Response:
    """Lead to the file of a clip, for a program that has the link of somebody who may watch it."""
    match = _FILE.fullmatch(file)
    if not settings.downloads or match is None:
        raise NotFound
    found = await lead_to_file(db, media, downloads, reader.viewer, clip, match[1])
    found.headers["cache-control"] = "no-store"
    found.headers["referrer-policy"] = "no-referrer"
    return found
