"""A project of the same shape as ours, so small that run.py sets it up in seconds and without a network.

run.py and deploy/set_up are the real ones; the packages, the command and the front end are tiny. npm and node
are scripts that write down what they were asked for: the set-up is tested here, not npm.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

PYPROJECT = """
[build-system]
requires = []
build-backend = "backend"
backend-path = ["."]
[project]
name = "weike"
version = "0"
"""

# The smallest build backend (PEP 517 and 660): an editable wheel with a .pth file and one command.
BACKEND = """
import pathlib, zipfile
def build_editable(folder, config_settings=None, metadata_directory=None):
    files = {
        "weike.pth": str(pathlib.Path.cwd()),
        "weike-0.dist-info/METADATA": "Metadata-Version: 2.1\\nName: weike\\nVersion: 0\\n",
        "weike-0.dist-info/WHEEL": "Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n",
        "weike-0.dist-info/entry_points.txt": "[console_scripts]\\nweike = cli:main\\n"
        "lint-imports = cli:lint\\n",
    }
    files["weike-0.dist-info/RECORD"] = "".join(f"{name},,\\n" for name in files)
    with zipfile.ZipFile(pathlib.Path(folder, "weike-0-py3-none-any.whl"), "w") as wheel:
        for name, text in files.items():
            wheel.writestr(name, text)
    return "weike-0-py3-none-any.whl"
"""

CLI = """import sys
def main():
    print('weike was asked to', *sys.argv[1:])
def lint():
    print('lint-imports was asked to', *sys.argv[1:])
"""

# Stands where pytest, ruff and mypy are: says what it was asked for, ends as PYTEST_EXIT and the like say.
TOOL = """import os, pathlib, sys
name = pathlib.Path(sys.argv[0]).stem
print(name, 'was asked to', *sys.argv[1:])
sys.exit(int(os.environ.get(name.upper() + '_EXIT', 0)))
"""

NPM = """#!/bin/sh
echo "$* cache=$npm_config_cache" >> "$NPM_LOG"
if [ -n "$NPM_SAYS" ]; then echo "$NPM_SAYS"; exit 1; fi
if [ -n "$NPM_SLEEPS" ]; then sleep "$NPM_SLEEPS"; fi
mkdir -p node_modules ../server/static
if [ "$1" = run ]; then echo '{}' > ../server/static/manifest.json; fi
"""


class SmallProject:
    """The project in ``folder``, and ways to run its run.py."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.programs = folder / "programs"
        self.npm_log = folder / "npm.log"
        self._write()

    def _write(self) -> None:
        shutil.copytree(ROOT / "deploy" / "set_up", self.folder / "deploy" / "set_up")
        (self.folder / "deploy" / "__init__.py").touch()
        shutil.copy(ROOT / "run.py", self.folder)
        for name, text in {
            "pyproject.toml": PYPROJECT,
            "backend.py": BACKEND,
            "cli.py": CLI,
            **{f"{name}.py": TOOL for name in ("pytest", "ruff", "mypy")},
            "requirements/demo.txt": "",
            "requirements/dev.txt": "# more\n",
            "requirements/node.txt": "",
            "frontend/package.json": "{}",
            "frontend/package-lock.json": "{}",
            "frontend/.npmrc": "",
            "frontend/src/app.js": "1",
        }.items():
            (self.folder / name).parent.mkdir(parents=True, exist_ok=True)
            (self.folder / name).write_text(text)
        self.npm_log.touch()
        self.program("npm", NPM)
        self.program("node", "#!/bin/sh\necho v24.1.0\n")

    def program(self, name: str, text: str) -> None:
        """Put a program on the only PATH that run.py sees."""
        self.programs.mkdir(exist_ok=True)
        path = self.programs / name
        path.write_text(text)
        path.chmod(0o755)

    def environment(self, **changes: str) -> dict[str, str]:
        """A small environment: nothing of this machine's but the shell's own tools."""
        for tool in ("sh", "sleep", "mkdir", "cat"):
            link = self.programs / tool
            if not link.exists():
                link.symlink_to(str(shutil.which(tool)))
        environment = {"PATH": str(self.programs), "HOME": str(self.folder), "NPM_LOG": str(self.npm_log)}
        return environment | {"PYTHONDONTWRITEBYTECODE": "1"} | changes

    def start(self, *arguments: str, **changes: str) -> subprocess.Popen[str]:
        """Start run.py in a process group of its own."""
        return subprocess.Popen(
            [sys.executable, self.folder / "run.py", *arguments],
            env=self.environment(**changes),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )

    def run(self, *arguments: str, **changes: str) -> tuple[int, str]:
        """Run run.py to its end: the exit code and all that it said."""
        child = self.start(*arguments, **changes)
        output, _ = child.communicate(timeout=120)
        return child.returncode, output

    def npm_calls(self) -> list[str]:
        """What npm was asked for so far, without the cache."""
        return [line.split(" cache=")[0] for line in self.npm_log.read_text().splitlines()]

    def kill_during_npm(self, *arguments: str, with_signal: signal.Signals) -> tuple[int, str]:
        """Start run.py, wait until npm runs, and send ``with_signal`` to run.py and all its children."""
        before = len(self.npm_calls())
        child = self.start(*arguments, NPM_SLEEPS="30")
        deadline = time.monotonic() + 60
        while len(self.npm_calls()) == before:
            assert time.monotonic() < deadline, "npm was never started"
            time.sleep(0.02)
        os.killpg(child.pid, with_signal)
        output, _ = child.communicate(timeout=60)
        return child.returncode, output
