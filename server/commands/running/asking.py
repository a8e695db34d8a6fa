"""A command that only reads asks the server that runs on the same data folder, which has loaded long ago what
the command would load for a second.

Nothing is loaded here but what Python brings. Whatever is not as it has to be (no server, another's, one with
other settings, one that is busy or does not know) ends in None: the command then does its own work and says
what it finds. Who may write into the socket is who may read the data folder's files, its owner; the rights of
a person (`--as`) are decided where they always are, by the same code.
"""

from __future__ import annotations

import json
import os
import socket
import struct
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

SOCKET = "commands.sock"
"""Its name in the data folder."""

DATA = "data"
"""The data folder where nobody names one (PlaceSettings)."""

TAKEN = b"+\n"
"""What the server says at once when it is going to answer."""

MOST_BYTES = 65_536
"""So long may be what is asked."""

_PREFIX = "weike_"
_FOR_ALL_THE_SAME = frozenset(["data", "log_format", "worker"])
"""Settings that may differ: the socket lies in the one, what is asked does not depend on the others."""

PATHS = frozenset(
    [
        *("backup_to", "index", "mail_password_file", "media_secret_file", "postgres_tools"),
        *("second_factor_secret_file", "secret_file", "speech_model"),
    ]
)
"""Settings that name a file or a folder, which from another folder may be another."""

_URLS = ("database_url", "jobs_url", "store_url")
_OWN_WORK = ("-h", "--help", "-v", "--verbose", "--xlsx", "--export")
"""With these the command loads more anyway, or writes a file where the server may not."""

_ID_LENGTH = 16
_LONGEST_NAME = 100  # the system takes 107 bytes
_SOON_S, _IN_THE_END_S = 1.0, 30.0
_INTERRUPTED = 130


def asked(words: Sequence[str]) -> int | None:
    """Let the server run a command and print what it says; returns its exit code, None for nobody does."""
    data, rest = apart(words)
    if rest is None or not may_be_asked(rest):
        return None
    try:
        values = told(Path.cwd())
        folder = Path(data or values["all"].get("data", DATA)).expanduser().absolute()
        answer = _ask(folder, {"words": list(words), "told": values["told"]})
    except KeyboardInterrupt:
        return _INTERRUPTED
    except (OSError, ValueError, RuntimeError):
        return None
    if answer is None or answer["code"] == 1:  # what failed there is looked at once more, from here
        return None
    return _say(answer)


def apart(words: Sequence[str]) -> tuple[str | None, Sequence[str] | None]:
    """Return the data folder that is named and the command with what follows; None for none."""
    data = None
    for at, word in enumerate(words):
        if at and words[at - 1] == "--data":
            data = word
        elif word.startswith("--data="):
            data = word.removeprefix("--data=")
        elif word != "--data":
            return data, words[at:]
    return data, None


def may_be_asked(words: Sequence[str]) -> bool:
    """Tell whether it is a command that reads only, and writes no file."""
    name, *more = words
    if any(word.partition("=")[0] in _OWN_WORK for word in more):
        return False
    inner = more[0] if more else ""
    if name == "stats":
        return inner in ("overview", "lesson") or (len(inner) == _ID_LENGTH and inner.isalnum())
    return name == "search" or (name == "user" and inner == "list")


def told(here: Path) -> dict[str, Any]:
    """Return what the environment and the .env file of a folder set: "all", and "told", which two processes
    have alike that would answer alike."""
    file = here / ".env"
    found: dict[str, str | None] = {}
    if file.exists():
        from dotenv import dotenv_values

        found |= dotenv_values(file, encoding="utf8")
    found |= os.environ
    values = {
        name.lower().removeprefix(_PREFIX): value
        for name, value in found.items()
        if name.lower().startswith(_PREFIX) and value is not None
    }
    alike = {name: value for name, value in values.items() if name not in _FOR_ALL_THE_SAME}
    from_here = any(_depends_on_the_folder(name, value) for name, value in alike.items())
    return {"all": values, "told": {"set": alike, "here": str(here) if from_here else ""}}


def _depends_on_the_folder(name: str, value: str) -> bool:
    if name in PATHS:
        return not value.startswith("/")
    if name in _URLS:
        return value.startswith("sqlite") and ":////" not in value
    return False


def _ask(folder: Path, what: Mapping[str, Any]) -> dict[str, Any] | None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as line, address_in(folder) as address:
        line.settimeout(_SOON_S)
        line.connect(address)
        if who(line) != os.geteuid() != 0:
            return None
        line.sendall(json.dumps(what).encode() + b"\n")
        with line.makefile("rb") as answer:
            if answer.readline() != TAKEN:
                return None
            line.settimeout(_IN_THE_END_S)
            said = answer.readline()
    return json.loads(said) if said else None


def who(line: socket.socket) -> int:
    """Return the account at the other end of a socket; raises OSError where the system does not say."""
    if not hasattr(socket, "SO_PEERCRED"):
        raise OSError("nobody says who it is")
    said = line.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("3i"))
    _process, account, _group = struct.unpack("3i", said)
    return int(account)


@contextmanager
def address_in(folder: Path) -> Iterator[str]:
    """Yield the address of the socket in a folder, however long the folder's name is; raises OSError."""
    plain = str(folder / SOCKET)
    if len(os.fsencode(plain)) < _LONGEST_NAME:
        yield plain
        return
    opened = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        yield f"/proc/self/fd/{opened}/{SOCKET}"
    finally:
        os.close(opened)


def _say(answer: Mapping[str, Any]) -> int:
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    try:
        sys.stdout.flush()
        sys.stderr.write(answer["err"])
        sys.stdout.write(answer["out"])
        sys.stdout.buffer.write(answer["json"].encode("utf-8", "replace"))
        sys.stdout.flush()
    except BrokenPipeError:
        # Whoever read our output has seen enough (`weike search ... | head`).
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    return int(answer["code"])
