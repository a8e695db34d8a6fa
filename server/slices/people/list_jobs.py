"""A list of people on its way: kept in a folder of its own from the upload until it is brought in.

The list, what was decided of doubtful rows, how far it is and what becomes of each row are files there, so
that every process of this machine can tell of it, and nothing of it is in the database before a person says
so. What names people in it goes when the list has been brought in, and the folder after a day
(server/background/keeping/list_keeping.py).

One list of all is worked at a time on this machine, and one of each person: reading a workbook takes memory
and the processor that pages need too.
"""

from __future__ import annotations

import fcntl
import json
import shutil
import threading
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any

import structlog
from sqlalchemy.orm import Session

from library.core.clock import Clock, local_day
from library.core.database import Database
from library.core.errors import Conflict, Forbidden, NotFound, WeikeError
from library.core.ids import new_id
from library.core.permits import Role, Viewer
from library.people import queries
from library.people.lists import bringing_in
from library.people.lists.apart.message import understood
from library.people.lists.apart.reader import read_apart
from library.people.lists.importing import Choice, Decision, Outcome, Planned, counted
from library.people.lists.places import Places
from library.people.lists.reading import Listed

log = structlog.get_logger()

MOST_OPEN = 5
"""Lists of one person that are under way; an older one makes room."""
ROWS_A_PAGE = 50
_LOOK_S = 1.0
_SIGN_S, _SILENT_S = 5.0, 60
"""Without a sign of life for so long, whoever worked at it has died."""


@dataclass
class Progress:
    """How far a list is. `doing`: read, plan, write, planned, done, failed; `counts` by outcome."""

    doing: str
    percent: float = 0.0
    at: float = 0.0
    counts: dict[str, int] = field(default_factory=dict)
    warnings: list[dict[str, Any]] = field(default_factory=list)
    not_kept: list[str] = field(default_factory=list)
    code: str = ""
    args: dict[str, Any] = field(default_factory=dict)

    @property
    def is_working(self) -> bool:
        """Whether somebody works at it now."""
        return self.doing in ("read", "plan", "write") and not self.is_dead

    @property
    def is_dead(self) -> bool:
        """Whether whoever worked at it has died over it; nothing of it was kept."""
        return self.doing in ("read", "plan", "write") and time.time() - self.at > _SILENT_S


