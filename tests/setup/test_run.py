"""run.py: what it says where it cannot work, and that it does each step once, again when it must."""

from __future__ import annotations

import ast
import os
import runpy
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.setup.small_project import ROOT, SmallProject

pytestmark = pytest.mark.dear(25)

OLD = "import sys, runpy; sys.version_info = (3, 8, 1, 'final', 0)"
ARGUMENTS = "sys.argv = ['run.py', 'demo', '--port', '1']"
AS_OLD_PYTHON = f"{OLD}; {ARGUMENTS}; runpy.run_path({str(ROOT / 'run.py')!r}, run_name='__main__')"


def as_old_python(path: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", AS_OLD_PYTHON],
        env={"PATH": str(path)},
        capture_output=True,
        text=True,
        check=False,
    )


def put(path: Path, text: str) -> None:
    path.write_text(text)
    path.chmod(0o755)


class TestOldPython:
    def test_one_sentence_says_what_to_install(self, tmp_path: Path) -> None:
        answer = as_old_python(tmp_path)
        assert answer.returncode == 1
        assert answer.stdout == ""
        assert len(answer.stderr.splitlines()) == 1
        assert "needs Python 3.11 or newer and this is Python 3.8" in answer.stderr
        assert "sudo apt install python3" in answer.stderr

    def test_a_newer_one_that_works_takes_over(self, tmp_path: Path) -> None:
        put(
            tmp_path / "python3.13", "#!/bin/sh\nexit 127\n"
        )  # a version manager's stand-in for what it has not
        put(tmp_path / "python3.12", '#!/bin/sh\n[ "$1" = -c ] || echo took over: "$@"\n')
        answer = as_old_python(tmp_path)
        assert answer.returncode == 0
        assert f"took over: {ROOT / 'run.py'} demo --port 1" in answer.stdout

    def test_the_file_parses_there(self) -> None:
        tree = ast.parse((ROOT / "run.py").read_text(encoding="utf-8"), feature_version=(3, 4))
        newer = (ast.JoinedStr, ast.NamedExpr, ast.AnnAssign)
        assert not [node for node in ast.walk(tree) if isinstance(node, newer)]

    def test_the_oldest_python_is_the_one_of_pyproject(self) -> None:
        oldest = runpy.run_path(str(ROOT / "run.py"))["OLDEST_PYTHON"]
        assert f'requires-python = ">={oldest[0]}.{oldest[1]}"' in (ROOT / "pyproject.toml").read_text()


def test_a_word_it_does_not_know_shows_the_usage() -> None:
    answer = subprocess.run(
        [sys.executable, ROOT / "run.py", "dmeo"], capture_output=True, text=True, check=False
    )
    assert answer.returncode == 2
    assert "there is no command 'dmeo'; did you mean demo?" in answer.stderr
    assert "usage: python3 run.py" in answer.stderr


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (
            ["setup", "--fulll"],
            "setup takes --speech, --from FOLDER or nothing, and these were given: --fulll",
        ),
        (["test", "tests/nothing/test_it.py::test_one"], "there is no tests/nothing/test_it.py here"),
    ],
)
def test_what_was_mistyped_was_swallowed(words: list[str], said: str) -> None:
    answer = subprocess.run(
        [sys.executable, ROOT / "run.py", *words], capture_output=True, text=True, check=False
    )
    assert answer.returncode == 1
    assert said in answer.stderr


def test_without_ensurepip_one_sentence_says_which_package(tmp_path: Path) -> None:
    project = SmallProject(tmp_path)
    hiding = tmp_path / "hiding"
    hiding.mkdir()
    (hiding / "sitecustomize.py").write_text("import sys; sys.modules['ensurepip'] = None")
    code, output = project.run("setup", PYTHONPATH=str(hiding))
    assert code == 1
    assert "sudo apt install python3-venv" in output
    assert "Traceback" not in output
    assert not (tmp_path / ".venv").exists()


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> SmallProject:
    """A project that is set up; making its venv takes seconds, so the tests below share it."""
    project = SmallProject(tmp_path_factory.mktemp("project"))
    code, output = project.run("setup")
    assert code == 0, output
    return project


@pytest.fixture
def project(made: SmallProject) -> Iterator[SmallProject]:
    """The shared project, brought up to date again after the test."""
    yield made
    code, output = made.run("setup")
    assert code == 0, output


