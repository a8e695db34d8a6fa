"""The first program of every child: takes away what it does not need, ties it to its parent, becomes it.

Run as a script (`python -I -S guard.py LIMITS -- PROGRAM ARGUMENT...`); only other children import it. It
does what `preexec_fn` would do, but in a process of its own with one thread: code run between fork and exec
in a process with many threads can deadlock. It ends in exec, so no process is left between the parent and
ffmpeg.

What the platform forbids is left out in silence: these are second locks. The first ones are that ffmpeg is
told the demuxer, and to open files only.

LIMITS: `parent_pid,nice,address_space_bytes,file_size_bytes,open_files,cpu_s,may_write,network`.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import resource
import signal
import sys

PR_SET_PDEATHSIG, PR_CAPBSET_DROP, PR_SET_NO_NEW_PRIVS = 1, 24, 38  # linux/prctl.h
CLONE_NEWUSER, CLONE_NEWNET = 0x10000000, 0x40000000  # linux/sched.h
KEPT_CAPABILITIES = {1, 2}
"""Reading others' files (CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH; linux/capability.h), for root only."""

LAST_CAPABILITY = 63

# linux/landlock.h; the numbers of the calls are the same on all platforms since Linux 5.13.
LANDLOCK_CREATE_RULESET, LANDLOCK_ADD_RULE, LANDLOCK_RESTRICT_SELF = 444, 445, 446
LANDLOCK_VERSION, RULE_PATH_BENEATH = 1, 1
WRITE_FILE, TRUNCATE, REFER = 1 << 1, 1 << 14, 1 << 13
CHANGES = WRITE_FILE | sum(1 << bit for bit in range(4, 13))
"""Writing to files, removing and making files and folders of every kind."""

TCP_BIND_AND_CONNECT = 0b11
SCOPE_SOCKETS_AND_SIGNALS = 0b11
SINKS = ("/dev/null", "/dev/zero", "/dev/full")

OOM_SCORE = 500
"""When memory runs out the kernel shall end this one, not the server (0 is usual, 1000 the first to go)."""


class _Ruleset(ctypes.Structure):
    _fields_ = (("fs", ctypes.c_uint64), ("net", ctypes.c_uint64), ("scoped", ctypes.c_uint64))


class _PathBeneath(ctypes.Structure):
    _pack_ = 1
    _fields_ = (("allowed", ctypes.c_uint64), ("folder", ctypes.c_int32))


def _limit(kind: int, value: int) -> None:
    hard = resource.getrlimit(kind)[1]
    wanted = value if hard == resource.RLIM_INFINITY else min(value, hard)
    resource.setrlimit(kind, (wanted, wanted))


def _leave_network(libc: ctypes.CDLL) -> None:
    """Move into a network of its own, whose only interface is down. Most containers forbid it."""
    # Without root a user namespace comes with it. Not for root: it would lose its right to others' files.
    if libc.unshare(CLONE_NEWNET) != 0 and os.geteuid() != 0:
        libc.unshare(CLONE_NEWUSER | CLONE_NEWNET)


def _drop_privileges(libc: ctypes.CDLL) -> None:
    """Gain none, and as root keep none but that to files."""
    for capability in set(range(LAST_CAPABILITY + 1)) - KEPT_CAPABILITIES:
        libc.prctl(PR_CAPBSET_DROP, capability, 0, 0, 0)
    libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)


def _fence(libc: ctypes.CDLL, may_write: bool, network: bool) -> None:
    """Allow writing below the current folder only (or nowhere), no TCP unless `network`, no signals to others
    (Landlock)."""
    version = libc.syscall(LANDLOCK_CREATE_RULESET, None, ctypes.c_size_t(0), LANDLOCK_VERSION)
    if version < 1:
        return
    changes = CHANGES | (REFER if version >= 2 else 0) | (TRUNCATE if version >= 3 else 0)
    rules = _Ruleset(
        changes,
        TCP_BIND_AND_CONNECT if version >= 4 and not network else 0,
        SCOPE_SOCKETS_AND_SIGNALS if version >= 6 else 0,
    )
    size = ctypes.c_size_t(24 if version >= 6 else 16 if version >= 4 else 8)
    fence = libc.syscall(LANDLOCK_CREATE_RULESET, ctypes.byref(rules), size, 0)
    if fence < 0:
        return
    for path in (*SINKS, *(["."] if may_write else [])):
        allowed = changes if path == "." else changes & (WRITE_FILE | TRUNCATE)
        with contextlib.suppress(OSError):
            place = os.open(path, os.O_PATH | os.O_CLOEXEC)
            rule = _PathBeneath(allowed, place)
            libc.syscall(LANDLOCK_ADD_RULE, fence, RULE_PATH_BENEATH, ctypes.byref(rule), 0)
            os.close(place)
    libc.syscall(LANDLOCK_RESTRICT_SELF, fence, 0)
    os.close(fence)


def die_with_parent(libc: ctypes.CDLL, parent_pid: int) -> None:
    """Let the kernel kill this process when its parent dies; ends it when that has died already."""
    libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent_pid:  # the parent died before prctl was in force
        raise SystemExit(1)


def _give_up_rights(parent_pid: int, may_write: bool, network: bool) -> None:
    """What only Linux has."""
    libc = ctypes.CDLL(None)
    if not network:
        _leave_network(libc)  # needs the rights that go next
    _drop_privileges(libc)
    _fence(libc, may_write, network)
    die_with_parent(libc, parent_pid)  # last: a change of rights may take the tie to the parent off again


def _say(name: str, value: int) -> None:
    with contextlib.suppress(OSError), open(f"/proc/self/{name}", "w") as file:  # noqa: PTH123
        file.write(str(value))


def main(argv: list[str]) -> None:
    """Apply the limits in argv[1] and become the program in argv[3:]. Does not return."""
    limits = [int(part) for part in argv[1].split(",")]
    parent_pid, nice, address_space, file_size, open_files, cpu_s, may_write, network = limits
    program = argv[3:]
    os.nice(nice)
    _limit(resource.RLIMIT_CORE, 0)
    _limit(resource.RLIMIT_CPU, cpu_s)
    if sys.platform == "linux":
        _say("oom_score_adj", OOM_SCORE)
        # A session of its own is a group of its own to the scheduler (sched(7), autogroup), and beside it
        # being nice counts for nothing: it competes with the pages as their equal, unless the group is nice.
        _say("autogroup", os.nice(0))
        _give_up_rights(parent_pid, bool(may_write), bool(network))
    _limit(resource.RLIMIT_AS, address_space)
    _limit(resource.RLIMIT_FSIZE, file_size)
    _limit(resource.RLIMIT_NOFILE, open_files)
    # A program keeps what it inherits: Python ignores SIGPIPE, and whatever a shell starts with "&" Ctrl-C.
    # SIGXFSZ stays ignored on purpose: a write beyond the limit then fails with EFBIG, which ffmpeg reports,
    # instead of a death without words.
    for number in (signal.SIGPIPE, signal.SIGINT, signal.SIGQUIT, signal.SIGTERM):
        signal.signal(number, signal.SIG_DFL)
    os.execv(program[0], program)  # noqa: S606 - no shell on purpose; the arguments were decided by transcode/run.py


if __name__ == "__main__":
    main(sys.argv)
