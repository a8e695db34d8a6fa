"""The one place that builds things: from settings to open ports."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path

from obstore.store import LocalStore, ObjectStore, S3Store

from library.catalog.narrowed import NarrowedClips
from library.core.clock import Clock, utc_now
from library.core.database import Database, open_database
from library.dictionary.in_use import DictionaryInUse
from library.finding.hits import Finder
from library.finding.indexer import Indexer
from library.intake.downloads import Downloads
from library.searches.asked_queries import AskedQueries
from library.searches.frequent_queries import FrequentQueries
from search import ENGINES
from server import migrate, secrets
from server.delivery.media_keys import MediaKeys
from server.settings import Settings
from transcode.tools import Tools, find_tools


@dataclass
class Ports:
    """Everything that reaches outside the program, open and ready; passed to whoever needs it."""

    settings: Settings
    db: Database
    store: ObjectStore
    indexer: Indexer
    media_keys: MediaKeys
    narrowed: NarrowedClips
    secret: str
    downloads: Downloads
    asked: AskedQueries
    frequent: FrequentQueries
    dictionary: DictionaryInUse
    clock: Clock = field(default=utc_now)

    @cached_property
    def tools(self) -> Tools:
        """ffmpeg and ffprobe; raises ToolMissing when first needed, so that a library can be read without."""
        return open_tools(self.settings)

    @property
    def finder(self) -> Finder:
        """What searches."""
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
        self.downloads.close()
        self.indexer.close()
        self.db.close()


def open_tools(settings: Settings) -> Tools:
    """Return ffmpeg and ffprobe of the settings, of the PATH or of the wheels; raises ToolMissing."""
    return find_tools(settings.ffmpeg, settings.ffprobe)


def open_indexer(settings: Settings, db: Database) -> Indexer:
    """Return the index of the engine that the settings choose."""
    return Indexer(db, settings.index_folder, ENGINES[settings.search])


def open_store(settings: Settings) -> ObjectStore:
    """Return the object store: a folder of the data folder, or the S3 bucket of the settings."""
    if settings.store_url:
        return S3Store.from_url(settings.store_url, **settings.store_options)
    folder = settings.data / "objects"
    folder.mkdir(parents=True, exist_ok=True)
    return LocalStore(prefix=folder.absolute())


def open_ports(settings: Settings, clock: Clock = utc_now) -> Ports:
    """Open everything the settings name, with the tables up to date.

    Raises SecretUnreadable, and the database's or the store's own errors when they cannot be reached.
    """
    settings.data.mkdir(parents=True, exist_ok=True)
    for folder in (settings.uploads_folder, settings.work_folder):
        folder.mkdir(exist_ok=True)
    secret = secrets.read_or_make(settings.secret_file or settings.data / "secret")
    media_keys = MediaKeys(settings.media_keys_file)
    db = open_database(settings.database, settings.connections)
    migrate.prepare(db, settings.organisation, clock())
    store = open_store(settings)
    offering = (settings.query_searchers, settings.keep_queries_days)
    return Ports(
        settings=settings,
        db=db,
        store=store,
        indexer=open_indexer(settings, db),
        media_keys=media_keys,
        narrowed=NarrowedClips(db, clock, settings.media_life_s),
        secret=secret,
        downloads=Downloads(store, settings.work_folder, cache(lambda: open_tools(settings))),
        asked=AskedQueries(db, secret, clock, *offering),
        frequent=FrequentQueries(clock, *offering),
        dictionary=DictionaryInUse(db),
        clock=clock,
    )
