"""weike demo: a library with something in it, to look at and to try."""

from __future__ import annotations

import fcntl
import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Annotated

import typer

from server.commands.console import Console, console_of
from server.commands.failures import FAILED, Failure
from server.commands.running import serving
from server.demo import county
from server.demo.accounts import ACCOUNTS, accounts
from server.web.language.i18n import N_
from server.web.language.words import word
from speech.models import ModelUnusable, usable

# The viewers of the days before come with their lessons; a day that is sealed takes nobody any more.
ROLL_UP_AFTER_S = 3600.0


def demo(
    context: typer.Context,
    host: Annotated[str | None, typer.Option("--host", help=N_("监听的地址。"))] = None,
    port: Annotated[
        int | None,
        typer.Option("--port", min=0, max=65535, help=N_("监听的端口；默认 8000，被占用时另选一个。")),
    ] = None,
) -> None:
    """Run the demonstration until a signal ends it."""
    try:
        from server.demo.lesson_maker import LessonMaker
    except ImportError as error:  # the extra `demo` is not part of every installation
        raise Failure(N_("这里没有安装示例需要的部分，请运行 python3 run.py demo。"), FAILED) from error
    console = console_of(context).with_settings(worker=True, roll_up_after_s=ROLL_UP_AFTER_S)
    console.log(quiet=True)
    listening, console = _listen(console, host, port)
    with listening, _only_one(console), console.ports(all_now=True) as ports:
        known = accounts(ports.db, ports.clock, ports.settings.data)
        maker = LessonMaker(console, ports.db, ports.clock, lambda: ports.tools)

        def announce() -> None:
            _welcome(console, known)
            maker.start()

        try:
            serving.run_web(ports.settings, ports, listening, announce)
        finally:
            maker.stop()
    typer.echo(console.say(N_("已停下。再次运行会接着用同一个资料库。")))


def _listen(console: Console, host: str | None, port: int | None) -> tuple[socket.socket, Console]:
    try:
        return serving.listen(console, host, port)
    except Failure:
        if port is not None:
            raise
        # Something else has the usual port: a first look should not end there.
        return serving.listen(console, host, 0)


@contextmanager
def _only_one(console: Console) -> Iterator[None]:
    """Hold the demonstration's lock, so that two do not make the same lessons."""
    console.settings.data.mkdir(parents=True, exist_ok=True)
    with (console.settings.data / "demo.lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Failure(
                N_("另一个 weike demo 正在使用 %(folder)s。"), FAILED, folder=console.settings.data
            ) from None
        yield


def _welcome(console: Console, known: Mapping[str, str]) -> None:
    for url in serving.opening_addresses(console.settings):
        typer.echo(console.say(N_("微课示例已启动：%(url)s"), url=url))
    typer.echo(console.say(N_("可以这样登录（%(url)s）："), url=f"{console.settings.base_url}/sign-in"))
    at = {node.code: node.name for node in county.nodes()} | {county.COUNTY: county.SHORT_NAME}
    for username, password in known.items():
        its = ACCOUNTS[username]
        role = word("role", its.role, console.catalogue)
        typer.echo(f"  {username:<16} {password}   {at[its.at]} · {role}")
    typer.echo(of_speech(console))
    typer.echo(console.say(N_("按 Ctrl-C 停下。")))


def of_speech(console: Console) -> str:
    """Why none of the demonstration's lessons was heard by a machine, and how to try it all the same."""
    try:
        usable(console.settings.speech_model)
    except ModelUnusable:
        return console.say(
            N_(
                "示例课用的是合成的声音，机器听不清，字幕是随课带来的。要看语音识别和讲稿对齐，先运行 "
                "python3 run.py setup --speech，再上传一段真人的录音。"
            )
        )
    return console.say(
        N_(
            "示例课用的是合成的声音，机器听不清，字幕是随课带来的。要看语音识别和讲稿对齐，请上传一段真人的录音；"
            "只想听听效果，运行 weike speech try 文件。"
        )
    )
