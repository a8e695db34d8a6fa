"""weike import: an old library's list becomes lessons."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Annotated, Any

import typer
from sqlalchemy.orm import Session

from library.catalog import audiences
from library.catalog import queries as catalog
from library.catalog import transcript_queries as given
from library.catalog.audience import Named, read_words
from library.core.errors import Conflict, Invalid, WeikeError
from library.core.text import clean_line
from library.hearing import queries as hearing
from library.intake import actions
from library.intake import queries as intake
from library.intake.arriving import importing, local
from library.intake.arriving.importing import Outcome
from library.intake.arriving.manifest import BadRow, Manifest, Row, parse_manifest
from library.intake.rules import FILE_NAME_MAX, RecordingState
from library.intake.tables import Recording
from server.commands.administrator import machine, root
from server.commands.console import Console, console_of
from server.commands.failures import FAILED, Reason
from server.commands.lessons.import_works import bring_works
from server.commands.lessons.local_lessons import publish as publish_lesson
from server.commands.lessons.waiting import Ended, OwnWorker, follow, own_worker, step_word
from server.commands.options import AudienceWords, Json
from server.commands.search.parallel_indexing import indexing_beside
from server.web.language.i18n import N_
from server.web.shown.recognition import ask_for_text, unasked
from server.web.shown.remarks import warnings_of
from server.wiring import Ports
from transcode.remarks import Remark

# Large enough that a commit costs little, small enough that a web page waits for at most a second.
_BATCH = 100


@dataclass
class _Run:
    """What an import has done so far; `media` are the recordings to wait for, by their rows.

    `warnings` are the accounts of the rows by their lines, `refused` what was said of rows before their
    recordings were looked at.
    """

    console: Console
    ports: Ports
    publish: bool
    audience: Named | None = None
    outcomes: dict[int, Outcome] = field(default_factory=dict)
    failed: list[dict[str, Any]] = field(default_factory=list)
    unpublished: list[dict[str, Any]] = field(default_factory=list)
    warnings: dict[int, list[dict[str, Any]]] = field(default_factory=dict)
    refused: dict[int, tuple[Remark, ...]] = field(default_factory=dict)
    media: dict[str, Row] = field(default_factory=dict)

    def fail(self, line: int, key: str, error: Exception) -> None:
        """List a row that could not be imported (all of it, or its recording)."""
        self.outcomes.pop(line, None)
        self.failed.append(self._listed(line, key, error))

    def leave_draft(self, row: Row, error: Exception) -> None:
        """List a row that was imported and could not be published."""
        self.unpublished.append(self._listed(row.line, row.key, error))

    def account(self, session: Session, lessons: Sequence[tuple[Row, str]]) -> None:
        """List what is to be known of rows' lessons; said anew once their recordings have been looked at."""
        ids = [lesson_id for _row, lesson_id in lessons]
        versions, recordings = given.versions_of(session, ids), intake.recordings_of(session, ids)
        for row, lesson_id in lessons:
            first = self.refused.get(row.line, ())
            said = {remark.code for remark in first}
            own = hearing.account_of(session, versions.get(lesson_id, ()), recordings.get(lesson_id))
            own += unasked(session, self.ports.settings, catalog.lesson(session, lesson_id))
            remarks = (*first, *(remark for remark in own if remark.code not in said))
            self.warnings[row.line] = [
                {"line": row.line, "key": row.key, **one.model_dump()}
                for one in warnings_of(remarks, self.console.catalogue)
            ]

    def _listed(self, line: int, key: str, error: Exception) -> dict[str, Any]:
        code = getattr(error, "code", "unexpected")
        return {"line": line, "key": key, "reason": code, "message": self.console.explain(error)}


