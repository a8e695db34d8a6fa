"""Build the whole index anew beside the one in use, check it, and swap. Search goes on meanwhile."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import Any

from search.disk import generations
from search.disk.locks import if_free
from search.document import Document
from search.engines import WHOOSH, Engine, Store
from search.engines.gc_pause import gc_paused
from search.errors import IndexBusy, IndexDamaged, SearchError

# Documents a commit: each makes a segment (few are faster to search) and is held in memory until then.
BATCH = 1_000


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """``generation``: the folder now in use; ``unreadable``: ids of documents that could not be indexed."""

    generation: str
    documents: int
    unreadable: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Changes:
    """What happened after a mark: the lessons to replace, their documents, and the mark up to here."""

    documents: Sequence[Document]
    lessons: Sequence[str]
    mark: int


def rebuild(
    folder: Path,
    documents: Iterable[Document],
    mark: int,
    on_progress: Callable[[int], None] | None = None,
    *,
    batch: int = BATCH,
    engine: Engine = WHOOSH,
    changes: Callable[[int], Changes | None] = lambda mark: None,
    alone: Callable[[], AbstractContextManager[object]] = nullcontext,
) -> Rebuilt:
    """Index all documents into a new generation and make it current.

    ``on_progress`` gets the count so far after every ``batch`` documents.

    Needs nothing of what is in ``folder``, so it also mends a damaged index or one of another schema, and
    changes from one ``engine`` to another.
    ``mark`` must be read BEFORE ``documents`` starts reading the database. Others may go on writing to the
    generation in use: ``changes(mark)`` says what they wrote after a mark (None: nothing), which the new one
    gets too; the last of it inside ``alone()``, where nobody else may write, so that after the swap nothing
    is found that was gone before. Without ``changes`` the caller replays them from ``mark`` afterwards.
    Of two documents with one id the first is kept; the other counts as unreadable. Raises IndexBusy when
    another rebuild runs, SearchError when the counts do not add up, and what ``alone`` raises; then, as after
    a crash, the old generation stays in use.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with _only_one(folder):
        _remove_unfinished(folder)
        fresh = generations.start(folder)
        try:
            store = engine.create(fresh)
            built = _build(engine, store, fresh, documents, mark, on_progress or (lambda _: None), batch)
            _check(engine, fresh, built.documents, mark)
            mark = _follow(engine, store, changes, mark)
            with alone():
                mark = _follow(engine, store, changes, mark)
                found = _check(engine, fresh, None, mark)
                with generations.creation_lock(folder):
                    previous = _in_use(folder) or _newest_but(fresh.name, folder)
                    generations.switch_to(folder, fresh.name)
                    generations.remove_old(folder, in_use=fresh.name, previous=previous)
        except BaseException:
            if _in_use(folder) != fresh.name:
                shutil.rmtree(fresh, ignore_errors=True)
            raise
        return replace(built, documents=found)


def _follow(engine: Engine, store: Store, changes: Callable[[int], Changes | None], mark: int) -> int:
    """Write what changed after a mark; returns the mark that was reached."""
    while (some := changes(mark)) is not None:
        store.write(map(engine.entry_of, some.documents), some.lessons, some.mark)
        mark = some.mark
    return mark


@contextmanager
def _only_one(folder: Path) -> Iterator[None]:
    with if_free(folder / "rebuild.lock") as is_mine:
        if not is_mine:
            raise IndexBusy(f"{folder} is being rebuilt already")
        yield


def _in_use(folder: Path) -> str | None:
    """The generation in use, or None when the pointer is broken: then there is no telling which is good."""
    try:
        return generations.current(folder)
    except IndexDamaged:
        return None


def _newest_but(fresh: str, folder: Path) -> str | None:
    others = [name for name in generations.names(folder) if name != fresh]
    return others[-1] if others else None


def _remove_unfinished(folder: Path) -> None:
    """What a rebuild that was killed has left: generations newer than the one in use."""
    in_use = _in_use(folder)
    if in_use is None:
        return
    existing = generations.names(folder)
    for name in existing[existing.index(in_use) + 1 :]:
        shutil.rmtree(folder / name, ignore_errors=True)


def _build(
    engine: Engine,
    store: Store,
    fresh: Path,
    documents: Iterable[Document],
    mark: int,
    on_progress: Callable[[int], None],
    batch: int,
) -> Rebuilt:
    unreadable: list[str] = []
    entries = _readable(engine, documents, unreadable)
    count = 0
    while True:
        with gc_paused():
            some = list(islice(entries, batch))
        if not some:
            break
        count += store.write(some, [], mark=0)
        on_progress(count)
    # The mark comes last: a generation without it has not been finished.
    store.write([], [], mark)
    return Rebuilt(fresh.name, count, tuple(unreadable))


def _readable(engine: Engine, documents: Iterable[Document], unreadable: list[str]) -> Iterator[Any]:
    """The entries of the documents; those that cannot be turned into one are listed and stop nothing."""
    seen: set[str] = set()
    for document in documents:
        try:
            entry = engine.entry_of(document)
        except (TypeError, ValueError, AttributeError):
            unreadable.append(document.id)
            continue
        if document.id in seen:
            unreadable.append(document.id)
            continue
        seen.add(document.id)
        yield entry


def _check(engine: Engine, fresh: Path, expected: int | None, mark: int) -> int:
    """Open the new generation as a reader will and count its documents. Raises SearchError."""
    found, found_mark = engine.inspect(fresh)
    if found_mark != mark or (expected is not None and found != expected):
        raise SearchError(f"{fresh} holds {found} documents instead of {expected}, or lacks its mark")
    return found
