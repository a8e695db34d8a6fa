"""What a command loads: to say one line takes no web framework, no job machinery and no other engine."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from server.cli import COMMANDS, called
from server.migrate import MIGRATIONS, alembic_config, newest
from server.slices import SLICES, phrases
from server.web.registry import gather
from tests.server.commands.conftest import ROOT
from tests.support import factories as make
from tests.support.server import new_data

# By the command, what must not have been loaded when it is over.
NEVER = {
    "fastapi",
    "starlette",
    "dbos",
    "alembic",
    "tantivy",
    "uvicorn",
    "jinja2",
    "pypinyin",
    "babel.messages",
}
NO_SEARCH = {"whoosh", "numpy", "rjieba", "opencc", "library.finding.indexer"}
LOADS_NOT = {
    ("search", "绿水青山"): NEVER,
    ("stats", "overview"): NEVER | NO_SEARCH,
    ("user", "list"): NEVER | NO_SEARCH | {"ffmpeg", "transcode.tools"},
    ("vocabulary", "list"): NEVER | {"whoosh", "numpy"},
    ("doctor",): {"fastapi", "starlette", "dbos", "alembic", "tantivy", "uvicorn", "jinja2"},
}
_RUN = """
import sys
from server.cli import main
code = main(sys.argv[1:])
print(*sorted(sys.modules), file=sys.stderr)
sys.exit(code)
"""


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A library with a lesson in its index."""
    from server.settings import Settings
    from server.wiring import open_ports

    data = new_data(tmp_path_factory.mktemp("library") / "data")
    ports = open_ports(Settings(data=data, _env_file=None))  # type: ignore[call-arg]
    with ports.db.write() as session:
        make.lesson(session, "一课", spoken=["绿水青山就是金山银山。"], clips=1)
    ports.indexer.catch_up()
    ports.close()
    return data


@pytest.mark.slow
@pytest.mark.parametrize("arguments", LOADS_NOT, ids=" ".join)
def test_a_command_loads_only_what_it_needs(library: Path, arguments: tuple[str, ...]) -> None:
    ran = subprocess.run(
        [sys.executable, "-c", _RUN, "--data", str(library), *arguments, "--json"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    loaded = set(ran.stderr.splitlines()[-1].split())
    assert ran.returncode in (0, 1), ran.stderr
    assert "server.cli" in loaded
    assert loaded & LOADS_NOT[arguments] == set()


@pytest.mark.parametrize(
    ("arguments", "command"),
    [
        (["search", "user"], "search"),
        (["--data", "user", "search", "x"], "search"),
        (["--data=user", "-v", "stats", "x"], "stats"),
        (["--verbose", "doctor"], "doctor"),
        (["--help"], None),
        (["no-such-command"], None),
        (["--data"], None),
        ([], None),
    ],
)
def test_the_command_is_known_before_it_is_loaded(arguments: list[str], command: str | None) -> None:
    assert called(arguments) == command
    assert command is None or command in COMMANDS


def test_what_commands_say_is_what_all_slices_say() -> None:
    """A slice with new sentences or words is named in `server.slices.phrases`, too."""
    late, whole = phrases(), gather(SLICES).phrases
    assert (late.sentences, late.told_apart, late.words) == (whole.sentences, whole.told_apart, whole.words)


def test_the_newest_migration_is_the_one_that_files_are_named_for() -> None:
    from alembic.script import ScriptDirectory

    scripts = ScriptDirectory.from_config(alembic_config(MIGRATIONS))
    assert newest() == scripts.get_current_head()
    for script in scripts.walk_revisions():
        assert Path(script.path).name.partition("_")[0] == script.revision
