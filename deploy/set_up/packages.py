"""Python packages: by pip, and the many that tests need by uv, which their lock names.

Measured on two processors with the 2 GB of the dev lock: pip 93 s of processor time, all on one of them; uv
52 s on both, with what it compiles.
"""

from __future__ import annotations

import ast
import os
import re
import subprocess
from collections.abc import Mapping
from pathlib import Path

from deploy.set_up.steps import STATE, Case, Cases, SetupError, run_step, shown

NETWORK = (
    r"NewConnectionError|NameResolutionError|name resolution|ProxyError|Timeout|timed out|"
    r"ENOTFOUND|ETIMEDOUT|EAI_AGAIN|ECONNREFUSED"
)
_PIP_MIRROR = (
    "check the network; behind a proxy set HTTPS_PROXY, and where the package index cannot be reached "
    "set PIP_INDEX_URL to your mirror."
)
_PIP_CASES: Cases = (
    Case(r"DO NOT MATCH THE HASHES", "the index sent another file than the lock names; use another mirror."),
    Case(r"CERTIFICATE_VERIFY_FAILED", "point PIP_CERT to the certificate file of your network."),
    Case(NETWORK, _PIP_MIRROR, said="the package index cannot be reached from here."),
    Case(r"No matching distribution|Could not find a version", _PIP_MIRROR),
)

_AGAIN = "start again; if it stays, delete the folder .venv and start once more."


def install_lock(venv: Path, title: str, lock: Path, *more: str) -> None:
    """Install what a lock names, wheels only, each compared with its hash. Raises SetupError."""
    if not more and _by_uv(venv, title, lock):
        return
    install(venv, title, *more, *_locked(lock))


def install(venv: Path, title: str, *arguments: str) -> None:
    """``pip install`` with these arguments. Raises SetupError."""
    _pip(venv, title, "install", *arguments)


def download_lock(venv: Path, lock: Path, folder: Path) -> None:
    """Put the wheels of a lock, for this Python and platform, into a folder. Raises SetupError."""
    _pip(venv, "Wheels", "download", "--no-deps", *_locked(lock), "--dest", str(folder))


def _locked(lock: Path) -> tuple[str, ...]:
    # Wheels only: building from source would run unpinned build tools.
    return ("--require-hashes", "--only-binary", ":all:", "--requirement", str(lock))


def _pip(venv: Path, title: str, command: str, *arguments: str) -> None:
    pip = [str(venv / "bin" / "python"), "-m", "pip", command, "--no-input", "--progress-bar", "off"]
    run_step(title, [*pip, *arguments], _PIP_CASES, otherwise=_AGAIN, env=_pip_environment())


def _pip_environment() -> dict[str, str]:
    """The user's own index, proxy and certificates, but no option that installs elsewhere."""
    elsewhere = ("PYTHONPATH", "PYTHONHOME", "PIP_TARGET", "PIP_PREFIX", "PIP_ROOT")
    env = {name: value for name, value in os.environ.items() if name not in elsewhere}
    return env | {"PIP_USER": "0", "PIP_DISABLE_PIP_VERSION_CHECK": "1"}


def _by_uv(venv: Path, title: str, lock: Path) -> bool:
    """Install a lock by the uv that it names; False where it names none or uv cannot, and pip has to."""
    pinned = re.search(r"^uv==(?:.*\\\n)*.*$", lock.read_text(encoding="utf-8"), re.MULTILINE)
    if pinned is None:
        return False
    alone = STATE / "uv.txt"
    alone.write_text(pinned.group() + "\n", encoding="utf-8")
    install(venv, "uv, which installs the rest", "--no-deps", *_locked(alone))
    options, env = as_uv_has_it(_pip_settings(venv))
    command = [str(venv / "bin" / "uv"), "pip", "install", "--python", str(venv / "bin" / "python")]
    try:
        run_step(
            title,
            [*command, "--compile-bytecode", "--no-progress", *options, *_locked(lock)],
            (),
            otherwise="nothing, for now.",
            env={**_pip_environment(), **env},
        )
    except SetupError:
        print(f"  uv could not (its words: {shown(STATE)}/uv-*.log); pip tries it, which takes longer")
        return False
    return True


def _pip_settings(venv: Path) -> dict[str, str]:
    """What pip was told on this machine, by files or the environment, by pip's own names of the options."""
    asked = [str(venv / "bin" / "python"), "-m", "pip", "config", "list"]
    said = subprocess.run(asked, env=_pip_environment(), capture_output=True, text=True, check=False).stdout
    found: dict[str, dict[str, str]] = {"global": {}, "install": {}, ":env:": {}}
    lines = r"^(global|install|:env:)\.([\w-]+)=('.*'|\".*\")$"
    for section, name, value in re.findall(lines, said, re.MULTILINE):
        found[section][name] = str(ast.literal_eval(value))
    return {**found["global"], **found["install"], **found[":env:"]}


_VARIABLES = {
    "index-url": "UV_DEFAULT_INDEX",
    "extra-index-url": "UV_INDEX",
    "find-links": "UV_FIND_LINKS",
    "trusted-host": "UV_INSECURE_HOST",
    "cert": "SSL_CERT_FILE",
    "proxy": "ALL_PROXY",
    "timeout": "UV_HTTP_TIMEOUT",
    "default-timeout": "UV_HTTP_TIMEOUT",
}
_PARTED_BY = {"find-links": ","}
"""What uv wants between several values, where it is no space."""


def as_uv_has_it(settings: Mapping[str, str]) -> tuple[list[str], dict[str, str]]:
    """Pip's settings in uv's words: options and environment. Addresses go into the environment: they may hold
    a password, and everybody on the machine reads the words of a command.

    As pip does, the best version of all indexes is taken, not that of the first: the hashes say which file.
    Constraints are left out: a lock leaves nothing open, and uv wants hashes of what they name.
    """
    options = ["--no-config", "--index-strategy", "unsafe-best-match"]
    if settings.get("no-index", "").lower() in ("1", "true", "yes", "on"):
        options.append("--no-index")
    return options, {
        _VARIABLES[name]: _PARTED_BY.get(name, " ").join(value.split())
        for name, value in settings.items()
        if name in _VARIABLES
    }
