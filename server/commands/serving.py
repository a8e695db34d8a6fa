"""weike serve, worker and migrate: the processes that run."""

from __future__ import annotations

import signal
import socket
import threading
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from library.access import actions as access
from library.core.clock import Clock, utc_now
from library.core.database import Database, open_database
from server import migrate as migrations
from server.addresses import addresses_of_this_machine, bare_host, openable, web_address
from server.commands.console import Console, console_of
from server.commands.failures import FAILED, Failure
from server.commands.options import Json
from server.settings import Settings
from server.web.language.i18n import N_
from server.wiring import Ports

if TYPE_CHECKING:
    import uvicorn
    from starlette.types import ASGIApp

# Longer than a segment lasts, so that a player keeps its line, and than nginx keeps lines to us (60 s).
_KEEP_LINE_S = 75

# Long enough for a segment to slow viewers; uploads resume, so they are not waited for.
_GOODBYE_S = 5

SERVE_HELP = N_(
    "启动网站；除非 WEIKE_WORKER=false，也在同一进程里处理录像。\n\n"
    "第一次启动会打印一个一次性链接，用它建立第一个管理员账号。按 Ctrl-C 停下。"
)
WORKER_HELP = N_("只处理录像，不提供网页；收到 SIGTERM 或按 Ctrl-C 时停下，没做完的下次接着做。")
MIGRATE_HELP = N_("把数据库更新到这一版程序需要的样子（SQLite 会先留一份副本），然后结束。")


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
    listening, console = listen(console, host, port)
    with listening, console.ports(all_now=True) as ports:

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
        secret = access.first_admin_link(session, clock())
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
    # Imported here: the web application takes a second to import, and only these commands need it.
    import uvicorn

    from server.app import create_app

    class Server(uvicorn.Server):
        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets)
            if not self.should_exit:
                announce()

    server = Server(config_of(create_app(settings, ports), settings))
    # uvicorn raises the signal again once it has shut down; SIGTERM then ends like Ctrl-C, with ports closed.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        server.run(sockets=[listening])
    except KeyboardInterrupt:
        return
    if not server.started:
        raise Failure(N_("网站没有启动起来，原因见上面的日志。"), FAILED)


def config_of(app: ASGIApp, settings: Settings) -> uvicorn.Config:
    """Return how an application is served."""
    import uvicorn

    from server.delivery.uvicorn_protocol import FileLineProtocol

    return uvicorn.Config(
        app,
        http=FileLineProtocol,
        log_config=None,  # server.logs has configured it
        access_log=False,  # the application writes its own line, with the request's id
        proxy_headers=True,
        forwarded_allow_ips=settings.trusted_proxies,
        server_header=False,
        timeout_keep_alive=_KEEP_LINE_S,
        timeout_graceful_shutdown=_GOODBYE_S,
    )


def worker(context: typer.Context) -> None:
    """Run the pipeline until a signal ends it."""
    from server.background.worker import Worker

    console = console_of(context)
    console.log(quiet=False)
    stopping = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda _number, _frame: stopping.set())
    with console.ports(all_now=True) as ports:
        running = Worker(ports)
        running.start()
        try:
            stopping.wait()
        finally:
            running.stop()


def migrate(context: typer.Context, as_json: Json = False) -> None:
    """Bring the tables up to date."""
    console = console_of(context)
    console.log(quiet=True)
    settings = console.settings
    Path(settings.data).mkdir(parents=True, exist_ok=True)
    db = open_database(settings.database)
    try:
        changed = migrations.prepare(db, settings.organisation, utc_now())
        value = {"changed": changed, "revision": migrations.current(db)}
    finally:
        db.close()
    sentence = N_("数据库已更新到 %(revision)s。") if changed else N_("数据库已是最新（%(revision)s）。")
    console.result(value, as_json, [console.say(sentence, **value)])
