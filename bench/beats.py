"""What counting costs: `python -m bench.beats [--json]`.

A real server in a process of its own is asked by wrk in turns: beats that are counted durably (SQLite with
synchronous=FULL, then PostgreSQL with fsync), an empty FastAPI endpoint of the same application, and an empty
bare ASGI route. Then the server is killed again and again under load, and every beat that it had acknowledged
is looked for.
"""

import argparse
import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

import httpx

from bench.beats_server import BARE, EMPTY
from bench.measure import machine, ratio
from bench.report import Figure, show
from library.core.clock import utc_now
from library.core.database import Database, open_database
from library.plays import actions
from server import migrate, secrets
from server.signing import BeatSigner
from tests.support import factories
from tests.support.postgres import running_server

ROUNDS, ROUND_S, WARM_S = 3, 8, 2
PLAYS, LESSONS, CLIPS = 4096, 16, 8
CONNECTIONS = 768
KILLS = 50
_READY_S = 60.0

_LUA = """
local plays, n, lap = {}, 0, 0
for line in io.lines(os.getenv("PLAYS")) do plays[#plays + 1] = line end
local headers = {["Content-Type"] = "text/plain"}
function request()
  n = n + 1
  if n > #plays then n, lap = 1, lap + 1 end
  local path, key = plays[n]:match("(%S+) (%S+)")
  local body = string.format('{"seq":%d,"at_s":%d,"rate":1,"ranges":[[%d,%d]],"key":"%s"}',
    lap + 1, lap + 1, lap, lap + 1, key)
  return wrk.format("POST", path, headers, body)
end
"""
_DONE = """
function done(summary, latency, requests)
  io.stderr:write(string.format('{"per_s":%f,"p95_ms":%f,"failed":%d,"asked":%d}',
    summary.requests * 1e6 / summary.duration, latency:percentile(95) / 1000,
    summary.errors.status + summary.errors.connect + summary.errors.read + summary.errors.write
      + summary.errors.timeout, summary.requests))
end
"""