def import_(
    context: typer.Context,
    manifest: Annotated[
        Path, typer.Argument(metavar="MANIFEST", help=N_("清单文件；文件名都相对于它所在的文件夹。"))
    ],
    publish: Annotated[
        bool, typer.Option("--publish", help=N_("导入后发布：文字课立即，有录像的在能播放之后。"))
    ] = False,
    audience: AudienceWords = None,
    as_json: Json = False,
) -> None:
    """Import a manifest and return when everything in it can be found and played."""
    console = console_of(context)
    console.log(quiet=True)
    began = time.monotonic()
    said = read_words(audience) if audience else None
    listed = _read(manifest)
    if listed.ignored:
        console.note(N_("这些列没有用上：%(columns)s"), columns=", ".join(listed.ignored))
    with indexing_beside(console.settings, len(listed.rows)) as begin, console.ports(all_now=True) as ports:
        begin()
        run = _Run(console, ports, publish, said)
        if said is not None:
            with ports.db.read() as session:
                audiences.meant(session, said, machine(session))
        try:
            _import(run, listed, manifest.absolute().parent)
        except KeyboardInterrupt:
            console.note(N_("已停下。导入过的都在；再运行一次会从这里接着来。"))
            raise typer.Exit(FAILED) from None
    value = _summary(run, listed, time.monotonic() - began)
    console.result(value, as_json, _lines(console, value))
    for row in (*value["failed"], *value.get("unpublished", ())):
        if not as_json:
            console.note(N_("第 %(line)s 行（%(key)s）：%(message)s"), **row)
    for one in value["warnings"]:
        if "line" in one:
            console.note(N_("第 %(line)s 行（%(key)s）：%(message)s"), message=one["text"], **one)
        else:
            console.note("%(text)s", **one)
    if run.failed:
        raise typer.Exit(FAILED)


def _read(file: Path) -> Manifest:
    if not file.is_file():
        raise Invalid("file_missing", field="manifest", found=str(file))
    return parse_manifest(file.read_bytes(), file.name)


def _import(run: _Run, listed: Manifest, folder: Path) -> None:
    for row in listed.rows:
        if isinstance(row, BadRow):
            run.fail(row.line, row.key, Invalid(row.code, **row.values))
    rows = [row for row in listed.rows if isinstance(row, Row)]
    local.remove_leftovers(run.ports.db, run.ports.uploads)
    with run.console.progress(run.console.say(N_("导入"))) as show:
        for done in range(0, len(rows), _BATCH):
            _batch(run, rows[done : done + _BATCH], folder)
            show(100.0 * min(done + _BATCH, len(rows)) / len(rows), "")
    _works(run, [row for row in rows if row.line in run.outcomes], folder)
    waiting = [row for row in rows if row.media and row.line in run.outcomes]
    if waiting:
        with own_worker(run.ports) as worker:
            _bring_media(run, waiting, folder, worker)
            _follow(run, worker)
            run.ports.indexer.catch_up()
    else:
        with run.console.progress(run.console.say(N_("加入搜索"))) as show:
            show(0.0, "")
            run.ports.indexer.catch_up()


# ---------------------------------------------------------------- words


def _batch(run: _Run, rows: Sequence[Row], folder: Path) -> None:
    """Import some rows in one transaction, each behind a savepoint of its own."""
    prepared = []
    for row in rows:
        try:
            ready = importing.prepare(row, folder)
            prepared.append((row, replace(ready, audience=ready.audience or run.audience)))
        except (WeikeError, OSError) as error:
            run.fail(row.line, row.key, error)
    with run.ports.db.write() as session:
        node_id = root(session).id
        done: list[tuple[Row, str]] = []
        for row, ready in prepared:
            try:
                with session.begin_nested():
                    lesson, outcome, refused = importing.put_lesson(
                        session, ready, node_id, run.ports.clock(), machine(session)
                    )
                ask_for_text(session, run.ports.settings, lesson, None, run.ports.clock())
                run.outcomes[row.line] = outcome
                run.refused[row.line] = (*ready.remarks, *refused)
                done.append((row, lesson.id))
            except WeikeError as error:
                run.fail(row.line, row.key, error)
                continue
            if run.publish and not row.media:
                _publish(run, session, lesson.id, row)
        session.flush()
        run.account(session, done)


def _publish(run: _Run, session: Session, lesson_id: str, row: Row) -> None:
    lesson = catalog.lesson(session, lesson_id)
    try:
        before = lesson.state
        publish_lesson(session, lesson, run.ports.clock())
        if lesson.state is not before and run.outcomes.get(row.line) is Outcome.UNCHANGED:
            run.outcomes[row.line] = Outcome.UPDATED
    except Conflict as error:
        run.leave_draft(row, error)


def _works(run: _Run, rows: Sequence[Row], folder: Path) -> None:
    """Give lessons their series, honours and materials, and tell of what could not be done."""
    done = bring_works(run.ports, rows, folder)
    told = [row for row in rows if row.line in done]
    for row in told:
        changed, remarks = done[row.line]
        if changed and run.outcomes.get(row.line) is Outcome.UNCHANGED:
            run.outcomes[row.line] = Outcome.UPDATED
        run.refused[row.line] = (*run.refused.get(row.line, ()), *remarks)
    with run.ports.db.read() as session:
        lessons = [(row, catalog.lesson_by_key(session, row.key)) for row in told]
        run.account(session, [(row, lesson.id) for row, lesson in lessons if lesson is not None])