class ListJob:
    """One list in its folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.id = folder.name

    @property
    def about(self) -> dict[str, str]:
        """Whose it is and what the file was called."""
        read: dict[str, str] = json.loads((self._folder / "about.json").read_text("utf-8"))
        return read

    def progress(self) -> Progress:
        """Return how far it is."""
        return Progress(**json.loads((self._folder / "progress.json").read_text("utf-8")))

    def exists(self) -> bool:
        """Whether nobody has thrown it away."""
        return self._folder.exists()

    def is_begun(self) -> bool:
        """Whether anybody has worked at it."""
        return (self._folder / "progress.json").exists()

    def tell(self, progress: Progress) -> None:
        """Write down how far it is; readers see the old or the new, never half of it."""
        progress.at = time.time()
        self._write("progress.json", json.dumps(asdict(progress), ensure_ascii=False, default=str))

    def decisions(self) -> dict[int, Decision]:
        """Return what was decided of doubtful rows, by their lines."""
        file = self._folder / "decisions.json"
        if not file.exists():
            return {}
        said = json.loads(file.read_text("utf-8"))
        return {int(line): Decision(Choice(choice), person) for line, (choice, person) in said.items()}

    def decide(self, decided: Mapping[int, Decision]) -> None:
        """Keep what was decided, beside what was decided before."""
        both = {**self.decisions(), **decided}
        said = {line: [one.choice.value, one.person_id] for line, one in both.items()}
        self._write("decisions.json", json.dumps(said))

    def rows(self, outcome: Outcome, page: int) -> list[dict[str, Any]]:
        """Return a page of the rows of which becomes `outcome`."""
        file = self._folder / f"{outcome.value}.jsonl"
        if not file.exists():
            return []
        with file.open(encoding="utf-8") as lines:
            return [json.loads(one) for one in islice(lines, (page - 1) * ROWS_A_PAGE, page * ROWS_A_PAGE)]

    def listed(self) -> Listed:
        """Return what the list says, read in a process of its own, and once; raises Invalid."""
        kept = self._folder / "read"
        if not kept.exists():
            with self._still_reading():
                answer = read_apart((self._folder / "list").read_bytes(), self.about["file_name"])
            partial = self._folder / "read.partial"
            partial.write_bytes(answer)
            partial.replace(kept)
        return understood(kept.read_bytes())

    @contextmanager
    def _still_reading(self) -> Iterator[None]:
        """Give signs of life all the while that another process reads."""
        over = threading.Event()

        def tick() -> None:
            while not over.wait(_SIGN_S):
                with suppress(OSError):  # its person has thrown it away
                    self.tell(Progress("read"))

        ticking = threading.Thread(target=tick, name="people-list-read", daemon=True)
        ticking.start()
        try:
            yield
        finally:
            over.set()
            ticking.join()

    def report(self, listed: Listed, planned: Iterable[Planned], places: Places) -> None:
        """Write down what becomes of every row."""
        rows: dict[Outcome, list[dict[str, Any]]] = {one: [] for one in Outcome}
        for one in planned:
            rows[one.outcome].append(_row(one, places))
        for line, name, error in listed.wrong:
            rows[Outcome.WRONG].append({"line": line, "name": name, "code": error.code, "args": error.values})
        rows[Outcome.WRONG].sort(key=lambda row: row["line"])
        for outcome, some in rows.items():
            text = "".join(json.dumps(row, ensure_ascii=False, default=str) + "\n" for row in some)
            self._write(f"{outcome.value}.jsonl", text)

    def forget_rows(self) -> None:
        """Leave only how it went: the list and the names in it are needed no more."""
        for file in self._folder.iterdir():
            if file.name not in ("about.json", "progress.json", "wrong.jsonl", "doubtful.jsonl"):
                file.unlink(missing_ok=True)

    def _write(self, name: str, text: str) -> None:
        beside = self._folder / f"{name}.partial"
        beside.write_text(text, "utf-8")
        beside.replace(self._folder / name)


class ListJobs:
    """All lists that are under way on this machine."""

    def __init__(self, folder: Path, db: Database, clock: Clock) -> None:
        self._folder, self._db, self._clock = folder, db, clock

    def begin(self, person_id: str, file_name: str, data: bytes) -> ListJob:
        """Keep a list and begin to look what would become of it.

        Raises Conflict("list_at_work") while another list of this person is worked at.
        """
        self._folder.mkdir(parents=True, exist_ok=True)
        self._make_room(person_id)
        folder = self._folder / new_id()
        folder.mkdir()
        (folder / "list").write_bytes(data)
        about = {"person_id": person_id, "file_name": file_name}
        (folder / "about.json").write_text(json.dumps(about, ensure_ascii=False), "utf-8")
        job = ListJob(folder)
        self.start(job, apply=False)
        return job

    def job(self, person_id: str, job_id: str) -> ListJob:
        """Return a list that this person has brought; raises NotFound."""
        folder = self._folder / job_id
        if not job_id.isalnum() or not (folder / "about.json").exists():
            raise NotFound
        job = ListJob(folder)
        if job.about["person_id"] != person_id:
            raise NotFound
        return job

    def start(self, job: ListJob, *, apply: bool) -> None:
        """Begin to plan a list, or to bring it in, beside the pages; raises Conflict("list_at_work")."""
        if job.is_begun() and job.progress().is_working:
            raise Conflict("list_at_work")
        job.tell(Progress("read"))
        threading.Thread(target=self._work, args=(job, apply), name="people-list", daemon=True).start()

    def forget(self, job: ListJob) -> None:
        """Throw a list away."""
        shutil.rmtree(self._folder / job.id, ignore_errors=True)

    def _make_room(self, person_id: str) -> None:
        mine = [one for one in self._folder.iterdir() if _is_of(one, person_id)]
        for job in map(ListJob, mine):
            if job.is_begun() and job.progress().is_working:
                raise Conflict("list_at_work")
        mine.sort(key=lambda one: one.stat().st_mtime)
        for folder in mine[: max(0, len(mine) - MOST_OPEN + 1)]:
            shutil.rmtree(folder, ignore_errors=True)

    @contextmanager
    def _alone(self, job: ListJob) -> Iterator[None]:
        """Wait until no process of this machine works at another list; says all the while that it waits."""
        with (self._folder / ".at-work").open("w") as file:
            while True:
                try:
                    fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    break
                except BlockingIOError:
                    job.tell(Progress("read"))
                    time.sleep(_LOOK_S)
            yield

    def _work(self, job: ListJob, apply: bool) -> None:
        try:
            with self._alone(job):
                self._do(job, apply)
        except Exception as error:
            if not job.exists():  # its person has thrown it away, or brought newer ones
                log.info("a list of people was thrown away while it was worked at", list=job.id)
            elif isinstance(error, WeikeError):
                job.tell(Progress("failed", code=error.code, args=error.values))
            else:
                log.exception("a list of people could not be worked at")
                job.tell(Progress("failed", code="list_failed"))

    def _do(self, job: ListJob, apply: bool) -> None:
        listed = job.listed()
        shown = Progress("plan")

        def tell(doing: str, done: int, of: int) -> None:
            shown.doing, shown.percent = doing, round(100.0 * done / max(1, of), 1)
            job.tell(shown)

        now, decisions = self._clock(), job.decisions()
        if apply:
            with self._db.write() as session:
                viewer = self._viewer(session, job, now)
                planned, places = bringing_in.bring(session, viewer, listed.rows, now, decisions, tell)
        else:
            with self._db.read() as session:
                viewer = self._viewer(session, job, now)
                planned, places = bringing_in.plan_for(session, viewer, listed.rows, now, decisions, tell)
        job.report(listed, planned, places)
        counts = {outcome.value: count for outcome, count in counted(planned).items()}
        counts["wrong"] += len(listed.wrong)
        if apply:
            job.forget_rows()
        job.tell(
            Progress(
                "done" if apply else "planned",
                100.0,
                counts=counts,
                warnings=[one.to_json() for one in listed.remarks],
                not_kept=list(listed.ignored),
            )
        )

    def _viewer(self, session: Session, job: ListJob, now: datetime) -> Viewer:
        """Return whose list it is with the rights of this moment; raises Forbidden when they have ended."""
        person = queries.person(session, job.about["person_id"])
        viewer = queries.viewer_of(session, person, local_day(now))
        if not person.active or not viewer.has(Role.SECRETARY):
            raise Forbidden
        return viewer


def _is_of(folder: Path, person_id: str) -> bool:
    """Tell whether a list is a person's; one that is not complete yet, or gone again, is nobody's."""
    try:
        return folder.is_dir() and ListJob(folder).about["person_id"] == person_id
    except (OSError, ValueError, KeyError):
        return False


def _row(one: Planned, places: Places) -> dict[str, Any]:
    """Return what becomes of a row, as the page shows it."""
    values = one.values
    return {
        "line": one.row.line,
        "name": values.name if values else one.row.name[:80],
        "account": one.username or one.row.account[:80],
        "branch": places.path_of(values.place.id) if values else one.row.branch[:80],
        "changes": [
            [c.what, *(places.name_of(v) if v and c.what in _NODES else v for v in (c.before, c.after))]
            for c in one.changes
        ],
        "day": one.day.isoformat() if one.day else "",
        "state": str(values.state) if values and values.state else "",
        "since": values.since.isoformat() if values and values.since else "",
        "decided": one.decided.value if one.decided else "",
        "person_id": one.person_id,
        "candidates": [
            {
                "id": known.id,
                "name": known.name,
                "account": known.username,
                "branch": places.path_of(known.home.node_id) if known.home else "",
                "state": str(known.home.state) if known.home and known.home.state else "",
                "since": known.home.since.isoformat() if known.home else "",
            }
            for known in one.candidates
        ],
        "code": one.reason.code if one.reason else "",
        "args": one.reason.values if one.reason else {},
    }


_NODES = ("home", "transfer", "guest")
