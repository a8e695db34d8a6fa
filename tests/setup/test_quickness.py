"""A fast test that is not fast fails and says what to do; one with a mark may take its time."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import settings

from deploy.set_up.judges import FAST
from tests.support.examples import examples
from tests.support.quickness import MARKS, Moment, own_time_s
from tests.support.spreading import is_spread

ROOT = Path(__file__).resolve().parents[2]

CONFTEST = """
from tests.support.quickness import MARKS, Quickness

def pytest_configure(config):
    for mark in MARKS:
        config.addinivalue_line("markers", mark)
    config.pluginmanager.register(Quickness(limit_s=0.2))
"""
TESTS = """
import subprocess, sys, time
import pytest

BUSY = "import time\\nwhile time.process_time() < 0.3: pass"

def test_of_long_thought(): busy(0.3)
def test_of_a_child(): subprocess.run([sys.executable, "-c", BUSY], check=True)
def test_that_is_quick(): pass
@pytest.mark.slow
def test_with_a_mark(): busy(0.3)
def test_that_fails_in_its_own_words(): busy(0.3); assert 1 == 2

def busy(seconds):
    end = time.process_time() + seconds
    while time.process_time() < end: pass
"""


@pytest.mark.slow
def test_who_computes_too_long_fails_without_a_mark(tmp_path: Path) -> None:
    (tmp_path / "conftest.py").write_text(CONFTEST)
    (tmp_path / "test_them.py").write_text(TESTS)
    answer = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-rA", "--tb=line", tmp_path],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    said = {line.split("::")[1].split(" ")[0]: line for line in answer.stdout.splitlines() if "::" in line}
    failed = {name for name, line in said.items() if line.startswith("FAILED")}
    assert failed == {"test_of_long_thought", "test_of_a_child", "test_that_fails_in_its_own_words"}
    assert len(said) == 5
    assert "s for itself, and a test of make check may take 0.2: make it quicker" in answer.stdout
    assert "assert 1 == 2" in said["test_that_fails_in_its_own_words"]


@pytest.mark.parametrize(
    ("wall_s", "cpu_s", "stalled_s", "own_s"),
    [
        (3.0, 0.1, 0.0, 3.0),  # it slept, or waited for a server
        (3.0, 0.1, 2.5, 0.5),  # it waited for its turn on a busy machine
        (9.0, 2.5, 8.9, 2.5),  # so it did, but what it computed is its own
        (1.0, 2.5, 0.0, 2.5),  # in several threads
    ],
)
def test_waiting_counts_unless_the_machine_was_busy(
    wall_s: float, cpu_s: float, stalled_s: float, own_s: float
) -> None:
    begin = Moment(1000.0, 50.0, 700.0)
    end = Moment(1000.0 + wall_s, 50.0 + cpu_s, 700.0 + stalled_s)
    assert own_time_s(begin, end) == pytest.approx(own_s)


def test_the_marks_are_those_that_a_check_leaves_out() -> None:
    assert " and ".join(f"not {mark}" for mark in MARKS) == FAST


def test_properties_are_tried_with_a_share_of_the_examples(pytestconfig: pytest.Config) -> None:
    share = all(f"not {mark}" in pytestconfig.option.markexpr for mark in MARKS)
    dear = 30 if is_spread(pytestconfig) else 60
    assert (examples(60), settings().max_examples) == ((15, 25) if share else (dear, 100))
