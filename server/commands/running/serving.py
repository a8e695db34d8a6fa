"""weike serve, worker and migrate: the processes that run."""

from __future__ import annotations

import math
import signal
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from library.access import links
from library.core.clock import Clock, utc_now
from library.core.database import Database, open_database
from server import migrate as migrations
from server.addresses import addresses_of_this_machine, bare_host, openable, web_address
from server.commands.console import Console, console_of
from server.commands.failures import FAILED, Failure
from server.commands.options import Json
from server.commands.running.answering import answering
from server.keeping import postgres
from server.keeping.errors import KeepingFailed
from server.keeping.marker import restoring
from server.settings import Settings
from server.web.language.i18n import N_
from server.wiring import Ports

if TYPE_CHECKING:
    import uvicorn
    from starlette.types import ASGIApp

    from server.delivery.lines import LineLimits

# Of the system's open files: those of the program itself, the index, and three for each connection to SQLite.
_OWN_FILES = 60
_FILES_OF_A_CONNECTION = 3
_MOST_FILES = 65_536

# Long enough for a segment to slow viewers; uploads resume, so they are not waited for.
_GOODBYE_S = 5


def serve(
    context: typer.Context,
    host: Annotated[str | None, typer.Option("--host", help=N_("监听的地址，代替 WEIKE_HOST。"))] = None,
    port: Annotated[
        int | None,
        typer.Option("--port", min=0, max=65535, help=N_("监听的端口，代替 WEIKE_PORT；0 为任选。")),
    ] = None,
) -> None:
    """Run the web application until a signal ends it."""
    console = console_of(context)
    console.log(quiet=False)
    as_commands_read, (listening, console) = console, listen(console, host, port)
    with listening, console.ports(all_now=True) as ports, answering(as_commands_read, ports):

        def announce() -> None:
            for url in opening_addresses(ports.settings):
                typer.echo(console.say(N_("微课网站：%(url)s"), url=url))
            _first_admin(console, ports.db, ports.clock)

        run_web(ports.settings, ports, listening, announce)


def listen(console: Console, host: str | None, port: int | None) -> tuple[socket.socket, Console]:
    """Take the address before anything is opened; returns the socket, and a console that knows the port."""
    host = bare_host(host or console.settings.host)
    port = console.settings.port if port is None else port
    try:
        listening = _listening(host, port)
    except OSError as error:
        said = error.strerror or str(error)
        raise Failure(
            N_("无法监听 %(host)s 的端口 %(port)s（%(said)s），可以用 --port 换一个。"),
            FAILED,
            host=host,
            port=port,
            said=said,
        ) from error
    return listening, console.with_settings(host=host, port=listening.getsockname()[1])


def _listening(host: str, port: int) -> socket.socket:
    """Return a socket that listens on an address or on the first one of a name; raises OSError.

    :: takes IPv4 too, where the system can.
    """
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    # Of a name that has both, IPv4: what stands beside us (a proxy, a health check) commonly asks 127.0.0.1.
    family, _type, _protocol, _name, address = min(found, key=lambda one: one[0] != socket.AF_INET)
    both = host == "::" and socket.has_dualstack_ipv6()
    return socket.create_server(address, family=family, backlog=1024, dualstack_ipv6=both)


def opening_addresses(settings: Settings) -> list[str]:
    """Return the addresses that open the site: the public one, else those of what is listened on."""
    if settings.public_url:
        return [settings.base_url]
    return [web_address(host, settings.port) for host in openable(settings.host, addresses_of_this_machine())]


def _first_admin(console: Console, db: Database, clock: Clock) -> None:
    with db.write() as session:
        secret = links.first_admin_link(session, clock())
    if secret is None:
        return
    # One for each address: whoever sits before another machine cannot open this one's localhost.
    for url in opening_addresses(console.settings):
        typer.echo(
            console.say(
                N_("还没有管理员。打开这个一次性链接，建立第一个管理员账号：%(url)s"),
                url=f"{url}/welcome/{secret}",
            )
        )


def run_web(settings: Settings, ports: Ports, listening: socket.socket, announce: Callable[[], None]) -> None:
    """Serve until SIGINT or SIGTERM; returns when the last request and the worker have ended.

    `announce` is called once the address answers.
    """
    with _measured(ports):
        _run_web(settings, ports, listening, announce)


@contextmanager
def _measured(ports: Ports) -> Iterator[None]:
    """Let Prometheus read this process's figures for the time of the block, where the settings say so."""
    from server.background.measuring import metrics_listener

    try:
        listener = metrics_listener(ports)
    except OSError as error:
        raise Failure(
            N_("无法在 %(address)s 提供监控指标（%(said)s）：改 WEIKE_METRICS，每个进程要有自己的端口。"),
            FAILED,
            address=ports.settings.metrics,
            said=error.strerror or str(error),
        ) from error
    if listener is None:
        yield
        return
    listener.start()
    try:
        yield
    finally:
        listener.stop()


