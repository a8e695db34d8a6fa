"""What tests need is installed by uv, as this machine's pip was told to, and by pip where uv cannot."""

from __future__ import annotations

import hashlib
import sys
import zipfile
from pathlib import Path

import pytest

from deploy.set_up import packages, steps

UV = """#!{python}
import os, sys
told = [os.environ.get(name, "") for name in ("UV_FIND_LINKS", "SSL_CERT_FILE")]
open({said!r}, "w").write(" ".join(sys.argv[1:] + told))
sys.exit({code})
"""


def test_pips_settings_in_uvs_words() -> None:
    options, environment = packages.as_uv_has_it(
        {
            "index-url": "https://me:secret@pypi.example/simple",
            "find-links": "/opt/wheels\n/opt/more",
            "extra-index-url": "https://a.example/ https://b.example/",
            "no-index": "false",
            "cert": "/etc/ca.pem",
            "constraint": "/etc/constraints.txt",
            "disable-pip-version-check": "1",
        }
    )
    words = " ".join(options)
    assert "secret" not in words, "everybody reads the words of a command"
    assert "--no-index" not in words
    assert "constraint" not in words
    assert environment == {
        "UV_DEFAULT_INDEX": "https://me:secret@pypi.example/simple",
        "UV_INDEX": "https://a.example/ https://b.example/",
        "UV_FIND_LINKS": "/opt/wheels,/opt/more",
        "SSL_CERT_FILE": "/etc/ca.pem",
    }


def _wheel_of_uv(folder: Path, said: Path, code: int) -> str:
    """A package called uv whose program notes what it was asked for; the line of a lock that names it."""
    wheel = folder / "uv-1.0-py3-none-any.whl"
    info = "uv-1.0.dist-info"
    with zipfile.ZipFile(wheel, "w") as archive:
        program = UV.format(python=sys.executable, said=str(said), code=code)
        script = zipfile.ZipInfo("uv-1.0.data/scripts/uv")
        script.external_attr = 0o100755 << 16
        archive.writestr(script, program)
        archive.writestr(f"{info}/METADATA", "Metadata-Version: 2.1\nName: uv\nVersion: 1.0\n")
        archive.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        archive.writestr(f"{info}/RECORD", "")
    return f"uv==1.0 \\\n    --hash=sha256:{hashlib.sha256(wheel.read_bytes()).hexdigest()}\n"


@pytest.mark.slow
@pytest.mark.parametrize("code", [0, 1])
def test_pip_takes_over_where_uv_cannot(
    code: int,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    venv, said, lock = tmp_path / "venv", tmp_path / "said", tmp_path / "lock.txt"
    steps.STATE.mkdir(exist_ok=True)
    steps.run_step("A venv", [sys.executable, "-m", "venv", venv], (), otherwise="")
    lock.write_text("# the first\n" + _wheel_of_uv(tmp_path, said, code) + "# the last\n")
    for name, value in {"NO_INDEX": "1", "FIND_LINKS": str(tmp_path), "CERT": "/etc/ca.pem"}.items():
        monkeypatch.setenv(f"PIP_{name}", value)

    packages.install_lock(venv, "Python packages", lock)

    asked = said.read_text()
    assert asked.startswith(f"pip install --python {venv / 'bin' / 'python'} ")
    assert " --no-index " in asked
    assert f"--require-hashes --only-binary :all: --requirement {lock}" in asked
    assert asked.endswith(f" {tmp_path} /etc/ca.pem")
    output = capfd.readouterr().out
    assert ("pip tries it" in output) is (code == 1)
    assert output.count("Python packages ...") == 1 + code
