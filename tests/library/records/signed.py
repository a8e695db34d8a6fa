"""Rows of records that name a person, for the test of erasing."""

from __future__ import annotations

from sqlalchemy.orm import Session

from library.evidence.rules import StudyForm
from library.gatherings.rules import GatheringState
from library.gatherings.tables import Gathering, Showing
from library.records.rules import LinePart, SignerRole
from library.records.tables import (
    BookTemplate,
    RecordAddition,
    RecordLine,
    RecordPhoto,
    RecordSignature,
    RecordTemplate,
)
from tests.support.databases import NOW


def note_and_sign(session: Session, wang: str, node_id: str) -> None:
    """What somebody wrote of a gathering, signed, added, and laid out."""
    gathering = Gathering(
        id="gathering",
        node_id=node_id,
        kind="study",
        form=StudyForm.GATHERED,
        title="学习",
        week="2026-W48",
        starts_at=NOW,
        ends_at=NOW,
        place="",
        agenda="",
        state=GatheringState.ENDED,
        changed_at=NOW,
        chair_id=wang,
        recorder_id=wang,
        made_by=wang,
    )
    session.add(gathering)
    session.flush()
    of, line = {"gathering_id": gathering.id}, {"part": LinePart.DISCUSSION, "place": 1, "text": "说了"}
    session.add(RecordLine(id="line", written_by=wang, written_at=NOW, **of, **line))
    showing = {"started_at": NOW, "last_at": NOW, "played": {}, "moments": []}
    session.add(Showing(id="showing", started_by=wang, **of, **showing))
    signed = {"role": SignerRole.CHAIR, "name": "主持人", "digest": "0" * 64}
    session.add(RecordSignature(id="signature", person_id=wang, at=NOW, **of, **signed))
    session.add(RecordAddition(id="addition", person_id=wang, name="记录人", text="补充", at=NOW, **of))
    template = {"node_id": node_id, "name": "模板.docx", "data": b"", "put_by": wang, "put_at": NOW}
    session.add_all([RecordTemplate(**template), BookTemplate(**template)])
    picture = {"caption": "", "data": b"", "width": 1, "height": 1}
    session.add(RecordPhoto(id="photo", put_by=wang, put_at=NOW, **of, **picture))
