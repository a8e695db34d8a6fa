"""What the tests use and only the system can bring: installed where we may, else named with what it costs."""

from __future__ import annotations

import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from deploy.set_up.steps import SetupError, only_one_set_up, run_step


@dataclass(frozen=True)
class SystemThing:
    """A Debian package, the names of which one must exist (programs, or a folder), and what it costs."""

    package: str
    names: tuple[str, ...]
    without: str


_NO_WEBKIT = "nothing is tried in WebKit"
_NO_GSTREAMER = "no clip is played in GStreamer"

SYSTEM_THINGS = (
    SystemThing(
        "chromium-headless-shell",
        ("chromium-headless-shell", "google-chrome", "google-chrome-stable"),
        "the browser tests are skipped",
    ),
    SystemThing("firefox-esr", ("firefox-esr", "firefox"), "nothing is tried in Firefox"),
    SystemThing("webkit2gtk-driver", ("WebKitWebDriver",), _NO_WEBKIT),
    SystemThing("xvfb", ("Xvfb",), _NO_WEBKIT),
    SystemThing("nginx-light", ("nginx",), "the nginx tests are skipped"),
    SystemThing("ffmpeg", ("ffmpeg",), "the tests with the system's older ffmpeg are skipped"),
    SystemThing("mpv", ("mpv",), "no clip is played in mpv"),
    SystemThing("gstreamer1.0-tools", ("gst-launch-1.0",), _NO_GSTREAMER),
    *(
        SystemThing(f"gstreamer1.0-{name}", (f"/usr/share/doc/gstreamer1.0-{name}",), _NO_GSTREAMER)
        for name in ("plugins-base", "plugins-good", "plugins-bad", "libav")
    ),
    SystemThing(
        "fonts-noto-cjk",
        ("/usr/share/fonts/opentype/noto",),
        "Chinese shows as boxes in the browser's pictures",
    ),
)


def install_system_things() -> None:
    """Install from Debian what is lacking, where we may; say what stays out.

    Raises SetupError on CI when something stays out, and everywhere when this folder cannot be written to.
    """
    apt = _apt_command() if _lacking() else None
    if apt:
        with only_one_set_up():
            lacking = _lacking()  # again: another run may have installed it while this one waited
            if lacking:
                _install_from_debian(apt, [thing.package for thing in lacking])
    lacking = _lacking()
    for thing in lacking:
        print(
            f"Not installed: {thing.package}; {thing.without} (sudo apt install {thing.package})", flush=True
        )
    if lacking and on_ci():
        raise SetupError("CI=true, and nothing may be left out there: install what is listed above.")


def _install_from_debian(apt: list[str], packages: list[str]) -> None:
    # RUNLEVEL=1: Debian would otherwise start an nginx of its own on port 80.
    env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive", "RUNLEVEL": "1"}
    otherwise = f"run `apt-get install {' '.join(packages)}` by hand and read what it says."
    try:
        run_step("System package lists", [*apt, "update"], (), otherwise=otherwise, env=env)
        install = [*apt, "install", "-y", "--no-install-recommends", *packages]
        run_step(f"System packages {' '.join(packages)}", install, (), otherwise=otherwise, env=env)
    except SetupError as error:
        if on_ci():
            raise
        print(error, flush=True)


def _lacking() -> list[SystemThing]:
    return [thing for thing in SYSTEM_THINGS if not _has(thing)]


def _has(thing: SystemThing) -> bool:
    search = os.pathsep.join([os.environ.get("PATH", os.defpath), "/usr/sbin", "/sbin"])
    return any(
        Path(name).is_dir() if name.startswith("/") else shutil.which(name, path=search)
        for name in thing.names
    )


def _apt_command() -> list[str] | None:
    """How apt-get may be called: as root; on CI also through a sudo that asks nothing; else not at all."""
    if not shutil.which("apt-get"):
        return None
    if os.geteuid() == 0:
        return ["apt-get", "-q"]
    quiet = subprocess.DEVNULL
    if on_ci() and shutil.which("sudo") and subprocess.call(["sudo", "-n", "true"], stderr=quiet) == 0:
        return ["sudo", "-n", "--preserve-env=DEBIAN_FRONTEND,RUNLEVEL", "apt-get", "-q"]
    return None


def on_ci() -> bool:
    """True when ``CI`` is set to anything but an empty or false word (as in tests/support/needs.py)."""
    return os.environ.get("CI", "").strip().lower() not in ("", "0", "false", "no")