@pytest.mark.slow
class TestSetUp:
    def test_a_second_run_does_nothing_again(self, project: SmallProject) -> None:
        before = project.npm_calls()
        code, output = project.run("setup")
        assert code == 0
        assert "..." not in output
        assert project.npm_calls() == before

    def test_our_code_lies_compiled_beside_itself(self, project: SmallProject) -> None:
        """Whoever starts the command may not write here, or Python was told not to (as it is here)."""
        (project.folder / "server").mkdir(exist_ok=True)
        (project.folder / "server" / "some.py").write_text("x = 1\n")
        _, output = project.run("setup")
        assert "..." not in output
        assert len(list((project.folder / "server" / "__pycache__").glob("some.*.pyc"))) == 1

    def test_demo_becomes_weike_demo(self, project: SmallProject) -> None:
        assert project.run("demo", "--port", "80") == (0, "weike was asked to demo --port 80\n")

    def test_a_changed_source_builds_the_front_end_only(self, project: SmallProject) -> None:
        (project.folder / "frontend" / "src" / "app.js").write_text("2")
        before = len(project.npm_calls())
        _, output = project.run("setup")
        assert project.npm_calls()[before:] == ["run build"]
        assert "Python packages" not in output

    def test_changed_packages_are_installed_before_the_build(self, project: SmallProject) -> None:
        (project.folder / "frontend" / "package-lock.json").write_text('{"a": 1}')
        before = len(project.npm_calls())
        project.run("setup")
        assert project.npm_calls()[before:] == ["ci", "run build"]

    def test_a_changed_lock_installs_python_packages_only(self, project: SmallProject) -> None:
        (project.folder / "requirements" / "demo.txt").write_text("# changed\n")
        before = project.npm_calls()
        _, output = project.run("setup")
        assert "Python packages" in output
        assert "Virtual environment" not in output
        assert project.npm_calls() == before

    def test_demo_is_content_with_what_test_installed(self, project: SmallProject) -> None:
        project.run("test")
        (project.folder / "requirements" / "demo.txt").write_text("# another\n")
        _, output = project.run("demo")
        assert output == "weike was asked to demo\n"

    @pytest.mark.parametrize("with_signal", [signal.SIGINT, signal.SIGKILL])
    def test_an_interrupted_build_is_done_again(
        self, project: SmallProject, with_signal: signal.Signals
    ) -> None:
        (project.folder / "frontend" / "src" / "app.js").write_text(f"cut by {with_signal}")
        code, output = project.kill_during_npm("setup", with_signal=with_signal)
        assert code != 0
        assert "Traceback" not in output
        before = len(project.npm_calls())
        assert project.run("setup")[0] == 0
        assert project.npm_calls()[before:] == ["run build"]

    def test_missing_pieces_are_made_again(self, project: SmallProject) -> None:
        (project.folder / ".venv" / "bin" / "weike").unlink()
        (project.folder / "server" / "static" / "manifest.json").unlink()
        assert project.run("demo")[1].endswith("weike was asked to demo\n")
        shutil.rmtree(project.folder / "frontend" / "node_modules")
        before = len(project.npm_calls())
        assert project.run("setup")[0] == 0
        assert project.npm_calls()[before:] == ["ci", "run build"]

    def test_a_half_made_environment_is_made_anew(self, project: SmallProject) -> None:
        # As a kill during `python -m venv` leaves it: Python is there, pip is not, no stamp.
        (project.folder / ".venv" / "weike-set-up.json").unlink()
        for pip in (project.folder / ".venv" / "lib").glob("python*/site-packages/pip"):
            shutil.rmtree(pip)
        code, output = project.run("demo")
        assert "Virtual environment ..." in output
        assert output.endswith("weike was asked to demo\n")
        assert code == 0

    def test_two_at_once_do_the_work_once(self, project: SmallProject) -> None:
        (project.folder / "frontend" / "src" / "app.js").write_text("both")
        before = len(project.npm_calls())
        pair = [project.start("setup", NPM_SLEEPS="1") for _ in range(2)]
        outputs = [child.communicate(timeout=60)[0] for child in pair]
        assert [child.returncode for child in pair] == [0, 0]
        assert project.npm_calls()[before:] == ["run build"]
        assert sum("Another set-up is running" in output for output in outputs) == 1

    def test_a_failed_npm_shows_its_last_words_and_the_way_out(self, project: SmallProject) -> None:
        (project.folder / "frontend" / "src" / "app.js").write_text("3")
        code, output = project.run("setup", NPM_SAYS="npm error code E404")
        assert code == 1
        assert "  | npm error code E404" in output
        assert "npm_config_registry" in output
        assert "Traceback" not in output

    def test_without_a_network_npms_noise_was_shown(self, project: SmallProject) -> None:
        (project.folder / "frontend" / "src" / "app.js").write_text("6")
        code, output = project.run("setup", NPM_SAYS="npm error code ENOTFOUND")
        assert code == 1
        assert "Front end build failed: the npm registry cannot be reached from here.\n" in output
        assert "npm_config_registry" in output
        assert "npm error" not in output

    def test_a_failed_pip_shows_its_last_words_and_the_way_out(self, project: SmallProject) -> None:
        lock = project.folder / "requirements" / "demo.txt"
        lock.write_text(f"no-such-package==1 --hash=sha256:{'0' * 64}\n")
        nowhere = {"PIP_INDEX_URL": "http://127.0.0.1:9/", "PIP_RETRIES": "0", "PIP_CONFIG_FILE": os.devnull}
        code, output = project.run("setup", **nowhere)
        assert code == 1
        assert "No matching distribution" in output
        assert "set PIP_INDEX_URL to your mirror" in " ".join(output.split())
        lock.write_text("")

    def test_without_a_network_the_retries_of_pip_were_shown(self, project: SmallProject) -> None:
        lock = project.folder / "requirements" / "demo.txt"
        lock.write_text(f"no-such-package==1 --hash=sha256:{'0' * 64}\n")
        nowhere = {"PIP_INDEX_URL": "http://127.0.0.1:9/", "PIP_RETRIES": "1", "PIP_CONFIG_FILE": os.devnull}
        code, output = project.run("setup", **nowhere)
        lock.write_text("")
        assert code == 1
        assert "Python packages failed: the package index cannot be reached from here.\n" in output
        assert "set PIP_INDEX_URL to your mirror" in output
        assert "Retrying" not in output
        [log] = (project.folder / ".setup").glob("*python-packages.log")
        assert "Retrying" in log.read_text(), "the whole output stays"

    def test_npm_gets_a_cache_where_the_home_cannot_be_written(self, project: SmallProject) -> None:
        (project.folder / "frontend" / "src" / "app.js").write_text("4")
        project.run("setup", HOME="/nonexistent/home")
        assert project.npm_log.read_text().splitlines()[-1] == (
            f"run build cache={project.folder / '.setup' / 'npm-cache'}"
        )

    def test_an_old_node_is_replaced_by_the_wheel(self, project: SmallProject) -> None:
        (project.folder / "frontend" / "src" / "app.js").write_text("5")
        project.program("node", "#!/bin/sh\necho v18.20.4\n")
        _, output = project.run("setup")
        project.program("node", "#!/bin/sh\necho v24.1.0\n")
        assert "Node.js (PATH has no npm with node 20 or newer) ..." in output


