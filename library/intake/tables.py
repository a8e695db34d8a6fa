"""Tables of recordings and of what is being done with them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from library.core.database import ID, Base, one_of
from library.intake.rules import RecordingState, StepKind, StepState


class Original(Base):
    """The bytes of an uploaded file, kept once however often it is uploaded; never changed."""

    __tablename__ = "intake_original"

    sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    key: Mapped[str] = mapped_column(String(200))
    size_bytes: Mapped[int] = mapped_column(BigInteger)
    created_at: Mapped[datetime]


class Recording(Base):
    """One uploaded original of one lesson.

    `upload_id` names the file while it is received, `sha256` the original once it is taken in. `facts` and
    `profile` are what the probe and the audio pass found, `look` (slide turns, storyboard) and `key_frames`
    what was seen of its picture. `accepted_twin` says that the same file's being here already is no question:
    there was none when it came in, or the lecturer wants a new lesson all the same. `attempt` counts the runs
    of the pipeline. `wanted` are the ids of the clips of an arrangement that is being made, in order; None
    when the lesson's clips are those that are wanted. `tracks` are those that somebody chose, by kind
    ("video", "audio"), and `remake` the ids of clips that play and are to be made again, of other tracks or
    because files of theirs are `lost` or damaged.
    """

    __tablename__ = "intake_recording"
    __table_args__ = (
        Index(None, "sha256"),
        Index(None, "uploaded_by"),
        Index(None, "state"),
    )

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    lesson_id: Mapped[str] = mapped_column(ForeignKey("catalog_lesson.id", ondelete="CASCADE"), unique=True)
    upload_id: Mapped[str | None] = mapped_column(String(64), unique=True)
    file_name: Mapped[str] = mapped_column(String(255))
    size_bytes: Mapped[int] = mapped_column(BigInteger)
    sha256: Mapped[str | None] = mapped_column(ForeignKey("intake_original.sha256"))
    state: Mapped[RecordingState] = mapped_column(one_of(RecordingState, 16, check="state"))
    reason: Mapped[str | None] = mapped_column(String(64))
    reason_args: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    facts: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    # Loaded when asked for: an hour's wave and pauses are much more than a list of recordings needs.
    profile: Mapped[dict[str, Any] | None] = mapped_column(JSON, deferred=True)
    look: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True), deferred=True)
    key_frames: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True), deferred=True)
    wanted: Mapped[list[str] | None] = mapped_column(JSON(none_as_null=True))
    tracks: Mapped[dict[str, int] | None] = mapped_column(JSON(none_as_null=True))
    remake: Mapped[list[str] | None] = mapped_column(JSON(none_as_null=True))
    lost: Mapped[list[str] | None] = mapped_column(JSON(none_as_null=True))
    accepted_twin: Mapped[bool] = mapped_column(default=False)
    attempt: Mapped[int] = mapped_column(default=0)
    uploaded_by: Mapped[str | None] = mapped_column(ForeignKey("people_person.id", ondelete="SET NULL"))
    created_at: Mapped[datetime]


class BegunUpload(Base):
    """An upload that somebody has begun within the last days, for the limits of a person and of an address.

    `account` and `address` are keyed hashes: they can be counted by and lead to nobody. `size_bytes` is what
    was announced, and what came of it once it is given up.
    """

    __tablename__ = "intake_begun_upload"
    __table_args__ = (Index(None, "begun_at"), Index(None, "account"), Index(None, "address"))

    upload_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    account: Mapped[str] = mapped_column(String(64))
    address: Mapped[str] = mapped_column(String(64))
    begun_at: Mapped[datetime]
    size_bytes: Mapped[int] = mapped_column(BigInteger)


class Step(Base):
    """One line of the progress page; `n` is the clip's number for clips, 0 for the others.

    `hopeless` says that a failed step would fail again: the recording itself cannot be used.
    """

    __tablename__ = "intake_step"

    recording_id: Mapped[str] = mapped_column(
        ForeignKey("intake_recording.id", ondelete="CASCADE"), primary_key=True
    )
    kind: Mapped[StepKind] = mapped_column(one_of(StepKind, 16), primary_key=True)
    n: Mapped[int] = mapped_column(primary_key=True)
    clip_id: Mapped[str | None] = mapped_column(ForeignKey("catalog_clip.id", ondelete="CASCADE"))
    state: Mapped[StepState] = mapped_column(one_of(StepState, 16))
    percent: Mapped[float] = mapped_column(default=0.0)
    eta_s: Mapped[float | None]
    reason: Mapped[str | None] = mapped_column(String(64))
    reason_args: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    hopeless: Mapped[bool] = mapped_column(default=False)
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]


class WorkerSign(Base):
    """A worker's sign of life: how often it gave one, and when last (by its own clock)."""

    __tablename__ = "intake_worker"

    executor_id: Mapped[str] = mapped_column(String(200), primary_key=True)
    signs: Mapped[int] = mapped_column(BigInteger)
    seen_at: Mapped[datetime]