def _run_web(
    settings: Settings, ports: Ports, listening: socket.socket, announce: Callable[[], None]
) -> None:
    # Imported here: the web application takes a second to import, and only these commands need it.
    import uvicorn

    from server.app import create_app

    class Server(uvicorn.Server):
        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets)
            if not self.should_exit:
                announce()

    _allow_open_files()
    server = Server(config_of(create_app(settings, ports), settings))
    # uvicorn raises the signal again once it has shut down; SIGTERM then ends like Ctrl-C, with ports closed.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        server.run(sockets=[listening])
    except KeyboardInterrupt:
        return
    if not server.started:
        raise Failure(N_("网站没有启动起来，原因见上面的日志。"), FAILED)


def _allow_open_files() -> None:
    """Take as many open files as the system lets us have without asking: each viewer's line is one."""
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = _MOST_FILES if hard == resource.RLIM_INFINITY else min(hard, _MOST_FILES)
    if soft < most:
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))


def config_of(app: ASGIApp, settings: Settings) -> uvicorn.Config:
    """Return how an application is served."""
    import uvicorn

    from server.delivery.bounded_protocol import Lines, bounded
    from server.web.middleware.requests import TrustedProxies

    lines = Lines(line_limits(settings), settings.trusted_proxies)
    return uvicorn.Config(
        TrustedProxies(app, settings.trusted_proxies),
        http=bounded(lines),
        ws="none",  # an upgrade would leave our protocol
        log_config=None,  # server.logs has configured it
        access_log=False,  # the application writes its own line, with the request's id
        proxy_headers=False,  # TrustedProxies reads them, and takes away what others wrote
        server_header=False,
        timeout_keep_alive=math.ceil(settings.idle_s),
        timeout_graceful_shutdown=_GOODBYE_S,
    )


def line_limits(settings: Settings) -> LineLimits:
    """Return the limits of this process's lines: no more of them than it may open files."""
    import resource

    from server.delivery.lines import LineLimits, lines_that_fit

    files, _hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if files == resource.RLIM_INFINITY:
        files = _MOST_FILES
    own = _OWN_FILES + _FILES_OF_A_CONNECTION * settings.connections
    return LineLimits(
        head_s=settings.head_s,
        body_s=settings.body_s,
        idle_s=settings.idle_s,
        lines=lines_that_fit(settings.lines, files, own),
        lines_per_address=settings.lines_per_address,
    )


def worker(context: typer.Context) -> None:
    """Run the pipeline until a signal ends it."""
    from server.background.worker import Worker

    console = console_of(context)
    console.log(quiet=False)
    stopping = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda _number, _frame: stopping.set())
    with console.ports(all_now=True) as ports, _measured(ports):
        running = Worker(ports)
        running.start()
        try:
            stopping.wait()
        finally:
            running.stop()


def _dump(console: Console, database: Database, wanted: str, now: datetime) -> Path | None:
    """Write a PostgreSQL database into the data folder before it changes; None where that cannot be done."""
    settings = console.settings
    file = settings.data / f"weike-before-{wanted}-{now:%Y%m%d%H%M%S}.dump"
    try:
        with database.engine.connect() as connection:
            tools = postgres.find_tools(settings.postgres_tools, connection)
        postgres.dump(tools, settings.database, file)
    except KeepingFailed as error:
        file.unlink(missing_ok=True)
        if error.code not in ("pg_tools_missing", "pg_tools_old"):
            raise  # a disk that is full: nothing is changed without a copy that could have been made
        console.note(N_("没有留副本：%(why)s"), why=console.explain(error))
        return None
    file.chmod(0o600)
    return file


def migrate(context: typer.Context, as_json: Json = False) -> None:
    """Bring the tables up to date."""
    console = console_of(context)
    console.log(quiet=True)
    settings = console.settings
    Path(settings.data).mkdir(parents=True, exist_ok=True)
    half = restoring(settings.data)
    if half is not None:
        raise KeepingFailed("restore_unfinished", data=str(settings.data), name=half)
    db = open_database(settings.database)
    copies: list[Path] = []

    def copy(database: Database, wanted: str, now: datetime) -> None:
        kept = migrations.keep_copy(database, wanted, now) or _dump(console, database, wanted, now)
        copies.extend(filter(None, [kept]))

    try:
        before = migrations.current(db)
        changed = migrations.prepare(db, settings.organisation, utc_now(), copy)
        value = {
            "changed": changed,
            "revision": migrations.current(db),
            "before": before,
            "copy": str(copies[0]) if copies else None,
        }
    finally:
        db.close()
    if copies:
        console.note(
            N_(
                "更新前（%(before)s）的副本在 %(copy)s。"
                "要回到旧版本，请照运维手册（docs/runbook.md）“回到旧版本”做。"
            ),
            before=before,
            copy=copies[0],
        )
    sentence = N_("数据库已更新到 %(revision)s。") if changed else N_("数据库已是最新（%(revision)s）。")
    console.result(value, as_json, [console.say(sentence, **value)])
