"""Slices are put together at start: what two of them bring is refused, what one brings is there."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any, ClassVar

import fastapi.routing
import httpx
import pytest
from fastapi import APIRouter, FastAPI
from starlette.responses import Response

from library.core.errors import Conflict
from library.core.permits import NOBODY, Grant, Role, Viewer
from server.app import create_app
from server.slices import SLICES
from server.slices.intake import sentences, transcript_sentences
from server.web.language.i18n import source_catalogue
from server.web.language.sentences import SENTENCES
from server.web.language.words import explain, word
from server.web.navigation import NavigationEntry, everybody, lecturers, navigation_for, staff
from server.web.parts import Context, ErrorPage
from server.web.routing.registry import SlicesClash, gather, routers_of
from server.web.slice import Slice
from tests.support.server import Served

ROOT = Path(__file__).parents[4]


@dataclass(frozen=True, slots=True, kw_only=True)
class GardenPage(Context):
    """A page that only these tests know."""

    template: ClassVar[str] = "garden/garden.html"


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherPage(Context):
    """Another page with the same template."""

    template: ClassVar[str] = "garden/garden.html"


def answers(*routes: str) -> APIRouter:
    """A router of routes, each "METHOD /path"."""
    router = APIRouter()
    for route in routes:
        method, path = route.split()
        router.add_api_route(path, lambda: Response(), methods=[method])
    return router


# ---------------------------------------------------------------- what is brought twice


GARDEN = Slice(
    name="garden",
    pages=(GardenPage,),
    sentences={"no_rain": ("没有雨。", "请等一等。")},
    told_apart={("too_long", "metres"): "hose_too_long"},
    words={"flower": {"rose": "玫瑰", "lily": "百合"}},
)


@pytest.mark.parametrize(
    ("other", "said"),
    [
        (Slice(name="garden"), "the name 'garden'"),
        (
            Slice(name="field", sentences={"no_rain": ("不下雨。", "")}),
            "no_rain.* garden .* field",
        ),
        (Slice(name="field", told_apart={("too_long", "metres"): "ditch_too_long"}), "the code .*too_long"),
        (Slice(name="field", words={"flower": {"lily": "野百合"}}), "the word .*lily"),
        (Slice(name="field", pages=(OtherPage,)), "the template 'garden/garden.html'"),
        (Slice(name="field", pages=(GardenPage,)), "the template 'garden/garden.html'"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_two_slices_bring_is_refused(other: Slice, said: str) -> None:
    gather([GARDEN])
    gather([other])
    with pytest.raises(SlicesClash, match=said):
        gather([GARDEN, other])


def test_what_everybody_shares_is_nobodys_own() -> None:
    with pytest.raises(SlicesClash, match=r"csrf.* everybody .* garden"):
        gather([Slice(name="garden", sentences={"csrf": SENTENCES["csrf"]})])
    with pytest.raises(SlicesClash, match=r"error\.html"):
        gather([Slice(name="garden", pages=(ErrorPage,))])


def test_a_page_that_one_slice_brings_twice_is_refused() -> None:
    with pytest.raises(SlicesClash, match="garden/garden"):
        gather([Slice(name="garden", pages=(GardenPage, GardenPage))])


def test_slices_may_share_a_kind_of_words() -> None:
    field = Slice(name="field", words={"flower": {"poppy": "虞美人"}})
    assert gather([GARDEN, field]).phrases.words == {
        "flower": {"rose": "玫瑰", "lily": "百合", "poppy": "虞美人"}
    }


@pytest.mark.every
@pytest.mark.slow
@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("GET /beds", "GET /beds"),
        ("GET /beds/{bed_id}", "GET /beds/{bed}"),
        ("GET /beds/{bed_id}", "GET /beds/new"),
        ("GET /{what}/new", "GET /beds/{bed_id}"),
        ("GET /beds/{n}.jpg", "GET /beds/3.jpg"),
    ],
)
def test_a_route_that_two_routers_answer_is_refused(served: Served, one: str, other: str) -> None:
    for first, second in ((one, other), (other, one)):
        garden = Slice(name="garden", routers=(answers(first),))
        field = Slice(name="field", built_routers=(lambda ports, route=second: answers(route),))
        with pytest.raises(SlicesClash, match=r"of the slice field is .* of the slice garden"):
            routers_of([garden, field], served.ports)


def test_a_route_that_one_router_has_twice_is_refused(served: Served) -> None:
    twice = Slice(name="garden", routers=(answers("GET /beds/{bed_id}", "GET /beds/{bed}"),))
    with pytest.raises(SlicesClash, match="GET /beds"):
        routers_of([twice], served.ports)


def test_routes_that_never_meet_stand_side_by_side(served: Served) -> None:
    garden = answers("GET /beds", "GET /beds/new", "GET /beds/{bed_id}", "GET /beds/{n}.jpg")
    field = answers("POST /beds", "GET /beds/", "GET /beds/{bed_id}/rose", "GET /paths/{path_id}")
    slices = [Slice(name="garden", routers=(garden,)), Slice(name="field", routers=(field,))]
    assert routers_of(slices, served.ports) == [garden, field]


def test_the_application_does_not_start_with_two_of_a_kind(served: Served) -> None:
    settings, ports = served.ports.settings, served.ports
    for again in (
        Slice(name="again", sentences={"damaged": ("坏了。", "")}),
        Slice(name="again", routers=(answers("GET /lessons/{id}"),)),
    ):
        with pytest.raises(SlicesClash, match="again"):
            create_app(settings, ports, (*SLICES, again))


# ---------------------------------------------------------------- what is there


def test_what_a_slice_says_is_said_and_nothing_else() -> None:
    catalogue = source_catalogue(gather([GARDEN]).phrases)
    assert explain("no_rain", {}, catalogue).message == "没有雨。"
    assert explain("csrf", {}, catalogue).message == SENTENCES["csrf"][0], "what everybody may meet"
    assert "damaged" in explain("damaged", {}, catalogue).message, "a code of a slice that is not there"
    assert word("flower", "rose", catalogue) == "玫瑰"
    with pytest.raises(KeyError):
        word("role", "staff", catalogue)


def test_a_code_of_two_is_told_apart_by_a_value() -> None:
    hose = Slice(name="hose", sentences={"hose_too_long": ("管子太长：%(metres)s 米。", "")})
    catalogue = source_catalogue(gather([GARDEN, hose]).phrases)
    assert explain("too_long", {"metres": 40}, catalogue).message == "管子太长：40 米。"
    assert explain("too_long", {"most": 9, "length": 40}, catalogue).message.startswith("太长了")


def entry(url: str, rank: int, shown_to: object = everybody, **more: object) -> NavigationEntry:
    """An entry of the bar, unless told otherwise."""
    facts: dict[str, object] = {"place": "main", "label": url, **more}
    return NavigationEntry(url=url, rank=rank, shown_to=shown_to, **facts)  # type: ignore[arg-type]


def test_entries_stand_by_rank_and_each_sees_their_own() -> None:
    garden = Slice(name="garden", navigation=(entry("/beds", 30), entry("/tools", 10, lecturers)))
    own = entry("/seeds", 5, staff, place="personal")
    field = Slice(name="field", navigation=(entry("/gate", 20, staff, number=lambda *_: 4), own))
    entries = gather([garden, field]).navigation

    asked: list[str] = []

    def shown(viewer: Viewer) -> tuple[list[tuple[str, int]], list[str]]:
        def number_of(its: NavigationEntry) -> int:
            asked.append(its.url)
            return 7

        links = navigation_for(viewer, entries, number_of)
        return [(link.url, link.number) for link in links.main], [link.url for link in links.personal]

    lecturer = Viewer("p1", "", (Grant(Role.LECTURER, "a", "/a/"),))
    admin = Viewer("p2", "", (Grant(Role.ADMIN, "a", "/a/"),))
    assert shown(NOBODY) == ([("/beds", 0)], [])
    assert shown(lecturer) == ([("/tools", 0), ("/beds", 0)], [])
    assert asked == [], "nothing is counted for those who do not see it"
    assert shown(admin) == ([("/tools", 0), ("/gate", 7), ("/beds", 0)], ["/seeds"])
    assert asked == ["/gate"]


def get(app: FastAPI, path: str) -> httpx.Response:
    """What the application answers a Chinese browser, asked without a server."""

    async def asked() -> httpx.Response:
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://garden") as browser:
            return await browser.get(path, headers={"accept-language": "zh-CN"})

    return asyncio.run(asked())


@pytest.mark.slow
def test_one_more_slice_is_answered_explained_and_shown(served: Served) -> None:
    router = APIRouter()

    @router.get("/api/v1/garden")
    def garden() -> None:
        raise Conflict("no_rain")

    more = Slice(
        name="garden",
        routers=(router,),
        sentences={"no_rain": ("没有雨。", "请等一等。")},
        navigation=(entry("/garden", 15, label="花园"), entry("/shed", 16, staff)),
    )
    app = create_app(served.ports.settings, served.ports, (*SLICES, more))
    answer = get(app, "/api/v1/garden")
    said = {"error": "no_rain", "message": "没有雨。", "todo": "请等一等。"}
    assert (answer.status_code, answer.json()) == (409, said)
    home = get(app, "/").text
    ways = [home.index(link) for link in ('<a href="/" ', '<a href="/garden">花园</a>', '<a href="/lessons"')]
    assert ways == sorted(ways)
    assert "/shed" not in home
    assert served.nobody().http.get("/api/v1/garden").status_code == 404


def test_the_first_request_waited_until_all_routes_were_worked_out(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By the framework, in the event loop: half a second in which nobody was answered."""
    app = create_app(served.ports.settings, served.ports)
    works_out, late = fastapi.routing.get_dependant, []

    def watched(**about: Any) -> object:
        late.append(about["path"])
        return works_out(**about)

    monkeypatch.setattr(fastapi.routing, "get_dependant", watched)
    assert get(app, "/nothing-is-called-so").status_code == 404, "every router was asked"
    assert late == []


# ---------------------------------------------------------------- the slices there are


def test_every_slice_is_in_the_list() -> None:
    folders = {path.parent.name for path in (ROOT / "server" / "slices").glob("*/__init__.py")}
    assert {its.name for its in SLICES} == folders


def test_every_table_of_the_library_is_some_slices() -> None:
    files = (path.relative_to(ROOT).with_suffix("") for path in ROOT.glob("library/**/*tables.py"))
    there = {".".join(path.parts) for path in files}
    brought: set[ModuleType] = {module for its in SLICES for module in its.tables}
    assert {module.__name__ for module in brought} == there


def test_no_sentence_of_the_intake_is_hidden_by_another_with_its_code() -> None:
    """The only slice whose sentences are two files' put together, where the later would win in silence."""
    for code, sentence in transcript_sentences.SENTENCES.items():
        assert sentences.SENTENCES[code] is sentence, code
