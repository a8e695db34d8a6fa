"""What is to be heard and seen of a recording before it is cut: its sound, its picture, its key frames.

A part of the step `split` of the pipeline; each finding is noted as soon as there is one.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from obstore.store import ObjectStore

from library.core.database import Database
from library.intake import actions, queries
from library.intake.files import objects
from library.intake.rules import StepKind
from library.intake.running import Run
from library.intake.tables import Recording
from transcode.cutting.audio_profile import audio_pass
from transcode.encoding.package import Progress
from transcode.pictures.overview import Overview, make_overview
from transcode.planning.key_frames import key_frames
from transcode.reading.facts import Facts
from transcode.tools import Tools

_AT_ONCE = 2
"""One hears while the other sees; what comes third (key frames, from packets alone) follows the look."""


@dataclass(frozen=True)
class Survey:
    """The survey of a recording by a run; `work` is a folder on this machine."""

    db: Database
    store: ObjectStore
    tools: Tools
    work: Path
    run: Run

    def make(self, recording: Recording, source: Callable[[Recording], Path]) -> None:
        """Note what is to be heard and seen of a recording, as far as it is not noted yet.

        Listening and looking each keep one core busy, so both are done at once. Each notes what it found when
        it has ended, also when the other fails. `source` fetches the recording's file, once it is needed.
        """
        survey = {
            self._listen: recording.profile,
            self._look: recording.look,
            self._find_keys: recording.key_frames,
        }
        missing = [work for work, noted in survey.items() if noted is None]
        if not missing:
            return
        file, facts = source(recording), Facts.from_json(recording.facts or {})
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            begun = [pool.submit(work, file, facts) for work in missing]
        for one in begun:
            one.result()

    def _listen(self, source: Path, facts: Facts) -> None:
        report = self.run.reporter(StepKind.SPLIT)
        profile = audio_pass(
            self.tools,
            source,
            facts,
            on_progress=lambda percent: report(Progress(percent, None, None)),
            should_stop=self.run.should_stop(),
        )
        with self.db.write() as session:
            actions.note_sound(queries.recording(session, self.run.recording_id), profile)

    def _look(self, source: Path, facts: Facts) -> None:
        look = self._look_over(source, facts)
        with self.db.write() as session:
            actions.note_look(queries.recording(session, self.run.recording_id), look)

    def _find_keys(self, source: Path, facts: Facts) -> None:
        keys = key_frames(self.tools, source, facts, self.run.should_stop())
        with self.db.write() as session:
            actions.note_key_frames(queries.recording(session, self.run.recording_id), keys)

    def _look_over(self, source: Path, facts: Facts) -> Overview:
        """Look over the picture; what is to be seen of it lies in the store afterwards."""
        folder = self.work / f"look-{self.run.recording_id}-{self.run.attempt}"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        try:
            look = make_overview(self.tools, source, facts, folder, self.run.should_stop())
            if look.storyboard is not None:
                prefix = objects.storyboard_prefix(self.run.recording_id)
                objects.publish_folder(self.store, folder, prefix, look.storyboard.sheets)
        finally:
            shutil.rmtree(folder, ignore_errors=True)
        return look
