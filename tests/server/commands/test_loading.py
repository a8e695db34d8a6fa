"""What a command loads: to say one line takes no web framework, no job machinery and no other engine."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
import typer

from server.cli import called
from server.command_tree import COMMANDS, build, list_of_commands
from server.commands.help import GROUPS, HELP
from server.migrate import MIGRATIONS, alembic_config, newest
from server.slices import SLICES, phrases
from server.web.routing.registry import gather
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
    "sqlalchemy.dialects.postgresql",
}
SHORT = NEVER | {"rich"}
"""Help is drawn with rich; a log line is not."""
NO_SEARCH = {"whoosh", "numpy", "rjieba", "opencc", "library.finding.indexer"}
HEAVY = (
    NEVER
    | NO_SEARCH
    | {"sqlalchemy", "structlog", "asyncpg", "psycopg", "obstore", "openpyxl", "transcode.tools"}
)
LOADS_NOT = {
    ("search", "绿水青山"): SHORT | {"obstore", "ffmpeg", "transcode.pictures", "library.intake.tables"},
    ("stats", "overview"): SHORT | NO_SEARCH,
    ("user", "list"): SHORT | NO_SEARCH | {"ffmpeg", "transcode.tools"},
    ("vocabulary", "list"): SHORT | {"whoosh", "numpy"},
    ("doctor",): {"fastapi", "starlette", "dbos", "alembic", "tantivy", "uvicorn", "jinja2"},
}
_RUN = """
import atexit, gc, sys
atexit.register(lambda: print(gc.get_freeze_count(), file=sys.stderr))
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
    *_, names, frozen = ran.stderr.splitlines()
    loaded = set(names.split())
    assert ran.returncode in (0, 1), ran.stderr
    assert "server.cli" in loaded
    assert int(frozen) > 10_000, "all that was loaded is looked through again when the process ends"
    assert loaded & LOADS_NOT[arguments] == set()


@pytest.mark.slow
def test_doctor_says_its_first_lines_before_it_loads_the_library(library: Path) -> None:
    said = """
import sys
from server.commands.console import Console
first = []
Console.line = lambda self, text, err=False: first.append((text, set(sys.modules)))
from server.cli import main
main(sys.argv[1:])
print(*first[0][1], file=sys.stderr)
print(first[0][0])
"""
    ran = subprocess.run(
        [sys.executable, "-c", said, "--data", str(library), "doctor"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert ran.stdout.startswith("✓ python")
    loaded = set(ran.stderr.splitlines()[-1].split())
    assert "server.commands.doctor.checks" in loaded
    assert loaded & (HEAVY - {"structlog", "transcode.tools"} | {"psutil", "library.intake.tables"}) == set()


@pytest.mark.every
@pytest.mark.slow
@pytest.mark.parametrize("arguments", [["--help"], ["-v", "-h"], ["no-such-command"]], ids=" ".join)
def test_help_loads_no_command(arguments: list[str]) -> None:
    ran = subprocess.run(
        [sys.executable, "-c", _RUN, *arguments], cwd=ROOT, capture_output=True, text=True, check=False
    )
    loaded = set(ran.stderr.splitlines()[-2].split())
    assert "server.command_tree" in loaded, ran.stderr
    assert loaded & HEAVY == set()
    assert {name for name in loaded if name.startswith("server.commands.")} == {
        "server.commands.console",
        "server.commands.failures",
        "server.commands.help",
        *("server.commands.running", "server.commands.running.asking"),
        *("server.commands.study", "server.commands.study.loading"),
    }


def test_help_lists_every_command_as_it_is() -> None:
    whole, listed = (typer.main.get_command(app) for app in (build(), list_of_commands()))
    assert {name: one.help for name, one in listed.commands.items()} == {
        name: one.help for name, one in whole.commands.items()
    }
    assert HELP.keys() == COMMANDS.keys()
    assert {name for name, one in whole.commands.items() if hasattr(one, "commands")} == GROUPS


@pytest.mark.parametrize(
    ("arguments", "command"),
    [
        (["search", "user"], "search"),
        (["--data", "user", "search", "x"], "search"),
        (["--data=user", "-v", "stats", "x"], "stats"),
        (["--verbose", "doctor"], "doctor"),
        (["--help"], ""),
        (["-v", "-h", "search"], ""),
        (["no-such-command"], ""),
        (["--data"], ""),
        ([], ""),
        (["-vv", "search"], None),
        (["--no-such-option", "search", "--help"], None),
    ],
)
def test_the_command_is_known_before_it_is_loaded(arguments: list[str], command: str | None) -> None:
    assert called(arguments) == command
    assert not command or command in COMMANDS


def test_what_commands_say_is_what_all_slices_say() -> None:
    """What a slice says stands in its sentences.py and words.py, and its SLICE names all of it."""
    late, whole = phrases(), gather(SLICES).phrases
    assert (late.sentences, late.told_apart, late.words) == (whole.sentences, whole.told_apart, whole.words)


def test_the_newest_migration_is_the_one_that_files_are_named_for() -> None:
    from alembic.script import ScriptDirectory

    scripts = ScriptDirectory.from_config(alembic_config(MIGRATIONS))
    assert newest() == scripts.get_current_head()
    for script in scripts.walk_revisions():
        assert Path(script.path).name.partition("_")[0] == script.revision
