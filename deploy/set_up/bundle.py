"""One folder from which Weike is set up without any line: ``run.py bundle`` and ``setup --from``.

```
FOLDER/manifest.json     version, commit, Python, platform, and the sha256 of every file beside it
       source.tar.gz     this source (git archive)
       wheels/           the packages of requirements/demo.txt for this Python and platform, ffmpeg among
                         them; with --speech those of requirements/speech.txt too, which carry the model
       static/           the built front end
       fonts/            the Chinese fonts that slides of the demonstration are written with
       models/           empty: a place for a speech model of your own (WEIKE_SPEECH_MODEL)
```
"""

from __future__ import annotations

import hashlib
import json
import os
import platform
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from deploy.set_up.steps import ROOT, SetupError, digest, run_step, shown

FORMAT = 1
MANIFEST = "manifest.json"
STATIC = ROOT / "server" / "static"
FONTS = Path("frontend") / "node_modules" / "@expo-google-fonts" / "noto-sans-sc"
_FONT_FILES = ("700Bold/NotoSansSC_700Bold.ttf", "400Regular/NotoSansSC_400Regular.ttf", "LICENSE_FONT")
LOCK = ROOT / "requirements" / "demo.txt"
SPEECH_LOCK = ROOT / "requirements" / "speech.txt"
_BLOCK_BYTES = 1024 * 1024

_READ_ME = """微课 Weike {version}：离线安装包 / a folder to install from without a line

    cd /opt
    tar xzf /media/bundle/source.tar.gz
    cd {name}
    python3 run.py setup{speech} --from /media/bundle
    .venv/bin/weike serve

/media/bundle 换成本文件夹的位置 / stands for this folder.
要求 / needs: {system} {machine}, Python {python}{venv}
models/ 留给自己的语音识别模型 / is kept for a speech model of your own.
"""


@dataclass(frozen=True)
class Target:
    """A machine that wheels are for: "3.11", "Linux", "x86_64", the least glibc ((0, 0): any, or none)."""

    python: str
    system: str
    machine: str
    glibc: tuple[int, int]


@dataclass(frozen=True)
class Bundle:
    """A bundle whose files are as its manifest says."""

    folder: Path
    target: Target
    speech: bool = False
    """Whether it carries what recognises speech."""

    @property
    def wheels(self) -> Path:
        """Where the packages lie."""
        return self.folder / "wheels"


def this_machine() -> Target:
    """Return what runs here."""
    name, release = platform.libc_ver()
    found = re.match(r"(\d+)\.(\d+)", release) if name == "glibc" else None
    glibc = (int(found[1]), int(found[2])) if found else (0, 0)
    python = f"{sys.version_info[0]}.{sys.version_info[1]}"
    return Target(python, platform.system(), platform.machine(), glibc)


def glibc_needed(wheels: Iterable[str]) -> tuple[int, int]:
    """Return the least glibc with which all wheels of these names can be installed (PEP 600)."""
    old = {"manylinux1": (2, 5), "manylinux2010": (2, 12), "manylinux2014": (2, 17)}
    needed = (0, 0)
    for wheel in wheels:
        tags = [
            (int(tag[1]), int(tag[2])) if tag[1] else old[tag[3]]
            for tag in re.finditer(r"manylinux_(\d+)_(\d+)_|(manylinux(?:1|2010|2014))_", wheel)
        ]
        needed = max(needed, min(tags, default=(0, 0)))
    return needed


def why_not(made_for: Target, here: Target) -> str | None:
    """Return the sentence why a bundle cannot be installed on a machine; None when it can."""
    if made_for.python != here.python:
        return (
            f"the bundle is for Python {made_for.python} and this is Python {here.python}: "
            f"start run.py with python{made_for.python}, or make the bundle with Python {here.python}."
        )
    if (made_for.system, made_for.machine) != (here.system, here.machine):
        return (
            f"the bundle is for {made_for.system} on {made_for.machine} and this machine is {here.system} on "
            f"{here.machine}: make the bundle on a machine like this one."
        )
    if made_for.glibc > (0, 0) and here.glibc == (0, 0):
        return (
            "the bundle needs glibc and this system has another C library (Alpine?): use Debian or the like."
        )
    if made_for.glibc > here.glibc:
        least, found = (".".join(map(str, version)) for version in (made_for.glibc, here.glibc))
        return f"the bundle needs glibc {least} or newer and this system has {found}: take a newer system."
    return None


