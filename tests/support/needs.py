"""The one rule for things a test needs and this machine may lack.

On a developer's machine a missing thing skips the test and says what would run it. With ``CI=true`` the same
lack is a failure: a machine that is trusted to judge must not turn green by leaving things out.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import NoReturn

import pytest

CHROMIUM_NAMES = (
    "chromium-headless-shell",
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
)
"""The shell is Chromium without its windows and buttons, which nobody sees here: it takes three fifths of the
processor's time (the axe walk: 34 instead of 59 s)."""


def on_ci() -> bool:
    """True when ``CI`` is set to anything but an empty or a false word."""
    return os.environ.get("CI", "").strip().lower() not in ("", "0", "false", "no")


def missing(reason: str) -> NoReturn:
    """Leave the test out, with the reason; fail it instead where ``CI=true``."""
    if on_ci():
        pytest.fail(f"CI=true, so this may not be skipped: {reason}", pytrace=False)
    pytest.skip(reason)


def program(*names: str, package: str) -> Path:
    """The first of ``names`` on PATH or in the folders that only root has there; else ``missing``.

    ``package`` is the Debian package that brings it, for the reason shown.
    """
    search = os.pathsep.join([os.environ.get("PATH", os.defpath), "/usr/local/sbin", "/usr/sbin", "/sbin"])
    for name in names:
        found = shutil.which(name, path=search)
        if found:
            return Path(found)
    missing(f"{names[0]} is not installed (Debian: sudo apt install {package})")
