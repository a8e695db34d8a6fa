"""What a backup costs and how long a library is away: `python -m bench.keeping DATA`.

DATA is the data folder of a library on SQLite, such as that of `make demo`. A server runs on it while it is
backed up. RTO is the time from the decision to restore until the restored library answers `/readyz`; RPO is
what may be lost: the time between two backups and one of them.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

ROUNDS = 3
PORT = 18733


def run(data: Path, *words: object) -> tuple[dict[str, Any], float, float]:
    """Run a command; returns what it printed, and its seconds on the clock and of a processor."""
    began, used = time.monotonic(), os.times()
    command = [sys.executable, "-m", "server.cli", "--data", str(data), *map(str, words), "--json"]
    out = subprocess.run(command, check=True, capture_output=True).stdout
    after = os.times()
    cpu_s = after.children_user + after.children_system - used.children_user - used.children_system
    return json.loads(out), time.monotonic() - began, cpu_s


def serve_until_ready(data: Path) -> tuple[subprocess.Popen[bytes], float]:
    """Start a server; returns it and how long it took until it is ready."""
    began = time.monotonic()
    environment = {**os.environ, "WEIKE_PORT": str(PORT), "WEIKE_WORKER": "false"}
    command = [sys.executable, "-m", "server.cli", "--data", str(data), "serve"]
    server = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    while True:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{PORT}/readyz", timeout=5) as answer:
                if answer.status == 200:
                    return server, time.monotonic() - began
        except (urllib.error.URLError, OSError):
            time.sleep(0.02)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    data = parser.parse_args().data.absolute()
    with tempfile.TemporaryDirectory() as scratch:
        shelf, elsewhere = Path(scratch) / "backups", Path(scratch) / "data"
        server, _ = serve_until_ready(data)
        try:
            made, first_s, first_cpu_s = run(data, "backup", shelf)
            again = [run(data, "backup", shelf, "--keep", 14) for _ in range(ROUNDS)]
        finally:
            server.terminate()
            server.wait()
        tried, test_s, test_cpu_s = run(data, "restore", shelf, "--test")
        began = time.monotonic()
        _, restore_s, restore_cpu_s = run(data, "restore", shelf, "--into", elsewhere)
        server, ready_s = serve_until_ready(elsewhere)
        rto_s = time.monotonic() - began
        server.terminate()
        server.wait()
    files, size = made["manifest"]["files"], made["manifest"]["size_bytes"]
    _, again_s, again_cpu_s = sorted(again, key=lambda one: one[1])[ROUNDS // 2]
    print(f"{files} files, {size / 1e6:.0f} MB, database {made['database']['size_bytes'] / 1e6:.1f} MB")
    print(f"first backup            {first_s:6.1f} s  {first_cpu_s:5.1f} s of a core")
    print(f"one more, median of {ROUNDS}   {again_s:6.1f} s  {again_cpu_s:5.1f} s of a core")
    print(f"restore test            {test_s:6.1f} s  {test_cpu_s:5.1f} s of a core, ok: {tried['ok']}")
    print(f"restore                 {restore_s:6.1f} s  {restore_cpu_s:5.1f} s of a core")
    print(f"RTO (restore and start) {rto_s:6.1f} s, of which {ready_s:.1f} s until it is ready")
    print(f"RPO (every 4 minutes)   {4 * 60 + max(one[1] for one in again):6.1f} s")


if __name__ == "__main__":
    main()
