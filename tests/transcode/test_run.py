"""The door to child processes, with real children."""

from __future__ import annotations

import ctypes
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil
import pytest

from transcode.errors import Cancelled, Failed, ToolFailed, ToolMissing
from transcode.run import POLL_S, STDERR_TAIL_LINES, Limits, run

PYTHON = sys.executable


def shell(script: str) -> list[str]:
    return ["/bin/sh", "-c", script]


def test_output_comes_back() -> None:
    done = run(shell("echo out; echo err >&2"), timeout_s=10)
    assert done.stdout == b"out\n"
    assert done.stderr_tail == "err"


def test_lines_arrive_one_by_one_in_the_callers_thread() -> None:
    lines: list[str] = []
    threads: set[int] = set()

    def take(line: str) -> None:
        lines.append(line)
        threads.add(threading.get_ident())

    done = run(shell("printf 'a\\nb\\r\\n\\nc'"), timeout_s=10, on_line=take)
    assert lines == ["a", "b", "c"]
    assert threads == {threading.get_ident()}
    assert done.stdout == b""


def test_a_child_is_fed_by_another() -> None:
    done = run(shell("wc -c"), timeout_s=10, fed_by=shell("head -c 3000000 /dev/zero; echo fed >&2"))
    assert done.stdout.split() == [b"3000000"]


def test_a_child_that_has_read_enough_ends_both() -> None:
    done = run(shell("head -c 3"), timeout_s=10, fed_by=["/usr/bin/yes"])
    assert done.stdout == b"y\ny"


@pytest.mark.every
@pytest.mark.slow
@pytest.mark.parametrize(
    ("child", "feeder", "code"),
    [("cat >/dev/null", "echo broken >&2; exit 3", 3), ("exit 4", "exec sleep 60", 4)],
    ids=["the feeder", "the child"],
)
def test_the_failure_of_one_is_that_of_both(child: str, feeder: str, code: int) -> None:
    with pytest.raises(ToolFailed) as failed:
        run(shell(child), timeout_s=20, fed_by=shell(feeder))
    assert failed.value.details["exit_code"] == code


@pytest.mark.slow
def test_stopping_ends_who_feeds_too() -> None:
    started = time.monotonic()
    with pytest.raises(Cancelled):
        run(
            shell("sleep 60"),
            timeout_s=90,
            fed_by=shell("exec sleep 61"),
            should_stop=lambda: time.monotonic() - started > 0.5,
        )
    left = [one for one in psutil.Process().children(recursive=True) if "61" in one.cmdline()]
    assert [one for one in left if one.status() != psutil.STATUS_ZOMBIE] == []


def test_the_child_sees_nothing_of_our_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WEIKE_SECRET", "hidden")
    monkeypatch.setenv("https_proxy", "http://proxy")
    monkeypatch.setenv("LD_LIBRARY_PATH", "/opt")
    seen = run([PYTHON, "-I", "-c", "import os; print(sorted(os.environ))"], timeout_s=10).stdout.decode()
    assert "SECRET" not in seen
    assert "proxy" not in seen
    assert "LD_" not in seen
    assert "PATH" in seen


def test_the_child_is_nice_limited_and_in_a_group_of_its_own() -> None:
    script = """
import os, resource
print(os.nice(0), os.getpgid(0) == os.getpid(), resource.getrlimit(resource.RLIMIT_AS)[0],
      resource.getrlimit(resource.RLIMIT_CORE)[0], resource.getrlimit(resource.RLIMIT_NOFILE)[0])
"""
    limits = Limits(address_space_bytes=2**30, open_files=50)
    told = run([PYTHON, "-I", "-c", script], timeout_s=10, limits=limits).stdout.split()
    assert told == [b"%d" % (os.nice(0) + 5), b"True", b"%d" % 2**30, b"0", b"50"]


@pytest.mark.skipif(not Path("/proc/self/autogroup").exists(), reason="the scheduler has no groups here")
def test_the_group_that_its_session_is_to_the_scheduler_is_nice_too() -> None:
    told = run(shell("cat /proc/self/autogroup"), timeout_s=10, limits=Limits(nice=7)).stdout.split()
    assert told[1:] == [b"nice", b"%d" % (os.nice(0) + 7)]


@pytest.mark.skipif(sys.platform != "linux", reason="looks at /proc")
def test_the_child_ignores_no_signal_that_ends_it() -> None:
    """What a shell without job control starts with "&" ignores Ctrl-C; its children shall not."""
    ends = (signal.SIGINT, signal.SIGQUIT, signal.SIGTERM, signal.SIGPIPE)
    before = {number: signal.signal(number, signal.SIG_IGN) for number in ends}
    try:
        told = run(shell("grep SigIgn /proc/self/status"), timeout_s=10).stdout.split()
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    ignored = int(told[1], 16)
    assert [number.name for number in ends if ignored >> (number - 1) & 1] == []


