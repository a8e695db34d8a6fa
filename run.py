#!/usr/bin/env python3
"""Set-up and start, from a bare Python: ``python3 run.py setup | demo | test | check``.

Standard library only. The work is done in deploy/set_up/, which may use today's Python. This file has to
*parse* on any Python 3, because an old one must get as far as telling its user what to do.
"""

import os
import shutil
import subprocess
import sys

OLDEST_PYTHON = (3, 11)


def main():
    """Go on with a Python that is new enough, else say in one sentence what to install."""
    if sys.version_info[:2] < OLDEST_PYTHON:
        newer = find_newer_python()
        if newer is None:
            sys.exit(
                "run.py: Weike needs Python {}.{} or newer and this is Python {}.{}: install a newer one "
                "(Debian 12, Ubuntu 24.04: sudo apt install python3 python3-venv; elsewhere: "
                "https://www.python.org) and start run.py with it.".format(
                    *(OLDEST_PYTHON + tuple(sys.version_info[:2]))
                )
            )
        print("Python {}.{} is too old here; going on with {}".format(*(sys.version_info[:2] + (newer,))))
        sys.stdout.flush()
        os.execv(newer, [newer, os.path.abspath(__file__)] + sys.argv[1:])
    from deploy.set_up import commands

    sys.exit(commands.main(sys.argv[1:]))


def find_newer_python():
    """The newest python3.N on PATH that is new enough and starts (a version manager's stand-in may not)."""
    for minor in range(OLDEST_PYTHON[1] + 6, OLDEST_PYTHON[1] - 1, -1):
        found = shutil.which("python3.{}".format(minor))
        if (
            found
            and subprocess.call([found, "-c", ""], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) == 0
        ):
            return found
    return None


if __name__ == "__main__":
    main()
