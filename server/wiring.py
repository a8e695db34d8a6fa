"""The one place that builds things: from settings to open ports."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from library.core.clock import Clock, utc_now
from library.core.database import Database, open_database
from server import migrate, secrets
from server.settings import Settings

if TYPE_CHECKING:
    from obstore.store import ObjectStore

    from library.catalog.narrowed import NarrowedClips
    from library.dictionary.in_use import DictionaryInUse
    from library.finding.hits import Finder
    from library.finding.indexer import Indexer
    from library.intake.downloads import Downloads
    from library.searches.asked_queries import AskedQueries
    from library.searches.frequent_queries import FrequentQueries
    from server.delivery.media_keys import MediaKeys
    from transcode.tools import Tools


@dataclass
class Ports:
    """Everything that reaches outside the program, open and ready; passed to whoever needs it.

    Of what stands below the fields each is loaded and built when it is first asked for: a command that lists
    accounts needs neither the index nor the transcoder. `build_all` before threads ask.
    """

    settings: Settings
    db: Database
    secret: str
    clock: Clock = field(default=utc_now)

    @cached_property
    def store(self) -> ObjectStore:
        """Where objects are kept; raises the store's own errors."""
        return open_store(self.settings)

    @cached_property
    def indexer(self) -> Indexer:
        """The index beside the database."""
        return open_indexer(self.settings, self.db)

    @cached_property
    def media_keys(self) -> MediaKeys:
        """What signs media addresses; raises SecretUnreadable."""
        from server.delivery.media_keys import MediaKeys

        return MediaKeys(self.settings.media_keys_file)

    @cached_property
    def narrowed(self) -> NarrowedClips:
        """The clips that were withdrawn or narrowed while addresses of them may still play."""
        from library.catalog.narrowed import NarrowedClips

        return NarrowedClips(self.db, self.clock, self.settings.media_life_s)

    @cached_property
    def downloads(self) -> Downloads:
        """What makes clips that are saved as files."""
        from library.intake.downloads import Downloads

        return Downloads(self.store, self.settings.work_folder, cache(lambda: open_tools(self.settings)))

    @cached_property
    def asked(self) -> AskedQueries:
        """What people search for, gathered."""
        from library.searches.asked_queries import AskedQueries

        return AskedQueries(self.db, self.secret, self.clock, *self._offering)

    @cached_property
    def frequent(self) -> FrequentQueries:
        """What several people search for."""
        from library.searches.frequent_queries import FrequentQueries

        return FrequentQueries(self.clock, *self._offering)

    @cached_property
    def dictionary(self) -> DictionaryInUse:
        """What staff teach the search."""
        from library.dictionary.in_use import DictionaryInUse

        return DictionaryInUse(self.db)

    @property
    def _offering(self) -> tuple[int, int]:
        return self.settings.query_searchers, self.settings.keep_queries_days

    def build_all(self) -> None:
        """Build what is not there yet, except the tools: a library can be read without ffmpeg."""
        for one in (
            "store",
            "indexer",
            "media_keys",
            "narrowed",
            "downloads",
            "asked",
            "frequent",
            "dictionary",
        ):
            getattr(self, one)

    @cached_property
    def tools(self) -> Tools:
        """ffmpeg and ffprobe; raises ToolMissing when first needed, so that a library can be read without."""
        return open_tools(self.settings)

    @property
    def finder(self) -> Finder:
        """What searches."""
        from library.finding.hits import Finder

        return Finder(self.indexer, self.dictionary)

    @property
    def uploads(self) -> Path:
        """Where files lie while they are received."""
        return self.settings.uploads_folder

    @property
    def work(self) -> Path:
        """Where clips are made before they are published."""
        return self.settings.work_folder

    def close(self) -> None:
        """Give everything back."""
        for one in (self.__dict__.get("downloads"), self.__dict__.get("indexer"), self.db):
            if one is not None:
                one.close()


def open_tools(settings: Settings) -> Tools:
    """Return ffmpeg and ffprobe of the settings, of the PATH or of the wheels; raises ToolMissing."""
    from transcode.tools import find_tools

    return find_tools(settings.ffmpeg, settings.ffprobe)


def open_indexer(settings: Settings, db: Database) -> Indexer:
    """Return the index of the engine that the settings choose."""
    from library.finding.indexer import Indexer
    from search import ENGINES

    return Indexer(db, settings.index_folder, ENGINES[settings.search])


def open_store(settings: Settings) -> ObjectStore:
    """Return the object store: a folder of the data folder, or the S3 bucket of the settings."""
    from obstore.store import LocalStore, S3Store

    if settings.store_url:
        return S3Store.from_url(settings.store_url, **settings.store_options)
    folder = settings.data / "objects"
    folder.mkdir(parents=True, exist_ok=True)
    return LocalStore(prefix=folder.absolute())


def open_ports(settings: Settings, clock: Clock = utc_now, *, all_now: bool = True) -> Ports:
    """Open everything the settings name, with the tables up to date; not `all_now`: each when it is needed.

    Raises SecretUnreadable, and the database's or the store's own errors when they cannot be reached.
    """
    settings.data.mkdir(parents=True, exist_ok=True)
    for folder in (settings.uploads_folder, settings.work_folder):
        folder.mkdir(exist_ok=True)
    secret = secrets.read_or_make(settings.secret_file or settings.data / "secret")
    db = open_database(settings.database, settings.connections)
    migrate.prepare(db, settings.organisation, clock())
    ports = Ports(settings, db, secret, clock)
    if all_now:
        ports.build_all()
    return ports