JUDGES = ["lint", "format", "layers", "types"]


@pytest.mark.slow
class TestTheJudges:
    def test_they_speak_before_all_tests_and_the_fast_ones_do_not_run_twice(
        self, project: SmallProject
    ) -> None:
        code, output = project.run("test", "--full", "--seed", "7")
        assert code == 0, output
        lines = output.splitlines()
        assert [line.split()[0] for line in lines[-6:-2]] == JUDGES
        assert lines[-1].startswith("pytest was asked to -n")
        assert lines[-1].endswith("--full --seed 7")
        assert output.count("pytest was asked") == 1

    def test_before_a_choice_of_tests_they_are_silent(self, project: SmallProject) -> None:
        (project.folder / "tests" / "media").mkdir(parents=True, exist_ok=True)
        code, output = project.run("test", "--full", "tests/media", RUFF_EXIT="1")
        assert code == 0, output
        assert "ruff" not in output
        assert output.endswith("--full tests/media\n")

    @pytest.mark.parametrize("command", ["test", "check"])
    def test_one_that_complains_fails_the_run_and_the_tests_run_all_the_same(
        self, project: SmallProject, command: str
    ) -> None:
        code, output = project.run(command, MYPY_EXIT="1")
        assert code == 1
        assert "types       FAILED\nmypy was asked to" in output
        assert "run.py: not in order: types" in output
        assert output.count("pytest was asked") == 1

    def test_a_check_fails_with_its_fast_tests(self, project: SmallProject) -> None:
        code, output = project.run("check", PYTEST_EXIT="1")
        assert code == 1
        assert "fast tests  FAILED\npytest was asked to -m not slow and not browser" in output
        assert "run.py: not in order: fast tests" in output


@pytest.mark.slow
class TestSystemThings:
    def test_what_is_lacking_is_named_with_what_it_costs(self, project: SmallProject) -> None:
        code, output = project.run("test", "-k", "split", PYTEST_EXIT="5")
        assert "Not installed: chromium-headless-shell; the browser tests are skipped" in output
        assert "pytest was asked to -n" in output
        *_, asked, _empty, told = output.splitlines()
        assert asked.endswith("--dist loadfile --no-loadscope-reorder -k split")
        assert told == "run.py: no test is called like that: -k split"
        assert code == 5  # pytest's own

    def test_on_ci_nothing_may_be_lacking(self, project: SmallProject) -> None:
        code, output = project.run("test", CI="true")
        assert code == 1
        assert "pytest was asked" not in output
        assert "CI=true" in output

    @pytest.mark.parametrize(("ci", "code"), [("", 5), ("true", 1)])
    def test_root_on_debian_installs_it(self, project: SmallProject, ci: str, code: int) -> None:
        log = project.folder / "apt.log"
        log.write_text("")
        project.program("apt-get", f'#!/bin/sh\necho "$@ RUNLEVEL=$RUNLEVEL" >> {log}\n[ "$2" = update ]\n')
        try:
            result, output = project.run("test", CI=ci, PYTEST_EXIT="5")
        finally:
            (project.programs / "apt-get").unlink()
        assert result == code
        if os.geteuid() == 0:
            assert "install -y --no-install-recommends chromium-headless-shell" in log.read_text()
            assert log.read_text().endswith("RUNLEVEL=1\n")
            assert "by hand" in output  # the stand-in fails to install
        else:
            assert log.read_text() == ""
