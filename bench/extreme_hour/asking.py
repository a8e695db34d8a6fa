"""Requests that wrk goes round, and what the processes that answer them took meanwhile."""

from __future__ import annotations

import json
import os
import re
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil

ASK = """
local asked, n, lap = {}, 0, tonumber(os.getenv("LAP") or "0")
for line in io.lines(os.getenv("ASKED")) do
  local method, path, cookie, token, body = line:match("([^|]*)|([^|]*)|([^|]*)|([^|]*)|([^|]*)")
  local headers = {["Accept-Encoding"] = "gzip"}
  if cookie ~= "" then headers["Cookie"] = cookie end
  if token ~= "" then headers["X-CSRF-Token"] = token end
  if body ~= "" then headers["Content-Type"] = "application/json" end
  asked[#asked + 1] = {method, path, headers, body}
end
function request()
  n = n + 1
  if n > #asked then n, lap = 1, lap + 1 end
  local one = asked[n]
  local body = one[4]
  if body ~= "" then body = body:gsub("{from}", tostring(lap)):gsub("{to}", tostring(lap + 1)) end
  return wrk.format(one[1], one[2], one[3], body)
end
function done(summary, latency, requests)
  io.stderr:write(string.format('{"per_s":%f,"answered":%d,"failed":%d,"sent_bytes":%d,"p95_ms":%f}',
    summary.requests * 1e6 / summary.duration, summary.requests,
    summary.errors.status + summary.errors.connect + summary.errors.read + summary.errors.write
      + summary.errors.timeout, summary.bytes, latency:percentile(95) / 1000))
end
"""
"""In a body, {from} and {to} are the lap and the next: how often the list has been gone through before."""


@dataclass(frozen=True)
class Ask:
    """One request: whose cookie and CSRF token it carries ("" for none), and its JSON."""

    path: str
    method: str = "GET"
    cookie: str = ""
    token: str = ""
    body: str = ""

    @property
    def line(self) -> str:
        """As ASK reads it."""
        return "|".join((self.method, self.path, self.cookie, self.token, self.body))


@dataclass(frozen=True)
class Said:
    """What wrk found: answers in a second, how many there were, of these failed, the bytes that came."""

    per_s: float
    answered: int
    failed: int
    sent_bytes: int
    p95_ms: float


class Asking:
    """A wrk that goes round a list of requests."""

    def __init__(self, folder: Path, name: str, asks: Sequence[Ask], *, laps: bool = False) -> None:
        """`laps`: bodies say how far they are, and the next run goes on there."""
        self._lines, self._script = folder / f"{name}.asked", folder / f"{name}.lua"
        self._lines.write_text("".join(f"{ask.line}\n" for ask in asks))
        self._script.write_text(ASK)
        self._name, self._size, self._lap, self._laps = name, len(asks), 0, laps

    def __len__(self) -> int:
        """How many requests one lap has."""
        return self._size

    def begin(self, port: int, seconds: float, connections: int) -> subprocess.Popen[str]:
        """Start asking; `end` has what came of it."""
        command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds:g}s", "--timeout", "30s"]
        command += ["-s", str(self._script), f"http://127.0.0.1:{port}/"]
        environment = os.environ | {"ASKED": str(self._lines), "LAP": str(self._lap)}
        return subprocess.Popen(
            command, env=environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )

    def end(self, running: subprocess.Popen[str], connections: int) -> Said:
        """Wait for its end; stops the bench when an answer was not what it should be."""
        out, err = running.communicate()
        found = re.search(r"\{.*\}", err)
        if running.returncode or found is None:
            raise SystemExit(f"bench: wrk does not ask for {self._name}:\n{out}{err}")
        said = Said(**json.loads(found[0]))
        if said.failed or not said.answered:
            raise SystemExit(f"bench: {self._name} is not answered well: {said}")
        if self._laps:
            self._lap += -(-(said.answered + connections) // self._size)
        return said

    def run(self, port: int, seconds: float, connections: int) -> Said:
        """Ask for some seconds."""
        return self.end(self.begin(port, seconds, connections), connections)


def cpu_s(pids: Sequence[int]) -> float:
    """Return the CPU seconds that processes and all they started have used so far, ended ones included."""
    used = 0.0
    for pid in pids:
        first = psutil.Process(pid)
        times = first.cpu_times()
        used += times.children_user + times.children_system
        for one in (first, *first.children(recursive=True)):
            try:
                its = one.cpu_times()
            except psutil.NoSuchProcess:
                continue  # its time is now among the first one's children's
            used += its.user + its.system
    return used


def memory_mb(pids: Sequence[int]) -> float:
    """Return the memory in MB of processes: their own pages, and their part of shared ones."""
    return sum(psutil.Process(pid).memory_full_info().pss for pid in pids) / 1e6
