"""The first program of every child: takes the network away, ties it to its parent, limits it, becomes it.

Run as a script (`python -I -S guard.py LIMITS -- PROGRAM ARGUMENT...`), never imported by the server. It does
what `preexec_fn` would do, but in a process of its own with one thread: code run between fork and exec in a
process with many threads can deadlock. It ends in exec, so no process is left between the parent and ffmpeg.

LIMITS: `parent_pid,nice,address_space_bytes,file_size_bytes,open_files`.
"""

import ctypes
import os
import resource
import signal
import sys

PR_SET_PDEATHSIG = 1  # linux/prctl.h
CLONE_NEWUSER, CLONE_NEWNET = 0x10000000, 0x40000000  # linux/sched.h


def _limit(kind: int, value: int) -> None:
    hard = resource.getrlimit(kind)[1]
    wanted = value if hard == resource.RLIM_INFINITY else min(value, hard)
    resource.setrlimit(kind, (wanted, wanted))


def _leave_network() -> None:
    """Move into a network of its own, whose only interface is down, where the platform allows it.

    A second lock: the first is that ffmpeg is told to open files only. Most containers forbid it; then
    nothing happens.
    """
    if sys.platform != "linux":
        return
    unshare = ctypes.CDLL(None).unshare
    # Without root a user namespace comes with it. Not for root: it would lose its right to others' files.
    if unshare(CLONE_NEWNET) != 0 and os.geteuid() != 0:
        unshare(CLONE_NEWUSER | CLONE_NEWNET)


def _die_with_parent(parent_pid: int) -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent_pid:  # the parent died before prctl was in force
        raise SystemExit(1)


def main(argv: list[str]) -> None:
    """Apply the limits in argv[1] and become the program in argv[3:]. Does not return."""
    parent_pid, nice, address_space, file_size, open_files = (int(part) for part in argv[1].split(","))
    program = argv[3:]
    _leave_network()  # before the next line: a change of rights may take the tie to the parent off again
    _die_with_parent(parent_pid)
    os.nice(nice)
    _limit(resource.RLIMIT_CORE, 0)
    _limit(resource.RLIMIT_AS, address_space)
    _limit(resource.RLIMIT_FSIZE, file_size)
    _limit(resource.RLIMIT_NOFILE, open_files)
    # Python ignores SIGPIPE and a program keeps what it inherits. SIGXFSZ stays ignored on purpose: a write
    # beyond the limit then fails with EFBIG, which ffmpeg reports, instead of a death without words.
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    os.execv(program[0], program)  # noqa: S606 - no shell on purpose; the arguments were decided by transcode/run.py


if __name__ == "__main__":
    main(sys.argv)