def may_leave_the_network() -> bool:
    """What this machine allows, told by util-linux."""
    own_users = [] if os.geteuid() == 0 else ["--user"]
    tried = subprocess.run(["unshare", "--net", *own_users, "true"], capture_output=True, check=False)
    return tried.returncode == 0


@pytest.mark.slow
def test_the_child_reaches_no_address_not_even_this_machines() -> None:
    if sys.platform != "linux" or shutil.which("unshare") is None or not may_leave_the_network():
        pytest.skip("this platform lets no process leave the network")
    with socket.create_server(("127.0.0.1", 0)) as canary:
        canary.settimeout(0.2)
        call = f"import socket; socket.create_connection(('127.0.0.1', {canary.getsockname()[1]}), 2)"
        subprocess.run([PYTHON, "-I", "-c", call], check=True, timeout=10)
        canary.accept()[0].close()  # it can be reached: the test would see it
        with pytest.raises(ToolFailed) as caught:
            run([PYTHON, "-I", "-c", call], timeout_s=10)
        # The network that is not there, or Landlock, whichever comes first.
        assert re.search(r"OSError|PermissionError", str(caught.value.details["said"]))
        with pytest.raises(TimeoutError):
            canary.accept()


def landlock() -> int:
    """The version of Landlock here; less than 1: none."""
    return int(ctypes.CDLL(None).syscall(444, None, ctypes.c_size_t(0), 1)) if sys.platform == "linux" else 0


def test_the_child_writes_in_its_folder_and_nowhere_else(tmp_path: Path) -> None:
    if landlock() < 3:
        pytest.skip("this platform cannot fence a process in (Landlock)")
    (tmp_path / "in").mkdir()
    other = tmp_path / "other"
    other.write_text("whole")
    script = f"""
mkdir a && echo x > a/b && mv a/b a/c && rm a/c && echo kept > mine && echo x > /dev/null
(echo x > {other}); (echo x >> {other}); (rm -f {other}); (mkdir {tmp_path}/new); (ln -s mine {tmp_path}/link)
cat {other}
"""
    done = run(shell(script), timeout_s=10, cwd=tmp_path / "in")
    assert done.stdout == b"whole"
    assert (tmp_path / "in/mine").read_text() == "kept\n"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["in", "other"]
    run(shell(f"(echo x > {tmp_path}/in/more); (echo x >> {tmp_path}/in/mine); true"), timeout_s=10)
    assert sorted(path.name for path in (tmp_path / "in").iterdir()) == ["a", "mine"]
    assert (tmp_path / "in/mine").read_text() == "kept\n"


def test_the_child_cannot_hurt_other_processes() -> None:
    if landlock() < 6:
        pytest.skip("this platform cannot keep signals in (Landlock 6)")
    with subprocess.Popen(["/bin/sleep", "60"]) as other:
        run(shell(f"kill -9 {other.pid}; true"), timeout_s=10)
        assert other.poll() is None
        other.kill()


def test_the_child_has_no_rights_but_to_files() -> None:
    if sys.platform != "linux":
        pytest.skip("only Linux has capabilities")
    told = run(["/bin/cat", "/proc/self/status", "/proc/self/oom_score_adj"], timeout_s=10).stdout.decode()
    status = dict(line.split(":\t") for line in told.splitlines() if ":\t" in line)
    assert status["NoNewPrivs"] == "1"
    if os.geteuid() == 0:
        assert int(status["CapEff"], 16) & ~0b110 == 0
        assert int(status["CapBnd"], 16) & ~0b110 == 0
    assert int(told.splitlines()[-1]) >= 500


@pytest.mark.slow
def test_a_runaway_that_nobody_watches_ends_by_itself() -> None:
    """The parent does not look: a callback holds it up; the kernel counts the child's time."""

    def look_away(_: str) -> None:
        while psutil.Process().children(recursive=True)[0].status() != psutil.STATUS_ZOMBIE:
            time.sleep(0.1)

    with pytest.raises(Failed) as caught:
        run([PYTHON, "-I", "-c", "print(flush=True)\nwhile 1: pass"], timeout_s=0.2, on_line=look_away)
    assert caught.value.code == "timeout"


def test_an_exit_code_raises_with_the_last_words() -> None:
    with pytest.raises(ToolFailed) as caught:
        run(shell("echo sorry >&2; exit 3"), timeout_s=10)
    assert caught.value.details == {"tool": "sh", "exit_code": 3, "said": "sorry"}


def test_only_the_tail_of_stderr_is_kept() -> None:
    done = run(shell("i=0; while [ $i -lt 500 ]; do echo line$i >&2; i=$((i+1)); done"), timeout_s=30)
    lines = done.stderr_tail.splitlines()
    assert len(lines) == STDERR_TAIL_LINES
    assert lines[-1] == "line499"