# ---------------------------------------------------------------- recordings


def _bring_media(run: _Run, rows: Sequence[Row], folder: Path, worker: OwnWorker) -> None:
    """Copy the recordings in, one by one; the worker begins with the first while the next is copied."""
    with run.console.progress(run.console.say(N_("读入录像"))) as show:
        for n, row in enumerate(rows):
            show(100.0 * n / len(rows), row.key)
            worker.ensure()
            try:
                _bring(run, row, folder)
            except Exception as error:
                # One file that cannot be read, or for which there is no room, stops nothing.
                run.fail(row.line, row.key, error)


def _bring(run: _Run, row: Row, folder: Path) -> None:
    ports = run.ports
    file = importing.prepare(row, folder).media
    if file is None:
        return
    with ports.db.write() as session:
        lesson = catalog.lesson_by_key(session, row.key)
        recording = intake.recording_of(session, lesson.id) if lesson else None
        begun = recording is not None and recording.state is not RecordingState.RECEIVING
        if recording is not None and begun and not _is_other(recording, file):
            if recording.state is RecordingState.FAILED:
                actions.retry(session, recording)
            run.media[recording.id] = row
            return
    local.check_file(ports.db, file, ports.uploads, ports.in_force.now.settings.limits, "media")
    with local.copied(file, ports.uploads) as copy:
        run.media[local.once_more(ports.db, lambda session: _attach(run, session, copy, row))] = row
    if run.outcomes.get(row.line) is Outcome.UNCHANGED:
        run.outcomes[row.line] = Outcome.UPDATED


def _is_other(recording: Recording, file: Path) -> bool:
    """Tell whether a file is another one than the recording was made of.

    By name and size: reading hundreds of hours again at every import would cost more than it tells.
    """
    kept_name = clean_line(file.name)[:FILE_NAME_MAX]  # as `actions.begin` keeps it
    return (recording.file_name, recording.size_bytes) != (kept_name, file.stat().st_size)


def _attach(run: _Run, session: Session, copy: local.Copied, row: Row) -> str:
    lesson = catalog.lesson_by_key(session, row.key)
    if lesson is None:
        raise Invalid("recording_gone", field="media")
    recording = local.attach(session, lesson, copy, run.ports.clock())
    ask_for_text(session, run.ports.settings, lesson, None, run.ports.clock())
    return recording.id


def _follow(run: _Run, worker: OwnWorker) -> None:
    def ended(end: Ended) -> None:
        row = run.media[end.recording_id]
        with run.ports.db.read() as session:
            lesson = catalog.lesson_by_key(session, row.key)
            if lesson is not None:
                run.account(session, [(row, lesson.id)])
        if end.state is not RecordingState.READY:
            run.fail(row.line, row.key, Reason(end.reason or "error", end.reason_args, FAILED))
        elif run.publish:
            with run.ports.db.write() as session:
                lesson = catalog.lesson_by_key(session, row.key)
                if lesson is not None:
                    _publish(run, session, lesson.id, row)

    with run.console.progress(run.console.say(N_("处理录像"))) as show:
        follow(run.ports.db, worker, list(run.media), show, ended, lambda work: step_word(run.console, work))


# ---------------------------------------------------------------- what is printed


def _summary(run: _Run, listed: Manifest, seconds: float) -> dict[str, Any]:
    counts = Counter(run.outcomes.values())
    value: dict[str, Any] = {
        "rows": len(listed.rows),
        "created": counts[Outcome.CREATED],
        "updated": counts[Outcome.UPDATED],
        "unchanged": counts[Outcome.UNCHANGED],
        "failed": sorted(run.failed, key=lambda row: row["line"]),
        "seconds": round(seconds, 2),
    }
    value["warnings"] = _warnings(run, listed)
    if run.unpublished:
        value["unpublished"] = run.unpublished
    if listed.ignored:
        value["ignored_columns"] = list(listed.ignored)
    return value


def _warnings(run: _Run, listed: Manifest) -> list[dict[str, Any]]:
    """Return what is said of the manifest as a whole, then of its rows in their order."""
    whole = [one.model_dump() for one in warnings_of(listed.remarks, run.console.catalogue)]
    return whole + [said for line in sorted(run.warnings) for said in run.warnings[line]]


def _lines(console: Console, value: dict[str, Any]) -> Iterator[str]:
    sentence = N_(
        "共 %(rows)s 行：新建 %(created)s，更新 %(updated)s，未变 %(unchanged)s，失败 %(failed)s"
        "（用时 %(seconds)s 秒）。"
    )
    yield console.say(sentence, **{**value, "failed": len(value["failed"])})
