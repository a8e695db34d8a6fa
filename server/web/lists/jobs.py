"""A list on its way: kept in a folder of its own from the upload until it is brought in.

The list, what was decided of doubtful rows, how far it is and what becomes of each row are files there, so
that every process of this machine can tell of it, and nothing of it is in the database before a person says
so. What names people in it goes when the list has been brought in, and the folder after a day
(server/background/keeping/list_keeping.py). What a kind of list is (of people, of organisations) says its
slice, by a `ListJobs` of its own.

One list of all is worked at a time on this machine, and one of each person: reading a workbook takes memory
and the processor that pages need too.
"""

from __future__ import annotations

import fcntl
import json
import shutil
import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any, ClassVar

import structlog

from library.core.clock import Clock
from library.core.database import Database
from library.core.errors import Conflict, NotFound, WeikeError
from library.core.ids import new_id
from transcode.remarks import Remark

log = structlog.get_logger()

MOST_OPEN = 5
"""Lists of one person that are under way; an older one makes room."""
ROWS_A_PAGE = 50
_LOOK_S = 1.0
_SIGN_S, _SILENT_S = 5.0, 60
"""Without a sign of life for so long, whoever worked at it has died."""
_FIRST_KIND = "people"
"""The kind of a list of which nothing is said: once there was one only."""

Tell = Callable[[str, int, int], None]
"""Told what is done (read, plan, write), how many rows of it, and of how many."""


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


