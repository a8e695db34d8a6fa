"""One long-lived thread that starts every child.

Linux ties "die with my parent" to the *thread* that forked: a child started from a job's thread would be
killed as soon as that thread ended, though the process lives on. So every fork happens in one thread that
ends only with the process.
"""

import os
import queue
import subprocess
import threading
from collections.abc import Callable
from concurrent.futures import Future

Start = Callable[[], subprocess.Popen[bytes]]


class Spawner:
    """Starts children from its own thread; `start` waits for the fork and returns the child."""

    def __init__(self) -> None:
        self._orders: queue.SimpleQueue[tuple[Start, Future[subprocess.Popen[bytes]]]] = queue.SimpleQueue()
        self._lock = threading.Lock()
        self._pid = 0

    def start(self, start: Start) -> subprocess.Popen[bytes]:
        """Call `start` in the spawner's thread; raises what it raises."""
        self._ensure_thread()
        future: Future[subprocess.Popen[bytes]] = Future()
        self._orders.put((start, future))
        return future.result()

    def _ensure_thread(self) -> None:
        with self._lock:
            if self._pid != os.getpid():  # first use, or the first use after a fork, which copies no threads
                self._orders = queue.SimpleQueue()
                threading.Thread(target=self._work, args=(self._orders,), name="spawner", daemon=True).start()
                self._pid = os.getpid()

    @staticmethod
    def _work(orders: "queue.SimpleQueue[tuple[Start, Future[subprocess.Popen[bytes]]]]") -> None:
        while True:
            start, future = orders.get()
            try:
                future.set_result(start())
            except BaseException as error:
                future.set_exception(error)
