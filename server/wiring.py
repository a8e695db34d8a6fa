"""The one place that builds things: from settings to open ports."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from library.core.clock import Clock, utc_now
from library.core.database import Database, open_database, sqlite_file
from library.people.rules import KEPT_APART
from server import migrate, private
from server.keeping.errors import KeepingFailed
from server.keeping.marker import restoring
from server.secrets import KeyFile, read_password
from server.settings import Settings

if TYPE_CHECKING:
    from obstore.store import ObjectStore

    from library.access.sealing import Sealing
    from library.audit.readings import Readings
    from library.catalog.narrowed import NarrowedClips
    from library.core.integrity import Integrity
    from library.dictionary.in_use import DictionaryInUse
    from library.finding.hits import Finder
    from library.finding.indexer import Indexer
    from library.hearing.recogniser import Recogniser
    from library.intake.files.downloads import Downloads
    from library.searches.asked_queries import AskedQueries
    from library.searches.frequent_queries import FrequentQueries
    from server.delivery.media_keys import MediaKeys
    from server.identity.opening import Providers
    from server.in_force import SettingsInForce
    from server.mail_server import MailServer
    from server.metrics import Metrics
    from server.push_service import PushService
    from server.tracing import Tracing
    from transcode.tools import Tools


@dataclass
class Ports:
    """Everything that reaches outside the program, open and ready; passed to whoever needs it.

    Of what stands below the fields each is loaded and built when it is first asked for: a command that lists
    accounts needs neither the index nor the transcoder. `build_all` before threads ask.
    """

    settings: Settings
    db: Database
    site_keys: KeyFile
    clock: Clock = field(default=utc_now)

    @property
    def secret(self) -> str:
        """The secret that signs now what this site hands out, except media addresses."""
        return self.site_keys.in_use[0]

    @cached_property
    def sealing(self) -> Sealing:
        """What encrypts second factors, with a secret that is made when it is first needed."""
        from library.access.sealing import Sealing

        keys = cache(lambda: KeyFile(self.settings.sealing_keys_file, "second factors' keys"))
        return Sealing(lambda: keys().in_use, "second factor")

    @cached_property
    def underway(self) -> Sealing:
        """What encrypts what browsers keep while they are at an identity provider."""
        from library.access.sealing import Sealing

        return Sealing(lambda: self.site_keys.in_use, "identity provider")

    @cached_property
    def providers(self) -> Providers:
        """Who else may sign people in; nothing is loaded for none."""
        if not self.settings.identity_providers:
            return {}
        from server.identity.opening import open_providers

        return open_providers(self.settings.identity_providers)

    @cached_property
    def mail_server(self) -> MailServer | None:
        """Who sends letters, None for nobody; raises SecretUnreadable."""
        return open_mail_server(self.settings)

    @cached_property
    def push_service(self) -> PushService | None:
        """Who pushes to browsers, None for nobody."""
        if not self.settings.push_services:
            return None
        from server.push_service import PushService

        hosts = tuple(self.settings.push_services.split())
        return PushService(hosts, lambda: self.site_keys.in_use, self.settings.base_url)

    @cached_property
    def in_force(self) -> SettingsInForce:
        """The settings with what was chosen at run time."""
        from server.in_force import SettingsInForce

        found = SettingsInForce(self.db, self.settings)
        found.look()
        return found

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
    def integrity(self) -> Integrity:
        """What looks whether the database's file is whole."""
        return open_integrity(self.settings, self.db, self.clock)

    @cached_property
    def downloads(self) -> Downloads:
        """What makes clips that are saved as files."""
        from library.intake.files.downloads import Downloads

        return Downloads(self.store, self.settings.work_folder, cache(lambda: open_tools(self.settings)))

    @cached_property
    def asked(self) -> AskedQueries:
        """What people search for, gathered."""
        from library.searches.asked_queries import AskedQueries

        return AskedQueries(self.db, self.secret, self.clock, *self._offering, self.dictionary.now)

    @cached_property
    def readings(self) -> Readings:
        """What staff read of people, gathered for the ledger."""
        from library.audit.readings import Readings

        return Readings(self.db)

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

    @cached_property
    def metrics(self) -> Metrics:
        """What this process counts."""
        from server.metrics import Metrics

        return Metrics()

    @cached_property
    def tracing(self) -> Tracing | None:
        """Where spans go, None without the setting; raises TracingMissing."""
        from server.tracing import Tracing

        url = self.settings.otel_url
        return Tracing(url, self.settings.executor_id) if url else None

    @property
    def _offering(self) -> tuple[int, int]:
        return self.settings.query_searchers, self.settings.keep_queries_days

    def build_all(self) -> None:
        """Build what is not there yet, except the tools: a library can be read without ffmpeg."""
        for one in (
            "in_force",
            "store",
            "indexer",
            "media_keys",
            "narrowed",
            "integrity",
            "downloads",
            "asked",
            "frequent",
            "readings",
            "dictionary",
            "providers",
            "mail_server",
            "metrics",
            "tracing",
        ):
            getattr(self, one)

    @cached_property
    def tools(self) -> Tools:
        """ffmpeg and ffprobe; raises ToolMissing when first needed, so that a library can be read without."""
        return open_tools(self.settings)

    def recogniser(self) -> Recogniser:
        """Return what recognises speech; raises Failed(speech_...) with why it cannot be."""
        return open_recogniser(self.settings, self.tools)

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
        built = self.__dict__
        for one in (built.get("downloads"), built.get("indexer"), self.db, built.get("tracing")):
            if one is not None:
                one.close()