def version() -> str:
    """Return this source's version."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return str(project["version"])


def front_end_sources() -> list[Path]:
    """Return every file that the built front end is made from."""
    folder = ROOT / "frontend"
    found = [path for path in folder.iterdir() if path.is_file()]
    return found + [path for path in (folder / "src").rglob("*") if path.is_file()]


def make(folder: Path, download: Callable[[Path, Path], None], *, speech: bool = False) -> Path:
    """Make the bundle in ``folder`` and return it absolute; Weike is set up here. Raises SetupError.

    ``download`` puts the wheels of a lock into a folder; ``speech``: those that recognise speech too. The
    bundle appears whole: what is being made lies beside it.
    """
    folder = folder.absolute()
    if folder.exists() and not (folder / MANIFEST).exists() and (folder.is_file() or any(folder.iterdir())):
        raise SetupError(f"{shown(folder)} is not empty and no earlier bundle: name another folder.")
    commit = _committed()
    beside = folder.with_name(f"{folder.name}.partial")
    shutil.rmtree(beside, ignore_errors=True)
    try:
        (beside / "models").mkdir(parents=True)
        _fill(beside, download, speech)
        _write_manifest(beside, commit, speech)
    except OSError as error:
        raise SetupError(
            f"{shown(folder)} cannot be written ({error.strerror}): name another folder."
        ) from error
    if folder.exists():
        shutil.rmtree(folder)
    beside.replace(folder)
    return folder


def _committed() -> str:
    """Return the commit of this source; raises SetupError when the source is another than any commit."""
    git = shutil.which("git")
    asked = [git or "git", "-C", str(ROOT), "status", "--porcelain", "--untracked-files=no"]
    changed = subprocess.run(asked, capture_output=True, text=True, check=False) if git else None
    if changed is None or changed.returncode:
        raise SetupError("a bundle carries its source, which git hands out: make it in a clone, with git.")
    if changed.stdout.strip():
        raise SetupError(
            "there are changes here that no commit has, and the bundle carries the last commit: "
            "commit them or put them away (git stash)."
        )
    answer = subprocess.run(
        [asked[0], "-C", str(ROOT), "rev-parse", "HEAD"], capture_output=True, text=True, check=True
    )
    return answer.stdout.strip()


def _fill(beside: Path, download: Callable[[Path, Path], None], speech: bool) -> None:
    name = f"weike-{version()}"
    packed = str(beside / "source.tar.gz")
    archive = ["git", "archive", "--format=tar.gz", f"--prefix={name}/", "-o", packed, "HEAD"]
    run_step("Source", archive, (), otherwise="look at what git says above.")
    (beside / "wheels").mkdir()
    for lock in _locks(speech):
        download(lock, beside / "wheels")
    shutil.copytree(STATIC, beside / "static")
    for file in _FONT_FILES:
        if (ROOT / FONTS / file).is_file():
            (beside / "fonts" / file).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / FONTS / file, beside / "fonts" / file)
    here = this_machine()
    (beside / "README.txt").write_text(
        _READ_ME.format(
            version=version(),
            name=name,
            system=here.system,
            machine=here.machine,
            python=here.python,
            venv=" (Debian: python3-venv)",
            speech=" --speech" if speech else "",
        ),
        encoding="utf-8",
    )


def _locks(speech: bool) -> list[Path]:
    return [LOCK, SPEECH_LOCK] if speech else [LOCK]


def _write_manifest(beside: Path, commit: str, speech: bool) -> None:
    here = this_machine()
    needed = glibc_needed(path.name for path in (beside / "wheels").iterdir())
    target = Target(here.python, here.system, here.machine, needed)
    manifest = {
        "format": FORMAT,
        "version": version(),
        "commit": commit,
        "target": asdict(target),
        "lock": digest(_locks(speech)),
        "speech": speech,
        "front_end": digest(front_end_sources()),
        "files": {name: _sha256(beside / name) for name in _files(beside)},
    }
    (beside / MANIFEST).write_text(json.dumps(manifest, indent=1), encoding="utf-8")


def opened(folder: Path, *, speech: bool = False) -> Bundle:
    """Return the bundle in ``folder`` once it is certain that it is whole and fits; ``speech``: that it can
    bring what recognises speech. Raises SetupError."""
    folder = folder.absolute()
    manifest = _manifest(folder)
    target = manifest["target"]
    made_for = Target(**{**target, "glibc": tuple(target["glibc"])})
    why = why_not(made_for, this_machine())
    if why is not None:
        raise SetupError(why)
    carries = bool(manifest.get("speech"))
    if speech and not carries:
        raise SetupError(
            "the bundle carries no speech recognition: make it with `run.py bundle --speech`, or leave "
            "--speech out."
        )
    if (manifest["lock"], manifest["front_end"]) != (digest(_locks(carries)), digest(front_end_sources())):
        raise SetupError(
            f"the bundle is of Weike {manifest['version']} ({manifest['commit'][:12]}) and this source is "
            f"another: unpack {shown(folder / 'source.tar.gz')} and start its run.py."
        )
    _check(folder, manifest["files"])
    return Bundle(folder, made_for, carries)


def _manifest(folder: Path) -> dict[str, Any]:
    try:
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise SetupError(
            f"{shown(folder)} is no bundle (no {MANIFEST} in it): name what `run.py bundle` made."
        ) from error
    except (OSError, ValueError) as error:
        raise SetupError(f"{shown(folder / MANIFEST)} cannot be read: copy the bundle again.") from error
    if not isinstance(manifest, dict) or manifest.get("format") != FORMAT:
        raise SetupError("the bundle was made by another version of run.py: use the source that it carries.")
    return manifest


def _check(folder: Path, files: Mapping[str, str]) -> None:
    """Raise SetupError for a file that is missing, changed, or that the manifest does not name."""
    there = set(_files(folder))
    wrong = sorted(set(files) - there)
    if wrong:
        raise SetupError(f"the bundle lacks {wrong[0]} ({len(wrong)} in all): copy the whole folder again.")
    # Only where something is taken from: what was unpacked beside it, or a model, does no harm.
    strange = sorted(name for name in there - set(files) if name.startswith(("wheels/", "static/", "fonts/")))
    if strange:
        raise SetupError(f"{strange[0]} in the bundle is not of it: take it out, or copy the folder again.")
    changed = [name for name, sha256 in files.items() if _sha256(folder / name) != sha256]
    if changed:
        raise SetupError(
            f"{changed[0]} in the bundle is not as it was made ({len(changed)} in all): copy it again."
        )


def _files(folder: Path) -> Iterator[str]:
    """Every file of a bundle but its manifest, as paths with slashes. A link is none: it leads elsewhere."""
    for place, _folders, names in os.walk(folder):
        for name in names:
            path = Path(place, name)
            written = path.relative_to(folder).as_posix()
            if written != MANIFEST and not path.is_symlink():
                yield written


def _sha256(path: Path) -> str:
    total = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(_BLOCK_BYTES):
            total.update(block)
    return total.hexdigest()


def copy_front_end(bundle: Bundle) -> None:
    """Put the built front end and the fonts of a bundle where a build would have put them."""
    fresh = STATIC.with_name("static.new")
    shutil.rmtree(fresh, ignore_errors=True)
    shutil.copytree(bundle.folder / "static", fresh)
    shutil.rmtree(STATIC, ignore_errors=True)
    fresh.replace(STATIC)
    fonts = bundle.folder / "fonts"
    if fonts.is_dir():
        shutil.copytree(fonts, ROOT / FONTS, dirs_exist_ok=True)
