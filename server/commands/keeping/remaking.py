"""weike remake: clips whose files are gone or damaged are made again from the original."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Annotated, Any

import typer

from library.catalog import queries as catalog
from library.catalog.tables import Clip, Lesson
from library.core.errors import Conflict, NotFound, WeikeError
from library.intake import queries
from library.intake.files import remaking
from library.intake.files.remaking import Lost, LostKind
from library.intake.rules import RecordingState
from server.commands.console import Console, console_of
from server.commands.failures import BAD_INPUT, FAILED, Failure
from server.commands.lessons.waiting import Ended, follow, own_worker, step_word
from server.commands.options import Json
from server.web.language.i18n import N_
from server.wiring import Ports

_ALL_S = 24 * 3600.0


@dataclass
class _Order:
    """What is to be made again of one lesson."""

    lesson_id: str
    title: str
    clip_ids: set[str] = field(default_factory=set)
    storyboard: bool = False
    recording_id: str = ""
    failed: WeikeError | None = None


def remake(
    context: typer.Context,
    what: Annotated[
        list[str] | None, typer.Argument(help=N_("短视频或课程的编号。"), show_default=False)
    ] = None,
    lost: Annotated[bool, typer.Option("--lost", help=N_("处理所有丢失或损坏的。"))] = False,
    every: Annotated[bool, typer.Option("--all", help=N_("写的是课程时，完好的短视频也重新制作。"))] = False,
    wait: Annotated[bool, typer.Option("--wait", help=N_("等到重新制作完成。"))] = False,
    as_json: Json = False,
) -> None:
    """Make clips again."""
    console = console_of(context)
    console.log(quiet=True)
    if bool(what) == lost:
        raise Failure(N_("请写短视频或课程的编号，或者用 --lost。"), BAD_INPUT)
    with console.ports(must_exist=True, all_now=True) as ports:
        orders = _of_lost(ports, None) if lost else _of_names(ports, what or (), every=every)
        for order in orders:
            _begin(ports, order)
        begun = [order for order in orders if order.failed is None]
        ended = _wait(console, ports, begun) if wait else {}
    failed = [one for one in orders if one.failed or ended.get(one.recording_id, _READY) is not _READY]
    value = {
        "remade": [
            {
                "lesson": one.lesson_id,
                "title": one.title,
                "clips": sorted(one.clip_ids),
                "storyboard": one.storyboard,
                **_state(ended, one),
            }
            for one in begun
        ],
        "failed": [
            {
                "lesson": one.lesson_id,
                "title": one.title,
                "reason": one.failed.code,
                "message": console.explain(one.failed),
            }
            for one in orders
            if one.failed is not None
        ],
    }
    console.result(value, as_json, _lines(console, orders, waited=wait))
    if failed:
        raise typer.Exit(FAILED)


_READY = RecordingState.READY


def _of_names(ports: Ports, names: Sequence[str], *, every: bool) -> list[_Order]:
    """Return what some ids of clips and lessons ask for; raises Failure for one that is neither."""
    orders: dict[str, _Order] = {}
    for name in names:
        with ports.db.read() as session:
            clip, lesson = session.get(Clip, name), session.get(Lesson, name)
            if clip is not None and clip.n is not None:
                its = clip.lesson
                orders.setdefault(its.id, _Order(its.id, its.title)).clip_ids.add(clip.id)
                continue
            if lesson is None:
                raise Failure(N_("没有编号为 %(name)s 的短视频或课程。"), BAD_INPUT, name=name)
            order = orders.setdefault(name, _Order(name, lesson.title))
            if every:
                order.clip_ids |= {one.id for one in lesson.clips}
        for found in _of_lost(ports, name):
            order.clip_ids |= found.clip_ids
            order.storyboard |= found.storyboard
            order.failed = order.failed or found.failed
    return list(orders.values())


def _of_lost(ports: Ports, lesson_id: str | None) -> list[_Order]:
    """Return what is to be made again of what is gone."""
    orders: dict[str, _Order] = {}
    for one in remaking.examine(ports.db, ports.store, _ALL_S, lesson_id).lost:
        order = orders.setdefault(one.lesson_id, _Order(one.lesson_id, one.title))
        if one.kind is LostKind.ORIGINAL:
            order.failed = _original_gone(one)
        elif one.clip_id is not None:
            order.clip_ids.add(one.clip_id)
        else:
            order.storyboard = True
    return list(orders.values())


def _original_gone(one: Lost) -> Conflict:
    return Conflict("original_gone", title=one.title, key=one.key)


def _begin(ports: Ports, order: _Order) -> None:
    """Order what is to be made again; where it cannot be, the order says why."""
    if order.failed is not None or not (order.clip_ids or order.storyboard):
        return
    try:
        with ports.db.read() as session:
            recording = queries.recording_of(session, order.lesson_id)
            original = None if recording is None else remaking.original_of(session, recording)
            found = None if original is None else (original.key, original.sha256)
        if found is None or not remaking.is_whole(ports.store, *found):
            key = found[0] if found else ""
            raise Conflict("original_gone", title=order.title, key=key)
        with ports.db.write() as session:
            recording = queries.recording_of(session, order.lesson_id)
            if recording is None:
                raise NotFound
            lesson = catalog.lesson(session, order.lesson_id)
            remaking.remake(session, lesson, recording, order.clip_ids, storyboard=order.storyboard)
            order.recording_id = recording.id
    except WeikeError as error:
        order.failed = error


def _wait(console: Console, ports: Ports, orders: Sequence[_Order]) -> dict[str, RecordingState]:
    """Return how each run ended, by recording id."""
    ended: dict[str, RecordingState] = {}

    def end(one: Ended) -> None:
        ended[one.recording_id] = one.state

    ids = [one.recording_id for one in orders if one.recording_id]
    with own_worker(ports) as worker, console.progress(console.say(N_("重新制作"))) as show:
        follow(ports.db, worker, ids, show, end, lambda work: step_word(console, work))
    return ended


def _state(ended: dict[str, RecordingState], order: _Order) -> dict[str, Any]:
    return {"state": ended[order.recording_id].value} if order.recording_id in ended else {}


def _lines(console: Console, orders: Sequence[_Order], *, waited: bool) -> Iterable[str]:
    if not orders or all(not (one.failed or one.clip_ids or one.storyboard) for one in orders):
        yield console.say(N_("没有丢失或损坏的文件，不用重新制作。"))
        return
    done = (
        N_("《%(title)s》：重新制作了 %(clips)s 个短视频。")
        if waited
        else N_("《%(title)s》：%(clips)s 个短视频排队重新制作，处理进程会做。")
    )
    for one in orders:
        if one.failed is not None:
            yield console.explain(one.failed)
        elif one.clip_ids or one.storyboard:
            yield console.say(done, title=one.title, clips=len(one.clip_ids))