def open_tools(settings: Settings) -> Tools:
    """Return ffmpeg and ffprobe of the settings, of the PATH or of the wheels; raises ToolMissing."""
    from transcode.tools import find_tools

    return find_tools(settings.ffmpeg, settings.ffprobe)


def open_recogniser(settings: Settings, tools: Tools) -> Recogniser:
    """Return what recognises speech with the model of the settings; raises Failed(speech_...)."""
    from library.hearing.recogniser import Recogniser
    from speech import launch
    from speech.models import ModelUnusable, usable
    from transcode.errors import Failed
    from transcode.run import Limits

    try:
        model = usable(settings.speech_model)
    except ModelUnusable as error:
        raise Failed(f"speech_{error.code}", error.details) from error
    threads = settings.speech_threads
    return Recogniser(
        tools,
        lambda from_s: launch.command(model.folder, start_s=from_s, threads=threads),
        launch.environment(threads),
        Limits(address_space_bytes=settings.speech_memory_bytes, nice=settings.speech_nice),
        model.name,
    )


def open_indexer(settings: Settings, db: Database) -> Indexer:
    """Return the index of the engine that the settings choose."""
    from library.finding.indexer import Indexer
    from search import ENGINES

    return Indexer(db, settings.index_folder, ENGINES[settings.search])


def open_integrity(settings: Settings, db: Database, clock: Clock) -> Integrity:
    """Return what looks whether the database's file is whole."""
    from library.core.integrity import Integrity

    return Integrity(db, sqlite_file(settings.database), settings.data / "database_check.json", clock)


def open_store(settings: Settings) -> ObjectStore:
    """Return the object store: a folder of the data folder, or the S3 bucket of the settings."""
    from obstore.store import LocalStore, S3Store

    if settings.store_url:
        return S3Store.from_url(settings.store_url, **settings.store_options)
    folder = settings.data / "objects"
    folder.mkdir(parents=True, exist_ok=True)
    return LocalStore(prefix=folder.absolute())


def open_mail_server(settings: Settings) -> MailServer | None:
    """Return who sends letters, None for nobody; raises SecretUnreadable, OSError."""
    if not settings.mail_server:
        return None
    from server.mail_server import MailServer

    password = read_password(settings.mail_password_file) if settings.mail_password_file else ""
    return MailServer(settings.mail_server, password, settings.mail_from, settings.organisation)


def open_ports(settings: Settings, clock: Clock = utc_now, *, all_now: bool = True) -> Ports:
    """Open everything the settings name, with the tables up to date; not `all_now`: each when it is needed.

    Raises SecretUnreadable, KeepingFailed (half a library was brought back), and the database's or the
    store's own errors when they cannot be reached.
    """
    half = restoring(settings.data)
    if half is not None:
        raise KeepingFailed("restore_unfinished", data=str(settings.data), name=half)
    settings.data.mkdir(parents=True, exist_ok=True)
    for folder in (settings.uploads_folder, settings.work_folder):
        folder.mkdir(exist_ok=True)
    if settings.media_group:  # nginx shall be able to read what comes into them
        for folder in private.shared_folders(settings):
            folder.mkdir(parents=True, exist_ok=True)
    private.close(settings)
    site_keys = KeyFile(settings.site_keys_file, "site keys")
    db = open_database(settings.database, settings.connections)
    db.policy[KEPT_APART] = settings.three_admins
    migrate.prepare(db, settings.organisation, clock())
    ports = Ports(settings, db, site_keys, clock)
    if all_now:
        ports.build_all()
    return ports