def test_a_program_that_is_not_there() -> None:
    with pytest.raises(ToolMissing):
        run(["/no/such/ffmpeg"], timeout_s=10)
    with pytest.raises(ToolMissing):
        run(["sh"], timeout_s=10)  # only absolute paths: PATH decides nothing


def test_a_child_that_talks_too_much_is_ended() -> None:
    with pytest.raises(Failed) as caught:
        run(shell("cat /dev/zero"), timeout_s=60)
    assert caught.value.code == "output_too_large"


def test_a_full_disk_is_told_by_its_words_even_with_exit_code_0() -> None:
    with pytest.raises(Failed) as caught:
        run(shell("head -c 10 /dev/zero > /dev/full; exit 0"), timeout_s=10)
    assert caught.value.code == "disk_full"


def test_a_file_beyond_its_limit(tmp_path: Path) -> None:
    command = shell("head -c 100000 /dev/zero > big")
    with pytest.raises(Failed) as caught:
        run(command, timeout_s=10, cwd=tmp_path, limits=Limits(file_size_bytes=1000))
    assert caught.value.code == "output_too_large"
    assert (tmp_path / "big").stat().st_size <= 1000


@pytest.mark.slow
def test_too_long_is_a_timeout_also_for_a_child_that_ignores_sigterm() -> None:
    pids: list[int] = []
    with pytest.raises(Failed) as caught:
        run(
            shell("trap '' TERM; echo $$; while :; do sleep 1; done"),
            timeout_s=0.3,
            on_line=lambda line: pids.append(int(line)),
        )
    assert caught.value.code == "timeout"
    assert not psutil.pid_exists(pids[0])


@pytest.mark.slow
def test_stopping_ends_the_whole_group() -> None:
    pids: list[int] = []
    with pytest.raises(Cancelled):
        run(
            shell("sleep 60 & echo $!; echo $$; wait"),
            timeout_s=60,
            on_line=lambda line: pids.append(int(line)),
            should_stop=lambda: len(pids) == 2,
        )
    for pid in pids:
        _wait_gone(pid)


def test_nothing_starts_when_it_should_already_stop(tmp_path: Path) -> None:
    with pytest.raises(Cancelled):
        run(shell("touch started"), timeout_s=10, cwd=tmp_path, should_stop=lambda: True)
    assert not (tmp_path / "started").exists()


def test_an_exception_in_a_callback_leaves_no_child() -> None:
    pids: list[int] = []

    def fail(line: str) -> None:
        pids.append(int(line))
        raise LookupError

    with pytest.raises(LookupError):
        run(shell("echo $$; sleep 60"), timeout_s=60, on_line=fail)
    _wait_gone(pids[0])


def test_a_talkative_child_does_not_make_us_ask_all_the_time() -> None:
    asked: list[float] = []

    def should_stop() -> bool:
        asked.append(time.monotonic())
        return False

    run(shell("for i in 1 2 3 4 5; do echo $i; sleep 0.02; done"), timeout_s=10, should_stop=should_stop)
    assert len(asked) <= 3 + (asked[-1] - asked[0]) / POLL_S  # each quarter of a second, not each line


PARENT = """
import sys, threading
from transcode.run import run
def tell(pid):
    print(pid, flush=True)

command = ["/bin/sh", "-c", "echo $$; exec sleep 60"]
threading.Thread(target=lambda: run(command, timeout_s=60, on_line=tell)).start()
"""


@pytest.mark.slow
def test_a_child_started_in_a_thread_dies_with_the_process() -> None:
    parent = subprocess.Popen([PYTHON, "-c", PARENT], stdout=subprocess.PIPE)
    assert parent.stdout is not None
    pid = int(parent.stdout.readline())
    assert psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    parent.send_signal(signal.SIGKILL)
    parent.wait()
    parent.stdout.close()
    _wait_gone(pid)


@pytest.mark.slow
def test_a_child_is_not_hurt_by_other_threads_that_end() -> None:
    """PR_SET_PDEATHSIG goes by the thread that forked: the wrong one would take children with it."""
    with ThreadPoolExecutor(3) as pool:
        slow = pool.submit(run, shell("sleep 0.7; echo whole"), timeout_s=10)
        for _ in range(5):
            thread = threading.Thread(target=run, args=(["/bin/true"],), kwargs={"timeout_s": 10})
            thread.start()
            thread.join()
        assert slow.result().stdout == b"whole\n"


def _wait_gone(pid: int) -> None:
    try:
        process = psutil.Process(pid)
        if process.status() != psutil.STATUS_ZOMBIE:
            process.wait(timeout=5)
    except psutil.NoSuchProcess:
        return
