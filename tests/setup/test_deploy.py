"""What deploy/ hands to other programs is what they take: Prometheus, Grafana, systemd, nginx."""

from __future__ import annotations

import configparser
import datetime
import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import promql_parser
import pytest
import yaml
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

ROOT = Path(__file__).resolve().parents[2]
DEPLOY = ROOT / "deploy"
_OF_KINDS = ("_total", "_bucket", "_sum", "_count")


def exported() -> set[str]:
    """Names of all metrics of ours, as the code says them."""
    sources = (ROOT / "server" / "metrics.py", ROOT / "server" / "background" / "measuring.py")
    return {name for file in sources for name in re.findall(r'"(weike_[a-z_]+)"', file.read_text("utf-8"))}


def used(expression: str) -> set[str]:
    """Names of our metrics in an expression of PromQL, which is parsed first."""
    promql_parser.parse(expression.replace("$job", "weike"))
    names = set(re.findall(r"\bweike_[a-z_]+", expression))
    return {next((name.removesuffix(end) for end in _OF_KINDS if name.endswith(end)), name) for name in names}


def rules() -> list[dict[str, Any]]:
    document = yaml.safe_load((DEPLOY / "prometheus" / "alerts.yml").read_text("utf-8"))
    return [rule for group in document["groups"] for rule in group["rules"]]


@pytest.mark.parametrize("rule", rules(), ids=lambda rule: rule["alert"])
def test_an_alert_is_about_what_is_there_and_says_what_to_do(rule: dict[str, Any]) -> None:
    assert used(rule["expr"]) <= exported()
    assert re.fullmatch(r"\d+[smhd]", rule["for"])
    assert rule["labels"]["severity"] in ("page", "ticket")
    assert set(rule["annotations"]) == {"summary", "todo"}
    for page in re.findall(r"docs/\w+\.md", rule["annotations"]["todo"]):
        assert (ROOT / page).exists()


def test_a_wrong_expression_would_be_found() -> None:
    with pytest.raises(ValueError):
        used("sum(rate(weike_requests_total[5m])")
    assert used("rate(weike_nothing_total[5m])") - exported() == {"weike_nothing"}


def test_the_board_shows_what_is_there() -> None:
    board = json.loads((DEPLOY / "grafana" / "weike.json").read_text("utf-8"))
    expressions = [target["expr"] for panel in board["panels"] for target in panel["targets"]]
    assert len({panel["id"] for panel in board["panels"]}) == len(board["panels"]) > 10
    shown = set().union(*(used(expression) for expression in expressions))
    assert shown <= exported()
    assert exported() - shown <= {"weike_info", "weike_unreadable"}


def test_the_service_runs_as_nobody_in_particular_and_writes_in_one_place() -> None:
    unit = configparser.RawConfigParser(strict=False, comment_prefixes=("#",))
    unit.optionxform = str
    unit.read(DEPLOY / "systemd" / "weike.service", encoding="utf-8")
    service = unit["Service"]
    wanted = {"User": "weike", "UMask": "0077", "ProtectSystem": "strict", "NoNewPrivileges": "yes"}
    assert {name: service[name] for name in wanted} == wanted
    assert service["ExecStart"].split()[0] == f"{service['WorkingDirectory']}/.venv/bin/weike"
    analyze = shutil.which("systemd-analyze")
    if analyze:
        file = DEPLOY / "systemd" / "weike.service"
        said = subprocess.run([analyze, "verify", file], capture_output=True, text=True, check=False).stderr
        assert not [line for line in said.splitlines() if "Unknown" in line or "Failed to parse" in line]


@pytest.mark.nginx
def test_nginx_takes_the_example_for_tls(nginx_path: Path, tmp_path: Path) -> None:
    certificate(tmp_path)
    text = (DEPLOY / "tls" / "nginx.conf").read_text("utf-8").replace("/etc/ssl/weike", str(tmp_path))
    (tmp_path / "site.conf").write_text(text)
    whole = tmp_path / "nginx.conf"
    http = f"http {{ access_log off; include {tmp_path}/site.conf; }}"
    whole.write_text(f"pid {tmp_path}/pid;\nerror_log stderr;\nevents {{}}\n{http}\n")
    said = subprocess.run([nginx_path, "-t", "-c", whole], capture_output=True, text=True, check=False)
    assert "syntax is ok" in said.stderr, said.stderr
    assert "[warn]" not in said.stderr


def certificate(folder: Path) -> None:
    """A certificate of our own for weike.example."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "weike.example")])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now)
        .not_valid_after(now + datetime.timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    (folder / "fullchain.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    form = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    (folder / "privkey.pem").write_bytes(key.private_bytes(*form))
