"""Addresses of the files of clips, signed for whoever is being answered."""

from __future__ import annotations

from library.catalog import covers
from library.catalog import queries as catalog
from library.catalog.permits import media_audience
from library.catalog.tables import Clip, Lesson
from library.core.clock import Clock
from server.delivery.media_keys import MediaKeys
from server.delivery.signing import media_expiry
from server.web.parts import Picture
from transcode.pictures.small import SmallForm, small_file


class MediaUrls:
    """Signs addresses that play for `life_s` seconds or a little longer."""

    def __init__(self, keys: MediaKeys, clock: Clock, life_s: int, prefix: str = "") -> None:
        """`prefix`: what paths of this site begin with for browsers (server.web.middleware.prefix)."""
        self._keys, self._clock, self._life_s, self._prefix = keys, clock, life_s, prefix

    def of(self, lesson: Lesson, clip: Clip, file: str, plan: str | None = None) -> str:
        """Return the path of a file of a clip that plays; `plan`: of another folder than its own."""
        return self._signed(lesson, clip.id, plan or clip.plan or "", file)

    def _signed(self, lesson: Lesson, clip_id: str, folder: str, file: str) -> str:
        facts = catalog.facts(lesson)
        audience = media_audience(facts.state, facts.audience, facts.chosen)
        expires = media_expiry(self._clock(), self._life_s)
        # Asked for each time: the keys may change while the process runs.
        signer = self._keys.signer
        return self._prefix + signer.path(clip_id, folder, file, audience, expires)

    def poster(self, lesson: Lesson, clip: Clip | None) -> str | None:
        """Return the path of a clip's picture, None when it has none."""
        if clip is not None and clip.plan and clip.cover:
            return self.of(lesson, clip, covers.COVER, clip.cover)
        if clip is None or not clip.plan or not clip.poster:
            return None
        return self.of(lesson, clip, clip.poster)

    def picture(self, lesson: Lesson, clip: Clip | None) -> Picture | None:
        """Return a clip's picture as lists show it, None when it has none."""
        if clip is not None and clip.plan and clip.cover:
            return self.cover(lesson, clip.id, clip.cover)
        return self.made(lesson, clip)

    def made(self, lesson: Lesson, clip: Clip | None) -> Picture | None:
        """Return the picture of a clip that was chosen of itself, or among its own."""
        if clip is None or not clip.plan or not clip.poster:
            return None
        return self.listed(lesson, clip, clip.poster)

    def lesson_picture(self, lesson: Lesson, first: Clip | None) -> Picture | None:
        """Return the picture of a lesson as lists show it: its own, else that of its first clip."""
        own = covers.of_lesson(lesson)
        return self.cover(lesson, *own) if own is not None else self.picture(lesson, first)

    def cover(self, lesson: Lesson, clip_id: str, name: str) -> Picture:
        """Return a cover that lies in a clip's folder."""
        small = self._signed(lesson, clip_id, name, covers.SMALL)
        return Picture(url=self._signed(lesson, clip_id, name, covers.COVER), webp_url=small)

    def listed(self, lesson: Lesson, clip: Clip, file: str) -> Picture:
        """Return one of the pictures of a clip that plays as lists show it."""
        form = SmallForm(clip.small)
        small = self.of(lesson, clip, small_file(file, form)) if form else None
        if form is SmallForm.WEBP:
            return Picture(url=self.of(lesson, clip, file), webp_url=small)
        return Picture(url=small or self.of(lesson, clip, file))
