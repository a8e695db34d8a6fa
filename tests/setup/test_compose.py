"""docker-compose.yml without an engine: a valid file, commands our CLI takes, variables our settings know."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import typer
import yaml

from bench.extreme_hour import crowd
from server.command_tree import build
from server.settings import Settings
from server.wiring import open_store

ROOT = Path(__file__).resolve().parents[2]
COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OURS = sorted(name for name, service in SERVICES.items() if service["image"].startswith("weike:"))
DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8")


def scale_env() -> dict[str, str]:
    """What deploy/make-scale-env.sh prints, as Compose reads it."""
    answer = subprocess.run(
        ["/bin/sh", ROOT / "deploy" / "make-scale-env.sh"], capture_output=True, text=True, check=True
    )
    return dict(line.split("=", 1) for line in answer.stdout.splitlines())


def weike_names(environment: dict[str, Any]) -> set[str]:
    return {name for name in environment if name.startswith("WEIKE_")}


@pytest.mark.slow
def test_the_file_fits_the_compose_specification() -> None:
    checker = Path(sys.executable).with_name("check-jsonschema")
    command = [checker, "--builtin-schema", "vendor.compose-spec", ROOT / "docker-compose.yml"]
    answer = subprocess.run(command, capture_output=True, text=True, check=False)
    assert answer.returncode == 0, answer.stdout + answer.stderr


@pytest.mark.parametrize("name", OURS)
def test_each_command_is_one_of_ours(name: str) -> None:
    group: Any = typer.main.get_command(build())
    arguments = [str(word) for word in SERVICES[name]["command"]]
    context = group.make_context("weike", list(arguments), resilient_parsing=True)
    _, command, rest = group.resolve_command(context, arguments)
    assert command is not None
    command.make_context(arguments[0], rest, parent=context)  # raises UsageError for an unknown option


def test_each_variable_is_a_setting() -> None:
    known = {f"WEIKE_{field}".upper() for field in Settings.model_fields}
    used = weike_names(scale_env()) | set(re.findall(r"^\s+(?:ENV )?(WEIKE_\w+)=", DOCKERFILE, re.MULTILINE))
    for service in SERVICES.values():
        used |= weike_names(service.get("environment", {}))
    assert len(used) >= 10
    assert used <= known


def test_the_scale_environment_opens_an_s3_store(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in scale_env().items():
        monkeypatch.setenv(name, value)
    for name, value in SERVICES["web"]["environment"].items():
        # Compose fills in what the file leaves open.
        monkeypatch.setenv(name, filled(value))
    settings = Settings(_env_file=None)
    assert settings.search == "whoosh"
    assert settings.database.startswith("postgresql+psycopg://weike:")
    assert settings.worker is False
    assert settings.connections == crowd.CONNECTIONS, "what PostgreSQL's max_connections is reckoned with"
    assert type(open_store(settings)).__name__ == "S3Store"
    assert json.loads(scale_env()["WEIKE_STORE_OPTIONS"])["endpoint"] == "http://objects:8333"


def test_passwords_are_new_each_time_and_none_is_written_down() -> None:
    first, second = scale_env(), scale_env()
    for name in ("POSTGRES_PASSWORD", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        assert first[name] != second[name]
        assert len(first[name]) >= 20
    assert first["POSTGRES_PASSWORD"] in first["WEIKE_DATABASE_URL"]
    secretive = re.compile(r"password|secret|key_id", re.IGNORECASE)
    for name, service in SERVICES.items():
        written = {key for key in service.get("environment", {}) if secretive.search(key)}
        assert written <= {"WEIKE_MEDIA_SECRET_FILE"}, f"{name} carries a secret in the file"
    ignored = subprocess.run(["git", "check-ignore", "-q", "deploy/scale.env"], cwd=ROOT, check=False)
    assert ignored.returncode == 0


def test_one_service_by_default_and_the_whole_scale_profile_behind_nginx() -> None:
    assert [name for name, service in SERVICES.items() if "profiles" not in service] == ["weike"]
    started, waiting = set(), ["nginx"]
    while waiting:
        name = waiting.pop()
        started.add(name)
        waiting += set(SERVICES[name].get("depends_on", {})) - started
    assert started == {name for name, service in SERVICES.items() if service.get("profiles") == ["scale"]}


def test_workers_keep_their_names_and_come_back() -> None:
    workers = [service for service in SERVICES.values() if service.get("command") == ["worker"]]
    names = [worker["environment"]["WEIKE_EXECUTOR_ID"] for worker in workers]
    assert len(set(names)) == len(names) == 2
    assert all(worker["restart"] == "always" for worker in workers)


def filled(value: object) -> str:
    """A value as Compose reads it where .env says nothing."""
    return re.sub(r"\$\{\w+:-([^}]*)\}", r"\1", str(value))


def test_it_answered_whoever_could_reach_the_machine() -> None:
    published = [filled(port) for service in SERVICES.values() for port in service.get("ports", ())]
    assert published == ["127.0.0.1:8000:8000", "127.0.0.1:8080:8080"]


def test_no_service_may_take_all_memory() -> None:
    assert all(re.fullmatch(r"\d+[mg]", filled(service["mem_limit"])) for service in SERVICES.values())


def test_an_image_with_speech_stays_one_when_it_is_built_anew() -> None:
    lock = COMPOSE["x-weike"]["build"]["args"]["LOCK"]
    assert re.findall(r"^ARG LOCK=(\w+)$", DOCKERFILE, re.MULTILINE) == [filled(lock)]
    assert lock == "${LOCK:-runtime}", "what .env says holds for every build"
    assert {(ROOT / "requirements" / f"{name}.txt").exists() for name in ("runtime", "speech")} == {True}
    given = {key: filled(value) for key, value in SERVICES["weike"]["environment"].items()}
    model, mode = given["WEIKE_SPEECH_MODEL"], given["WEIKE_SPEECH"]
    settings = Settings(_env_file=None, speech_model=model, speech=mode)
    assert (settings.speech_model, settings.speech) == (None, "on-request")


def test_images_have_fixed_tags() -> None:
    images = {filled(service["image"]) for service in SERVICES.values()}
    images |= set(re.findall(r"^FROM (\S+)", DOCKERFILE, re.MULTILINE))
    for image in images:
        _, _, tag = image.partition(":")
        assert re.match(r"\d+\.\d+", tag), f"{image}: the tag moves"


def test_the_image_gets_every_folder_the_program_needs_and_runs_without_root() -> None:
    copied = set(re.findall(r"^COPY (?:--from=\S+ )?(\S+?)/? ", DOCKERFILE, re.MULTILINE))
    packages = {path.parent.name for path in ROOT.glob("*/__init__.py")} - {"tests", "bench", "deploy"}
    assert packages | {"templates", "migrations", "/src/server/static"} <= copied
    sent = set(re.findall(r"^!(\S+)", (ROOT / ".dockerignore").read_text(), re.MULTILINE))
    assert packages | {"templates", "migrations", "frontend", "requirements"} <= sent
    last_stage = DOCKERFILE[DOCKERFILE.rindex("\nFROM ") :]
    assert re.search(r"^USER weike$", last_stage, re.MULTILINE)
    uid = re.search(r"--uid (\d+)", last_stage)
    assert uid is not None
    assert SERVICES["nginx"]["user"].split(":")[0] == uid.group(1)


def test_nginx_finds_what_the_web_process_writes() -> None:
    config = (ROOT / "deploy" / "nginx.conf").read_text(encoding="utf-8")
    starter = (ROOT / "deploy" / "start-nginx.sh").read_text(encoding="utf-8")
    web = SERVICES["web"]["environment"]
    assert f":-{web['WEIKE_MEDIA_SECRET_FILE']}}}" in starter
    assert f"root {web['WEIKE_DATA']}/objects/clips;" in config
    assert "server web:8000;" in config
    assert "WEIKE_PORT=8000" in DOCKERFILE


def test_the_image_had_no_program_that_backs_its_own_database_up() -> None:
    server = re.search(r"postgres:(\d+)\.", SERVICES["postgres"]["image"])
    client = re.search(r"^ARG POSTGRES_MAJOR=(\d+)$", DOCKERFILE, re.MULTILINE)
    assert server is not None
    assert client is not None
    assert client[1] == server[1], "pg_dump refuses a server that is newer than itself"
    assert "postgresql-client-$POSTGRES_MAJOR" in DOCKERFILE
    assert "/usr/lib/postgresql/$POSTGRES_MAJOR/bin" in DOCKERFILE.partition("ENV PATH")[2].partition("\n")[0]
