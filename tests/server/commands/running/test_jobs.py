"""weike jobs: what somebody waits for, begun again or given up without a browser."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from library.catalog.permits import LessonState
from library.intake.rules import RecordingState
from library.intake.tables import Recording
from server.settings import Settings
from server.wiring import open_ports
from tests.server.commands.conftest import Weike
from tests.support import factories as make


@pytest.mark.slow
def test_a_failed_recording_is_listed_begun_again_and_given_up(weike: Weike, data: Path) -> None:
    assert weike("jobs", "--json").json["jobs"] == []
    ports = open_ports(Settings(data=data, worker=False, _env_file=None))  # type: ignore[call-arg]
    with ports.db.write() as session:
        lesson = make.lesson(session, "绿水青山", state=LessonState.DRAFT)
        row = make.recording(session, lesson)
        row.state, row.reason = RecordingState.FAILED, "disk_full"
        its_id = row.id
    [listed] = weike("jobs", "--json").json["jobs"]
    assert (listed["kind"], listed["id"], listed["state"]) == ("recording", its_id, "failed")
    assert listed["may_retry"]
    assert listed["message"]
    assert "绿水青山" in weike("jobs", "list", "--state", "failed").out
    assert weike("jobs", "--kind", "letter", "--json").json["jobs"] == []
    for changed in (True, False):
        assert weike("jobs", "retry", "recording", its_id, "--json").json == {"changed": changed}
    with ports.db.read() as session:
        assert session.get_one(Recording, its_id).state is RecordingState.WAITING
    assert weike("jobs", "give-up", "recording", its_id, "--json").json == {"given_up": its_id}
    for wrong in (("retry",), ("retry", "recording", its_id, "--failed"), ("give-up", "recording", "nobody")):
        refused = weike("jobs", *wrong)
        assert refused.code != 0
        assert refused.err, json.dumps(wrong)
    assert weike("jobs", "retry", "--failed").code != 0, "nothing failed"
    ports.close()