@dataclass(frozen=True)
class Worked:
    """What became, or would become, of a list: its rows by their outcomes, each as the page shows it and with
    its `line`; what was refused, guessed or repaired in reading it; headings of what is not kept."""

    rows: Mapping[str, Sequence[Mapping[str, Any]]]
    remarks: Sequence[Remark]
    ignored: Sequence[str]


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

    @contextmanager
    def held(self) -> Iterator[None]:
        """Keep others of this machine from beginning to work at it."""
        with (self._folder / ".held").open("w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield

    def is_begun(self) -> bool:
        """Whether anybody has worked at it."""
        return (self._folder / "progress.json").exists()

    def tell(self, progress: Progress) -> None:
        """Write down how far it is; readers see the old or the new, never half of it."""
        progress.at = time.time()
        self._write("progress.json", json.dumps(asdict(progress), ensure_ascii=False, default=str))

    def decisions(self) -> dict[int, tuple[str, str]]:
        """Return what was decided of doubtful rows, by their lines: a choice, and whom or what it names."""
        file = self._folder / "decisions.json"
        if not file.exists():
            return {}
        said = json.loads(file.read_text("utf-8"))
        return {int(line): (choice, named) for line, (choice, named) in said.items()}

    def decide(self, decided: Mapping[int, tuple[str, str]]) -> None:
        """Keep what was decided, beside what was decided before."""
        self._write("decisions.json", json.dumps({**self.decisions(), **decided}))

    def rows(self, outcome: str, page: int) -> list[dict[str, Any]]:
        """Return a page of the rows of which becomes `outcome`."""
        file = self._folder / f"{outcome}.jsonl"
        if not file.exists():
            return []
        with file.open(encoding="utf-8") as lines:
            return [json.loads(one) for one in islice(lines, (page - 1) * ROWS_A_PAGE, page * ROWS_A_PAGE)]

    def answer(self, read: Callable[[bytes, str], bytes]) -> bytes:
        """Return what the list says, read in a process of its own (`read`), and once."""
        kept = self._folder / "read"
        if not kept.exists():
            answer = read((self._folder / "list").read_bytes(), self.about["file_name"])
            partial = self._folder / "read.partial"
            partial.write_bytes(answer)
            partial.replace(kept)
        return kept.read_bytes()

    def report(self, rows: Mapping[str, Sequence[Mapping[str, Any]]]) -> None:
        """Write down what becomes of every row, in the order of the list."""
        for outcome, some in rows.items():
            ordered = sorted(some, key=lambda row: row["line"])
            text = "".join(json.dumps(row, ensure_ascii=False, default=str) + "\n" for row in ordered)
            self._write(f"{outcome}.jsonl", text)

    def forget_rows(self) -> None:
        """Leave only how it went: the list and the names in it are needed no more."""
        for file in self._folder.iterdir():
            if file.name not in (".held", "about.json", "progress.json", "wrong.jsonl", "doubtful.jsonl"):
                file.unlink(missing_ok=True)

    def _write(self, name: str, text: str) -> None:
        beside = self._folder / f"{name}.{new_id()}.partial"  # one of its own: two may write at once
        beside.write_text(text, "utf-8")
        beside.replace(self._folder / name)


class ListJobs(ABC):
    """All lists of a kind that are under way on this machine."""

    kind: ClassVar[str]

    def __init__(self, folder: Path, db: Database, clock: Clock) -> None:
        self._folder, self._db, self._clock = folder, db, clock

    @abstractmethod
    def _read(self, data: bytes, file_name: str) -> bytes:
        """Return what a list of this kind says, read in a process of its own; raises Invalid."""

    @abstractmethod
    def _done(self, job: ListJob, answer: bytes, apply: bool, tell: Tell) -> Worked:
        """Plan a list by what it says, or bring it in, with the rights of this moment; raises Invalid,
        Forbidden, Conflict."""

    def begin(self, person_id: str, file_name: str, data: bytes, **about: str) -> ListJob:
        """Keep a list, with what else is to be known `about` it, and begin to look what would become of it.

        Raises Conflict("list_at_work") while another list of this person is worked at.
        """
        self._folder.mkdir(parents=True, exist_ok=True)
        self._make_room(person_id)
        folder = self._folder / new_id()
        folder.mkdir()
        (folder / "list").write_bytes(data)
        said = {**about, "person_id": person_id, "file_name": file_name[-120:], "kind": self.kind}
        (folder / "about.json").write_text(json.dumps(said, ensure_ascii=False), "utf-8")
        job = ListJob(folder)
        job.tell(Progress("read"))
        self._start(job, apply=False)
        return job

    def job(self, person_id: str, job_id: str) -> ListJob:
        """Return a list of this kind that this person has brought; raises NotFound."""
        folder = self._folder / job_id
        if not job_id.isalnum() or not (folder / "about.json").exists():
            raise NotFound
        job = ListJob(folder)
        about = job.about
        if about["person_id"] != person_id or about.get("kind", _FIRST_KIND) != self.kind:
            raise NotFound
        return job

    def decide(self, job: ListJob, decided: Mapping[int, tuple[str, str]]) -> None:
        """Keep what was decided of doubtful rows of a planned list, and begin to look again.

        Raises Conflict: list_at_work, also for the second of two who ask in the same moment; list_over.
        """
        with job.held():
            _check_planned(job.progress())
            job.decide(decided)
            job.tell(Progress("read"))
        self._start(job, apply=False)

    def apply(self, job: ListJob) -> None:
        """Begin to bring a planned list in, beside the pages; raises as `decide`."""
        with job.held():
            _check_planned(job.progress())
            job.tell(Progress("read"))
        self._start(job, apply=True)

    def _start(self, job: ListJob, *, apply: bool) -> None:
        threading.Thread(target=self._work, args=(job, apply), name="list", daemon=True).start()

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
                log.info("a list was thrown away while it was worked at", list=job.id)
            elif isinstance(error, WeikeError):
                job.tell(Progress("failed", code=error.code, args=error.values))
            else:
                log.exception("a list could not be worked at")
                job.tell(Progress("failed", code="list_failed"))

    def _do(self, job: ListJob, apply: bool) -> None:
        shown, one_at_a_time = Progress("read"), threading.Lock()

        def sign() -> None:
            with one_at_a_time:
                job.tell(shown)

        def tell(doing: str, done: int, of: int) -> None:
            shown.doing, shown.percent = doing, round(100.0 * done / max(1, of), 1)
            sign()

        with _signs_of_life(sign):
            answer = job.answer(self._read)
            worked = self._done(job, answer, apply, tell)
        job.report(worked.rows)
        if apply:
            job.forget_rows()
        job.tell(
            Progress(
                "done" if apply else "planned",
                100.0,
                counts={outcome: len(rows) for outcome, rows in worked.rows.items()},
                warnings=[one.to_json() for one in worked.remarks],
                not_kept=list(worked.ignored),
            )
        )


def _check_planned(progress: Progress) -> None:
    if progress.is_working:
        raise Conflict("list_at_work")
    if progress.doing != "planned":  # brought in already, failed, or whoever worked at it died
        raise Conflict("list_over")


@contextmanager
def _signs_of_life(sign: Callable[[], None]) -> Iterator[None]:
    """Give one every few seconds for as long as it takes."""
    over = threading.Event()

    def tick() -> None:
        while not over.wait(_SIGN_S):
            with suppress(OSError):  # its person has thrown it away
                sign()

    ticking = threading.Thread(target=tick, name="list-alive", daemon=True)
    ticking.start()
    try:
        yield
    finally:
        over.set()
        ticking.join()


def _is_of(folder: Path, person_id: str) -> bool:
    """Tell whether a list is a person's; one that is not complete yet, or gone again, is nobody's."""
    try:
        return folder.is_dir() and ListJob(folder).about["person_id"] == person_id
    except (OSError, ValueError, KeyError):
        return False
