"""Contexts of bringing recordings in, from the upload to the list that waits for publishing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar

from library.catalog.permits import LessonState
from library.catalog.rules import TranscriptQuality
from library.intake.rules import TRANSCRIPT_SUFFIXES
from server.slices.intake.transcripts_json import VersionOut
from server.web.parts import Context, LessonRef, Pager, Progress, Reason, RefusedForm, Unfinished, WorkRow
from server.web.shown.recognition import RecognitionPart
from server.web.shown.studio import NextStep


@dataclass(frozen=True, slots=True, kw_only=True)
class UploadPage(Context):
    """GET /upload (role lecturer). The browser talks to /api/v1/lessons and /tus/.

    `max_bytes` is the largest file taken; `left_bytes` what is left of the person's quota (None: no quota).
    `unfinished` are this person's begun uploads. `media_suffixes` (".mp4", ...) and `transcript_suffixes`
    fill the file choosers. `speech`: a lesson's speech can be recognised.
    """

    template: ClassVar[str] = "intake/upload.html"
    max_bytes: int
    left_bytes: int | None
    media_suffixes: tuple[str, ...]
    known_lecturers: tuple[str, ...] = ()
    known_topics: tuple[str, ...] = ()
    unfinished: tuple[Unfinished, ...] = ()
    speech: bool = False
    transcript_suffixes: tuple[str, ...] = TRANSCRIPT_SUFFIXES


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackOption:
    """A track that may be chosen. `n` counts those of its kind; `about`: its language, title and coding."""

    index: int
    n: int
    about: str
    taken: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackGroup:
    """The tracks of a kind ("video", "audio") among which somebody may choose."""

    kind: str
    options: tuple[TrackOption, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgressPage(Context):
    """GET /lessons/{id}/progress ; live through GET /lessons/{id}/events.

    `lesson_state` is what viewers see; `may_retry` shows the button. Form: POST /lessons/{id}/retry (step,
    may be ""). `may_cancel` shows a button too; form: POST /lessons/{id}/cancel (). `recutting`: what is made
    are other cuts (given up by POST /lessons/{id}/cuts/discard, or by cancelling), and the old clips play on.
    `remaking`: the same clips are made again, of other tracks. `tracks`: what may be chosen, where a
    recording has several pictures or sounds; form: POST /lessons/{id}/tracks (video, audio).
    `has_transcript`: there are words to correct.
    """

    template: ClassVar[str] = "intake/progress.html"
    lesson: LessonRef
    lesson_state: LessonState
    progress: Progress
    may_retry: bool = True
    may_cancel: bool = False
    may_publish: bool = False
    recutting: bool = False
    remaking: bool = False
    tracks: tuple[TrackGroup, ...] = ()
    has_transcript: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CutPage(Context):
    """GET /lessons/{id}/cut (who may edit the lesson): where the lecture is cut into clips.

    `cuts` is exactly what GET /api/v1/lessons/{id}/cuts answers; it travels with the page, so that the script
    can begin at once. Without clips (the recording is still being split, or has failed) the page says so.
    Saving: PUT /api/v1/lessons/{id}/cuts. Form: POST /lessons/{id}/cuts/discard () gives up an arrangement
    that is still being made.
    """

    template: ClassVar[str] = "intake/cut.html"
    lesson: LessonRef
    cuts: Mapping[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftLine:
    """A line that a machine recognised. `parts`: its text in pieces, and whether it is unsure of each."""

    start_s: float
    parts: tuple[tuple[str, bool], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class BeyondLine:
    """A line that is said beyond a text; `n` counts from 0, `taken`: it is in the transcript."""

    n: int
    start_s: float
    text: str
    taken: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class RepairLine:
    """A word of a machine that was exchanged for one of the same sound; `k` counts from 0."""

    k: int
    start_s: float
    was: str
    now: str
    undone: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class HeardPart:
    """What a machine made of the transcript in use (version `n`).

    `draft` are its lines with the doubtful places marked, `draft_left` how many more there are; `unsaid` the
    lines of a text that nobody says, `beyond` what is said and does not stand in it; `repairs` what was
    exchanged.
    """

    n: int
    draft: tuple[DraftLine, ...] = ()
    draft_left: int = 0
    unsaid: tuple[str, ...] = ()
    beyond: tuple[BeyondLine, ...] = ()
    repairs: tuple[RepairLine, ...] = ()


@dataclass(frozen=True, slots=True)
class DifferenceRow:
    """Lines that two transcripts have otherwise, each text in pieces and whether the other says it not."""

    at_s: float | None
    now: tuple[tuple[str, bool], ...]
    new: tuple[tuple[str, bool], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Differences:
    """How a transcript differs from the one in use: `differ` places of which `rows` are the first, `same`
    that do not. `problem`: why the two cannot be laid side by side."""

    differ: int = 0
    same: int = 0
    rows: tuple[DifferenceRow, ...] = ()
    problem: Reason | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TranscriptsPage(Context):
    """GET /lessons/{id}/transcripts?ask= (who may edit the lesson): what it was given to say, newest first.

    `account` is what is to be known of its recording and the transcript in use. `asked` is one that waits to
    be looked at, with its `differences`; it fits worse for the reasons `against`, if any;
    `beginnings` are the first lines of it and of the one in use, by number.
    `board` is what the script draws to move times (`transcripts_json.shift_board`), None where there are no
    exact times or no sound was heard. Forms: POST /lessons/{id}/transcripts (file), .../{n}/use (),
    .../{n}/shift (seconds). `refused`: one of them that was not taken, "new" or "shift".
    `transcript_suffixes` (".srt", ...) fill the file chooser. No more than `most_versions` are kept.
    `corrected` are the numbers of those that somebody made by correcting.
    `recognition`: forms POST /lessons/{id}/recognition (), .../recognition/cancel (). `own`: it
    is the viewer's own lesson. `heard`, None where no machine had a hand in it: forms .../{n}/beyond (take),
    .../{n}/repairs/{k}/undo ().
    """

    template: ClassVar[str] = "intake/transcripts.html"
    lesson: LessonRef
    quality: TranscriptQuality
    versions: tuple[VersionOut, ...]
    most_versions: int
    corrected: frozenset[int] = frozenset()
    account: tuple[Reason, ...] = ()
    asked: VersionOut | None = None
    against: tuple[Reason, ...] = ()
    differences: Differences | None = None
    beginnings: Mapping[int, tuple[str, ...]] = field(default_factory=dict)
    board: Mapping[str, object] | None = None
    recognition: RecognitionPart = field(default_factory=RecognitionPart)
    own: bool = False
    heard: HeardPart | None = None
    refused: RefusedForm | None = None
    transcript_suffixes: tuple[str, ...] = TRANSCRIPT_SUFFIXES


@dataclass(frozen=True, slots=True, kw_only=True)
class MinePage(Context):
    """GET /mine?page= : a lecturer's own lessons, newest first, and uploads that have not ended.

    `steps` is what is to be done next with each lesson, by its id.
    """

    template: ClassVar[str] = "intake/mine.html"
    rows: tuple[WorkRow, ...]
    pager: Pager
    steps: Mapping[str, NextStep] = field(default_factory=dict)
    unfinished: tuple[Unfinished, ...] = ()
