"""The server's side of commands that ask it (asking.py): one thread, one command after the other."""

from __future__ import annotations

import json
import os
import socket
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import structlog

from server.commands.console import Console, Performing
from server.commands.running.asking import (
    MOST_BYTES,
    SOCKET,
    TAKEN,
    address_in,
    apart,
    may_be_asked,
    told,
    who,
)
from server.wiring import Ports

log = structlog.get_logger()

_COMMANDS = ("search", "stats", "user")
_PATIENCE_S = 2.0
_GOODBYE_S = 5.0


@dataclass
class _Answering(Console):
    """A console whose library is open already, and whose words go to whoever asked."""

    opened: Ports | None = None
    out: list[str] = field(default_factory=list)
    err: list[str] = field(default_factory=list)
    objects: list[str] = field(default_factory=list)

    def line(self, text: str, *, err: bool = False) -> None:
        """Keep a line for whoever asked."""
        (self.err if err else self.out).append(f"{text}\n")

    def one_object(self, text: str) -> None:
        """Keep an object of JSON for whoever asked."""
        self.objects.append(text)

    def log(self, quiet: bool) -> None:
        """The server's log stays as it is."""

    @contextmanager
    def ports(self, *, must_exist: bool = False, all_now: bool = False) -> Iterator[Ports]:
        """Lend the server's ports."""
        assert self.opened is not None  # noqa: S101  (it is made with them)
        yield self.opened


@contextmanager
def answering(console: Console, ports: Ports) -> Iterator[None]:
    """Answer commands for the time of the block, with the settings that a command would read, which are
    those of `console`; where that cannot be, they do their own work."""
    answers = _Answers(console, ports)
    answers.start()
    try:
        yield
    finally:
        answers.stop()


def _listen(folder: Path) -> socket.socket | None:
    """Return a socket that listens in the data folder, for its owner; None where another server does."""
    with address_in(folder) as address:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as other, suppress(OSError):
            other.settimeout(_PATIENCE_S)
            other.connect(address)
            return None
        (folder / SOCKET).unlink(missing_ok=True)  # of one that was killed
        listening = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            listening.bind(address)
            (folder / SOCKET).chmod(0o600)
            listening.listen(8)
        except OSError:
            listening.close()
            raise
    return listening


class _Answers(threading.Thread):
    def __init__(self, console: Console, ports: Ports) -> None:
        super().__init__(name="commands", daemon=True)
        self._console, self._ports = console, ports
        self._told = told(Path.cwd())["told"]
        self._listening: socket.socket | None = None
        self._is_over, self._lock = False, threading.Lock()

    def run(self) -> None:
        load = self._console.performer
        if load is None:
            return
        # All before the first is asked for, so that what is loaded is of one version.
        commands = {name: load(name, self._console.catalogue) for name in _COMMANDS}
        listening = self._listen()
        while listening is not None:
            try:
                line, _ = listening.accept()
            except OSError:  # told to stop
                return
            with line:
                try:
                    self._answer(line, commands)
                except Exception:
                    log.exception("a command was not answered")

    def _listen(self) -> socket.socket | None:
        with self._lock:
            if not self._is_over:
                try:
                    self._listening = _listen(self._ports.settings.data)
                except OSError as error:
                    log.warning("commands are not answered", why=str(error))
            return self._listening

    def stop(self) -> None:
        """Let the command that is at work end."""
        with self._lock:
            self._is_over, listening = True, self._listening
        if listening is not None:
            with suppress(OSError):
                (self._ports.settings.data / SOCKET).unlink()
            with suppress(OSError):
                listening.shutdown(socket.SHUT_RDWR)
            listening.close()
        self.join(_GOODBYE_S)

    def _answer(self, line: socket.socket, commands: Mapping[str, Performing]) -> None:
        line.settimeout(_PATIENCE_S)
        if who(line) not in (os.geteuid(), 0):
            return
        try:
            with line.makefile("rb") as asked:
                what = json.loads(asked.readline(MOST_BYTES))
            if what["told"] != self._told:
                return
            _data, words = apart(what["words"])
            perform = commands[words[0]] if words and may_be_asked(words) else None
            if perform is not None:
                line.sendall(TAKEN)
                line.sendall(json.dumps(self._performed(perform, what["words"])).encode() + b"\n")
        except OSError:  # it did not wait
            return

    def _performed(self, perform: Performing, words: Sequence[str]) -> dict[str, Any]:
        console = _Answering(self._console.settings, self._console.catalogue, opened=self._ports)
        try:
            code = perform(words, console)
        except Exception as error:
            code = console.complain(error)
        texts = {"out": console.out, "err": console.err, "json": console.objects}
        return {"code": code, **{kind: "".join(lines) for kind, lines in texts.items()}}
