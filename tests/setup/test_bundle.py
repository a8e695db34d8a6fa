"""One folder is enough to set up a machine that has no line; a wrong one is told so in a sentence."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
import tarfile
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from deploy.set_up.bundle import Target, glibc_needed, why_not
from tests.setup.small_project import SmallProject
from tests.support.needs import missing, program

pytestmark = pytest.mark.dear(10)

HERE = Target("3.11", "Linux", "x86_64", (2, 36))


@pytest.mark.parametrize(
    ("other", "said"),
    [
        (
            replace(HERE, python="3.12"),
            "for Python 3.12 and this is Python 3.11: start run.py with python3.12",
        ),
        (replace(HERE, machine="aarch64"), "for Linux on aarch64 and this machine is Linux on x86_64"),
        (replace(HERE, system="Darwin"), "for Darwin on x86_64"),
        (replace(HERE, glibc=(2, 39)), "needs glibc 2.39 or newer and this system has 2.36"),
    ],
)
def test_another_machine_is_told_so_in_a_sentence(other: Target, said: str) -> None:
    assert said in str(why_not(other, HERE))
    assert why_not(replace(HERE, glibc=(2, 28)), HERE) is None
    assert "another C library" in str(why_not(replace(HERE, glibc=(2, 17)), replace(HERE, glibc=(0, 0))))


def test_the_system_library_that_wheels_need_is_read_from_their_names() -> None:
    wheels = [
        "a-1-py3-none-any.whl",
        "b-1-cp311-cp311-manylinux_2_17_x86_64.manylinux2014_x86_64.whl",
        "c-1-cp311-cp311-manylinux_2_27_x86_64.manylinux_2_28_x86_64.whl",
        "d-1-cp311-cp311-musllinux_1_2_x86_64.whl",
        "e-1-cp311-cp311-manylinux2010_x86_64.whl",
    ]
    assert glibc_needed(wheels) == (2, 27)
    assert glibc_needed(wheels[:1]) == (0, 0)


def tiny_wheel(folder: Path) -> tuple[Path, str]:
    """A package of our own for the lock: its wheel and the wheel's sha256."""
    folder.mkdir()
    wheel = folder / "tiny_thing-1-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as file:
        about = "tiny_thing-1.dist-info"
        file.writestr("tiny_thing.py", "said = 'from a wheel'\n")
        file.writestr(f"{about}/METADATA", "Metadata-Version: 2.1\nName: tiny-thing\nVersion: 1\n")
        file.writestr(f"{about}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        file.writestr(f"{about}/RECORD", "tiny_thing.py,,\n")
    return wheel, hashlib.sha256(wheel.read_bytes()).hexdigest()


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A bundle of the small project, made from a clone."""
    folder = tmp_path_factory.mktemp("bundling")
    wheel, sha256 = tiny_wheel(folder / "index")
    (folder / "clone").mkdir()
    project = SmallProject(folder / "clone")
    (project.programs / "git").symlink_to(program("git", package="git"))
    (project.programs / "gzip").symlink_to(str(shutil.which("gzip")))
    (project.folder / "requirements" / "demo.txt").write_text(f"tiny-thing==1 --hash=sha256:{sha256}\n")
    (project.folder / "requirements" / "speech.txt").write_text(f"tiny-thing==1 --hash=sha256:{sha256}\n")
    (project.folder / ".gitignore").write_text(
        ".venv\n.setup\nserver/static\nfrontend/node_modules\nnpm.log\nprograms\n"
    )
    for words in (["init", "-q"], ["add", "."], ["commit", "-q", "-m", "all"]):
        who = ["-c", "user.name=a", "-c", "user.email=a@example.org"]
        subprocess.run(["git", *who, *words], cwd=project.folder, check=True)
    index = {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(wheel.parent)}
    code, output = project.run("bundle", "--speech", str(folder / "bundle"), **index)
    assert code == 0, output
    return folder / "bundle"


def unpacked(bundle: Path, folder: Path) -> Path:
    """The source that the bundle carries, as somebody unpacks it on the other machine."""
    with tarfile.open(bundle / "source.tar.gz") as source:
        source.extractall(folder, filter="data")
    return folder / "weike-0"


def set_up(source: Path, bundle: Path, *before: str) -> tuple[int, str]:
    """`run.py setup --speech --from` with nothing on the PATH: no node, no npm, no git."""
    answer = subprocess.run(
        [*before, sys.executable, str(source / "run.py"), "setup", "--speech", "--from", str(bundle)],
        env={"PATH": "/nonexistent", "HOME": str(source), "PIP_CONFIG_FILE": os.devnull},
        cwd=source,
        capture_output=True,
        text=True,
        check=False,
    )
    return answer.returncode, answer.stdout + answer.stderr


@pytest.mark.slow
def test_a_machine_without_a_line_is_set_up_from_one_folder(bundle: Path, tmp_path: Path) -> None:
    unshare = program("unshare", package="util-linux")
    if subprocess.run([unshare, "-n", "true"], capture_output=True, check=False).returncode:
        missing("the network cannot be taken away here (unshare -n needs root)")
    source = unpacked(bundle, tmp_path)
    code, output = set_up(source, bundle, str(unshare), "-n")
    assert code == 0, output
    python = source / ".venv" / "bin" / "python"
    said = subprocess.run(
        [python, "-c", "import tiny_thing; print(tiny_thing.said)"], capture_output=True, check=True
    )
    assert said.stdout == b"from a wheel\n"
    assert (source / "server" / "static" / "manifest.json").exists()
    # The next start asks for nothing: neither for npm nor for an index.
    weike = subprocess.run(
        [sys.executable, "run.py", "demo"], cwd=source, capture_output=True, text=True, check=False
    )
    assert weike.stdout == "weike was asked to demo\n"
    assert json.loads((source / ".setup" / "sbom.json").read_text())["components"][0]["name"] == "tiny-thing"


@pytest.mark.slow
class TestABundleThatIsNotAsItWasMade:
    @pytest.fixture
    def broken(self, bundle: Path, tmp_path: Path) -> Path:
        return Path(shutil.copytree(bundle, tmp_path / "bundle"))

    @pytest.fixture
    def source(self, bundle: Path, tmp_path: Path) -> Path:
        return unpacked(bundle, tmp_path)

    def refused(self, source: Path, bundle: Path) -> str:
        code, output = set_up(source, bundle)
        assert code == 1
        assert "Traceback" not in output
        assert not (source / ".venv").exists()
        return " ".join(output.split())

    def test_a_changed_file(self, source: Path, broken: Path) -> None:
        (broken / "static" / "manifest.json").write_text("{ }")
        assert "static/manifest.json in the bundle is not as it was made" in self.refused(source, broken)

    def test_a_missing_file(self, source: Path, broken: Path) -> None:
        next((broken / "wheels").iterdir()).unlink()
        assert "the bundle lacks wheels/tiny_thing-1-py3-none-any.whl" in self.refused(source, broken)

    def test_a_file_that_is_not_of_it(self, source: Path, broken: Path) -> None:
        (broken / "wheels" / "evil-1-py3-none-any.whl").write_text("x")
        (broken / "models" / "speech.bin").write_text("of your own")
        assert "wheels/evil-1-py3-none-any.whl in the bundle is not of it" in self.refused(source, broken)

    def test_a_folder_that_is_none(self, source: Path, tmp_path: Path) -> None:
        assert "is no bundle (no manifest.json in it)" in self.refused(source, tmp_path)

    def test_one_for_another_python(self, source: Path, broken: Path) -> None:
        manifest = json.loads((broken / "manifest.json").read_text())
        manifest["target"]["python"] = "3.2"
        (broken / "manifest.json").write_text(json.dumps(manifest))
        assert "the bundle is for Python 3.2" in self.refused(source, broken)

    def test_one_that_carries_no_speech_recognition(self, source: Path, broken: Path) -> None:
        manifest = json.loads((broken / "manifest.json").read_text())
        (broken / "manifest.json").write_text(json.dumps(manifest | {"speech": False}))
        assert "the bundle carries no speech recognition" in self.refused(source, broken)

    def test_one_of_another_version(self, source: Path, bundle: Path) -> None:
        (source / "frontend" / "src" / "app.js").write_text("another")
        said = self.refused(source, bundle)
        assert "this source is another" in said
        assert "source.tar.gz" in said


@pytest.mark.slow
def test_what_no_commit_has_is_in_no_bundle(bundle: Path, tmp_path: Path) -> None:
    clone = SmallProject.__new__(SmallProject)
    clone.folder, clone.programs = bundle.parent / "clone", bundle.parent / "clone" / "programs"
    clone.npm_log = clone.folder / "npm.log"
    (clone.folder / "cli.py").write_text("# changed\n")
    try:
        code, output = clone.run("bundle", str(tmp_path / "next"))
    finally:
        subprocess.run(["git", "checkout", "-q", "cli.py"], cwd=clone.folder, check=True)
    assert code == 1
    assert "there are changes here that no commit has" in output
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "letter.txt").write_text("keep")
    code, output = clone.run("bundle", str(tmp_path / "mine"))
    assert (code, (tmp_path / "mine" / "letter.txt").read_text()) == (1, "keep")
    assert "is not empty and no earlier bundle" in output
