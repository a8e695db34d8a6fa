"""Tables of what a machine hears."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from library.core.database import Base, one_of
from library.hearing.rules import AskedAs, RecognitionState, SpeechMode


class Choice(Base):
    """Whether a lecturer's own lessons are heard. Without a row the server's settings hold."""

    __tablename__ = "hearing_choice"

    person_id: Mapped[str] = mapped_column(
        ForeignKey("people_person.id", ondelete="CASCADE"), primary_key=True
    )
    mode: Mapped[SpeechMode] = mapped_column(one_of(SpeechMode, 16))
    chosen_at: Mapped[datetime]


class Recognition(Base):
    """A recording that a machine is to hear, or has heard; asked for by a person or, None, by the settings.

    `asked_as` is why, None of those that were asked for before that was noted.

    `run` counts its runs: a newer one ends those before it. Of the present one: `started_at`, and `from_s`,
    where it went on. `heard_s` is the end of the last chunk that is kept, `track` the sound it was heard in
    (an index, as `Recording.tracks`), `model` what heard it. `version_n` is the lesson's transcript that
    became of it, `reason` why it failed. `until_s` is how much of the recording is in that transcript.
    """

    __tablename__ = "hearing_recognition"
    __table_args__ = (Index(None, "state"), Index(None, "wanted_by"))

    recording_id: Mapped[str] = mapped_column(
        ForeignKey("intake_recording.id", ondelete="CASCADE"), primary_key=True
    )
    state: Mapped[RecognitionState] = mapped_column(one_of(RecognitionState, 16))
    run: Mapped[int] = mapped_column(default=0)
    wanted_by: Mapped[str | None] = mapped_column(ForeignKey("people_person.id", ondelete="SET NULL"))
    wanted_at: Mapped[datetime]
    asked_as: Mapped[AskedAs | None] = mapped_column(one_of(AskedAs, 16))
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    from_s: Mapped[float] = mapped_column(default=0.0)
    heard_s: Mapped[float] = mapped_column(default=0.0)
    until_s: Mapped[float] = mapped_column(default=0.0)
    track: Mapped[int | None]
    model: Mapped[str] = mapped_column(String(120), default="")
    version_n: Mapped[int | None]
    reason: Mapped[str | None] = mapped_column(String(64))
    reason_args: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)


class Chunk(Base):
    """A stretch of a recording that was heard, in seconds of it; once kept it is never heard again.

    `n` counts from 0. `words` are [start_s, end_s, text, probability], none where nobody speaks; `pauses`
    [start_s, end_s], finer than those of the recording's profile; `remarks` what the recogniser had to say of
    it (code and count).
    """

    __tablename__ = "hearing_chunk"

    recording_id: Mapped[str] = mapped_column(
        ForeignKey("hearing_recognition.recording_id", ondelete="CASCADE"), primary_key=True
    )
    n: Mapped[int] = mapped_column(primary_key=True)
    start_s: Mapped[float]
    end_s: Mapped[float]
    words: Mapped[list[list[Any]]] = mapped_column(JSON)
    pauses: Mapped[list[list[float]]] = mapped_column(JSON, default=list)
    remarks: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
