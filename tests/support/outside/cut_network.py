"""A database at the other end of a cable that can be cut: packets are lost, and nobody says so.

The other end is a network namespace of its own; what listens there hands on to the test's PostgreSQL.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from tests.support.needs import missing, program

NEAR, FAR, PORT = "10.213.7.1", "10.213.7.2", 5432
_READY_S = 20.0


class Cable:
    """The cable; `cut` and `mend` it. What was under way when it was cut is lost."""

    def __init__(self, far_pid: int, name: str) -> None:
        self._enter = [str(program("nsenter", package="util-linux")), "-t", str(far_pid), "-n"]
        self._name = name

    def far(self, *command: str) -> None:
        """Run something at the other end."""
        subprocess.run([*self._enter, *command], check=True, capture_output=True)

    def cut(self) -> None:
        """Lose every packet from now on."""
        self.far("ip", "link", "set", self._name, "down")

    def mend(self) -> None:
        """Let packets through again."""
        self.far("ip", "link", "set", self._name, "up")


@contextlib.contextmanager
def cable_to(socket: Path) -> Iterator[Cable]:
    """Lay a cable to a Unix socket; at FAR, PORT it can be reached."""
    unshare, ip = program("unshare", package="util-linux"), program("ip", package="iproute2")
    far = subprocess.Popen(
        [unshare, "-n", sys.executable, "-m", __name__, str(socket)], stdout=subprocess.PIPE, text=True
    )
    near, there = f"wk{os.getpid()}n", f"wk{os.getpid()}f"
    try:
        assert far.stdout is not None
        if far.stdout.readline() != "begins\n":
            missing("no network can be cut here (unshare -n needs root)")
        made = subprocess.run(
            [ip, "link", "add", near, "type", "veth", "peer", "name", there, "netns", str(far.pid)],
            check=False,
        )
        if made.returncode:
            missing("no network can be cut here (ip link add needs root)")
        cable = Cable(far.pid, there)
        subprocess.run([ip, "addr", "add", f"{NEAR}/30", "dev", near], check=True)
        subprocess.run([ip, "link", "set", near, "up"], check=True)
        cable.far("ip", "addr", "add", f"{FAR}/30", "dev", there)
        cable.mend()
        assert far.stdout.readline() == "listens\n"
        yield cable
    finally:
        subprocess.run([ip, "link", "del", near], check=False, capture_output=True)
        far.kill()
        far.wait()


def _say(word: str) -> None:
    sys.stdout.write(f"{word}\n")
    sys.stdout.flush()


async def _hand_on(socket: str) -> None:
    async def pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            while data := await reader.read(65536):
                writer.write(data)
                await writer.drain()
        writer.close()

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        its_reader, its_writer = await asyncio.open_unix_connection(socket)
        await asyncio.gather(pass_on(reader, its_writer), pass_on(its_reader, writer))

    until = time.monotonic() + _READY_S
    while True:
        try:
            server = await asyncio.start_server(connected, FAR, PORT)
            break
        except OSError:  # the cable is not there yet
            if time.monotonic() > until:
                raise
            await asyncio.sleep(0.02)
    _say("listens")
    await server.serve_forever()


if __name__ == "__main__":
    _say("begins")
    asyncio.run(_hand_on(sys.argv[1]))
