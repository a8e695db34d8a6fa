"""Nothing that a search shows tells of what its viewer may not see: each thing, each viewer, each engine.

A new thing that shows is one line in SHOWS (does anything of a lesson show there?) or in NUMBERS (how many
lessons does it count?). A new state of a lesson is one line in LESSONS, a new viewer one in SEES.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from html import unescape
from io import BytesIO
from typing import Any

import httpx
import pytest
from openpyxl import load_workbook

from library.catalog import actions as catalog
from library.catalog.permits import Audience, LessonState
from library.catalog.tables import Lesson
from library.core.permits import Role, Viewer
from library.organisation import actions as organisation
from search import COUNTED
from tests.server.conftest import Shelf
from tests.support import factories as make
from tests.support.client import PLAIN
from tests.support.server import Served, in_thread, new_data
from tests.support.signing import token
from tests.support.views import watch

pytestmark = pytest.mark.slow

SAID = "不忘初心"
"""What every lesson says, in between its own words."""
TOPIC, SHOWN_YEAR = "长征精神", 2030
"""A topic that every lesson has, and the year of a lesson that everybody sees."""


@dataclass(frozen=True)
class Words:
    """Names that one lesson has and no other; `typed` finds its title by sound, `wrong` by a slip."""

    title: str
    lecturer: str
    topic: str
    said: str
    typed: str
    wrong: str
    year: int


LESSONS = {
    "for everyone": Words("枫桥经验启示", "韩春雨", "基层治理", "诸暨干部", "fqjyqs", "枫桥经厌启示", 2021),
    "for members": Words("焦裕禄在兰考", "钱学理", "县委书记", "盐碱沙地", "jylzlk", "焦裕禄在篮考", 2022),
    "draft": Words("塞罕坝造林人", "郭守望", "绿色奇迹", "荒原种树", "shbzlr", "塞罕坝造淋人", 2023),
    "withdrawn": Words("红旗渠修渠记", "吴水根", "水利工程", "凿岩引水", "hqqxqj", "红棋渠修渠记", 2024),
    "deleted": Words("大别山突围战", "谢老兵", "军史故事", "千里跃进", "dbstwz", "大别山突韦战", 2025),
}

OPEN, MEMBERS = {"for everyone"}, {"for everyone", "for members"}
ALL = MEMBERS | {"draft", "withdrawn"}
STAFF = {"staff of the branch", "staff above the branch", "staff of another branch", "the administrator"}
SEES = {
    "nobody": OPEN,
    "a member of the branch": MEMBERS,
    "another lecturer of the branch": MEMBERS,
    "the lecturer whose they are": ALL,
    "staff of the branch": ALL,
    "staff above the branch": ALL,
    "staff of another branch": MEMBERS,
    "the administrator": ALL,
}


@dataclass(frozen=True)
class Made:
    """A lesson with its ids; after it was deleted they lead nowhere."""

    words: Words
    lesson: str
    clip: str
    branch: str


class Look:
    """What one viewer gets to see."""

    def __init__(self, http: httpx.Client, shown: Made) -> None:
        self.http, self.shown = http, shown

    def api(self, q: str = SAID, path: str = "/search", **more: str) -> Any:
        """What the API answers."""
        answer = self.http.get(f"/api/v1{path}", params={"q": q, **more})
        assert answer.status_code == 200, answer.text
        return answer.json()

    def hits(self, q: str = SAID, **more: str) -> list[Any]:
        """What the API finds, without the lesson that everybody sees."""
        return [hit for hit in self.api(q, limit="100", **more)["hits"] if hit["lesson"] != self.shown.lesson]

    def lessons(self, **more: str) -> list[str]:
        """The lessons among them."""
        return [hit["lesson"] for hit in self.hits(**more)]

    def page(self, q: str = SAID, **more: str) -> str:
        """The search page, as it is sent."""
        answer = self.http.get("/search", params={"q": q, **more})
        assert answer.status_code == 200
        return unescape(answer.text)

    def suggested(self, typed: str) -> set[tuple[str, str]]:
        """What is offered while typing."""
        return {(one["kind"], one["text"]) for one in self.api(typed, "/suggest")}

    def counted(self, kind: str) -> dict[str, int]:
        """The numbers beside a filter."""
        return {one["value"]: one["count"] for one in self.api()["counts"][kind]}

    def exported(self, q: str = SAID, **more: str) -> str:
        """All that a workbook says."""
        answer = self.http.get("/search/export.xlsx", params={"q": q, **more})
        assert answer.status_code == 200
        sheet = load_workbook(BytesIO(answer.content)).active
        assert sheet is not None
        return "\n".join(str(value) for row in sheet.iter_rows(values_only=True) for value in row)

    def saved(self, q: str = SAID, **more: str) -> int:
        """How many hits a search has once it is saved; on the list, too."""
        made = self.http.post("/api/v1/searches", json={"q": q, **more})
        assert made.status_code == 201, made.text
        listed = self.http.get("/api/v1/searches").json()["searches"]
        page = unescape(self.http.get("/searches").text)
        assert self.http.delete(f"/api/v1/searches/{made.json()['id']}").status_code == 204
        hits: int = made.json()["hits"]
        assert [one["hits"] for one in listed] == [hits]
        assert (f"找到 {hits} 段" if hits else "还没有一处完全符合") in page
        return hits

    def other_years(self, path: str) -> str:
        """The part of a page that offers the same topic in other years."""
        answer = self.http.get(path)
        assert answer.status_code == 200
        return answer.text.partition('class="other-years"')[2].partition("</section>")[0]


Shows = Callable[[Look, Made], bool]

SHOWS: dict[str, Shows] = {
    "a hit": lambda see, it: it.lesson in see.lessons(),
    "a hit by its own words": lambda see, it: see.api(it.words.said)["total"] > 0,
    "a hit by its title": lambda see, it: see.api(f'"{it.words.title}"')["total"] > 0,
    "a hit by its lecturer": lambda see, it: see.api(f"lecturer:{it.words.lecturer}")["total"] > 0,
    "a hit by its topic": lambda see, it: see.api(f"topic:{it.words.topic}")["total"] > 0,
    "a hit by its year": lambda see, it: see.api(f"year:{it.words.year}")["total"] > 0,
    "a hit by its branch": lambda see, it: see.api(f"branch:{it.words.topic}支部")["total"] > 0,
    "a hit of the newest": lambda see, it: it.lesson in see.lessons(sort="date"),
    "a hit of the most watched": lambda see, it: it.lesson in see.lessons(sort="views"),
    "a hit through a filter": lambda see, it: see.api(year=str(it.words.year))["total"] > 0,
    "a moment": lambda see, it: any(it.words.said in hit["quote"] for hit in see.hits()),
    "a result of the page": lambda see, it: f"/clips/{it.clip}" in see.page(),
    "a name on the page": lambda see, it: _names(it.words, see.page()),
    "a name on the page of the most watched": lambda see, it: _names(it.words, see.page(sort="views")),
    "the topic's number": lambda see, it: it.words.topic in see.counted("topic"),
    "the lecturer's number": lambda see, it: it.words.lecturer in see.counted("lecturer"),
    "the year's number": lambda see, it: str(it.words.year) in see.counted("year"),
    "the branch's number": lambda see, it: it.branch in see.counted("branch"),
    "a suggested title": lambda see, it: ("title", it.words.title) in see.suggested(it.words.title[:2]),
    "a suggested lecturer": lambda see, it: (
        ("lecturer", it.words.lecturer) in see.suggested(it.words.lecturer)
    ),
    "a suggested topic": lambda see, it: ("topic", it.words.topic) in see.suggested(it.words.topic[:2]),
    "a suggestion that others search for": lambda see, it: (
        ("query", it.words.said) in see.suggested(it.words.said[:2])
    ),
    "what others search for on the empty page": lambda see, it: it.words.said in see.page(""),
    "a suggestion by sound": lambda see, it: bool(see.suggested(it.words.typed)),
    "pinyin that is heard": lambda see, it: bool(see.api(it.words.typed)["heard"]),
    "pinyin that is heard on the page": lambda see, it: it.words.title in see.page(it.words.typed),
    "another spelling": lambda see, it: see.api(it.words.wrong)["did_you_mean"] == it.words.title,
    "another spelling on the page": lambda see, it: 'class="meant"' in see.page(it.words.wrong),
}

SHOWS_STAFF: dict[str, Shows] = {
    "a row of a workbook": lambda see, it: f"/clips/{it.clip}" in see.exported(),
    "a row of a workbook of the most watched": lambda see, it: (
        f"/clips/{it.clip}" in see.exported(sort="views")
    ),
    "a name in a workbook": lambda see, it: _names(it.words, see.exported()),
    "a quote in a workbook of its own words": lambda see, it: SAID in see.exported(it.words.said),
    "a workbook of its year": lambda see, it: it.words.title in see.exported(year=str(it.words.year)),
    "a hit of a saved search": lambda see, it: see.saved(it.words.said) > 0,
    "a hit of a saved search through a filter": lambda see, it: see.saved(lecturer=it.words.lecturer) > 0,
}
"""What only the staff have."""

SHOWS_PUBLISHED: dict[str, Shows] = {
    "a name where nothing is found": lambda see, it: _names(it.words, see.page("火星移民")),
    "other years beside a lesson": lambda see, it: (
        it.lesson in see.other_years(f"/lessons/{see.shown.lesson}")
    ),
    "other years beneath the results": lambda see, it: (
        it.lesson in see.other_years(f"/search?q={see.shown.words.said}")
    ),
    "other years in the API": lambda see, it: any(
        other["id"] == it.lesson for other in see.api(path=f"/lessons/{see.shown.lesson}")["same_topic"]
    ),
}
"""What is offered to go on with is published, whoever looks."""

NUMBERS: dict[str, Callable[[Look], int]] = {
    "the total": lambda see: see.api()["total"],
    "the total of a page that lies behind the last": lambda see: see.api(offset="50")["total"],
    "the total on the page": lambda see: int(_number(see.page(), r"找到 (\d+) 段")),
    "all hits": lambda see: len(see.api(limit="100")["hits"]),
    "all hits of the most watched": lambda see: len(see.api(limit="100", sort="views")["hits"]),
    "the number of the shared topic": lambda see: see.counted("topic")[TOPIC],
    "the number of the shared topic on the page": lambda see: int(_number(see.page(), rf"{TOPIC}（(\d+)）")),
    "the number of a suggested topic": lambda see: next(
        one["count"] for one in see.api(TOPIC, "/suggest") if one["text"] == TOPIC
    ),
    **{
        f"the numbers of {kind}": lambda see, kind=kind: sum(see.counted(kind).values())
        for kind in COUNTED
        if kind != "topic"
    },
}


def _names(words: Words, page: str) -> bool:
    return any(name in page for name in (words.title, words.lecturer, words.topic, words.said))


def _number(page: str, pattern: str) -> str:
    found = re.search(pattern, page)
    # A filter that would change nothing is left out: then all that is found has the value.
    return found[1] if found else _number(page, r"找到 (\d+) 段")


# ---------------------------------------------------------------------- the library


@dataclass(frozen=True)
class Library:
    """A server with a lesson in each state, and what each viewer sends to be known by."""

    served: Served
    lessons: dict[str, Made]
    shown: Made
    tokens: dict[str, str]


@pytest.fixture(scope="module", params=["whoosh", "tantivy"])
def library(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    """One for each engine; everything has been in the index, also what is withdrawn or deleted now."""
    data = new_data(tmp_path_factory.mktemp("permissions") / "data")
    with in_thread(data, search=request.param) as served:
        viewers, tokens, node_id = _people(served)
        lessons = {state: _lesson(served, state, words, node_id, viewers) for state, words in LESSONS.items()}
        words = Words("人人看得到的课", "何老师", "众所周知", "四渡赤水", "", "", SHOWN_YEAR)
        shown = _lesson(served, "for everyone", words, node_id, viewers)
        Shelf(served).index()
        _asked(served)
        _part(served, lessons)
        Shelf(served).index()
        yield Library(served, lessons, shown, tokens)


def _people(served: Served) -> tuple[dict[str, Viewer], dict[str, str], str]:
    now = served.ports.clock()
    with served.ports.db.write() as session:
        root = make.root(session)
        county = organisation.add_named(session, root, "安吉县委", now)
        branch = organisation.add_named(session, county, "余村总支", now)
        other = organisation.add_named(session, county, "白云总支", now)
        viewers = {
            "a member of the branch": make.person(session, (Role.MEMBER, branch)),
            "another lecturer of the branch": make.person(session, (Role.LECTURER, branch)),
            "the lecturer whose they are": make.person(session, (Role.LECTURER, branch)),
            "staff of the branch": make.person(session, (Role.STAFF, branch)),
            "staff above the branch": make.person(session, (Role.STAFF, county)),
            "staff of another branch": make.person(
                session, (Role.STAFF, other), (Role.LECTURER, branch), (Role.MEMBER, root)
            ),
            "the administrator": make.person(session, (Role.ADMIN, root)),
        }
        tokens = {
            name: token(session, str(viewer.person_id), "程序", now)[1] for name, viewer in viewers.items()
        }
        return viewers, tokens, branch.id


def _lesson(served: Served, state: str, words: Words, node_id: str, viewers: dict[str, Viewer]) -> Made:
    """A lesson that is published, unless it is a draft; each in a branch of its own."""
    now = served.ports.clock()
    with served.ports.db.write() as session:
        branch = organisation.add_named(
            session, session.get_one(make.Node, node_id), f"{words.topic}支部", now
        )
        made = make.lesson(
            session,
            words.title,
            owner=viewers["the lecturer whose they are"],
            branch=branch,
            lecturer=words.lecturer,
            topics=[words.topic, TOPIC],
            taught_on=date(words.year, 7, 1),
            spoken=[f"{words.said}，{SAID}"],
            clips=1,
            state=LessonState.DRAFT if state == "draft" else LessonState.PUBLISHED,
            audience=Audience.SIGNED_IN if state == "for members" else Audience.EVERYONE,
        )
        if state != "draft":
            watch(session, made.clips[0], words.year % 10, now, members=True)
        return Made(words, made.id, made.clips[0].id, branch.id)


def _asked(served: Served) -> None:
    """Let enough people search for the words of every lesson."""
    for words in LESSONS.values():
        for searcher in ("p:1", "p:2", "p:3"):
            served.ports.asked.note(searcher, words.said)
    served.ports.asked.write()


def _part(served: Served, lessons: dict[str, Made]) -> None:
    """Withdraw and delete what was found until now."""
    now = served.ports.clock()
    with served.ports.db.write() as session:
        withdrawn = session.get_one(Lesson, lessons["withdrawn"].lesson)
        catalog.set_state(session, withdrawn, LessonState.WITHDRAWN, now)
        catalog.delete_lesson(session, session.get_one(Lesson, lessons["deleted"].lesson), now)


@pytest.fixture(params=SEES)
def viewer(request: pytest.FixtureRequest) -> str:
    """Each of those who may look."""
    name: str = request.param
    return name


@pytest.fixture
def look(library: Library, viewer: str) -> Iterator[Look]:
    """What the viewer gets to see."""
    token = library.tokens.get(viewer)
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    base_url = library.served.base_url
    with httpx.Client(base_url=base_url, headers=headers, timeout=60, verify=PLAIN) as http:
        yield Look(http, library.shown)


# ---------------------------------------------------------------------- what holds


@pytest.mark.spread("thing")
@pytest.mark.parametrize("thing", SHOWS)
def test_a_thing_shows_the_lessons_that_the_viewer_may_see(
    library: Library, look: Look, viewer: str, thing: str
) -> None:
    assert {state for state, it in library.lessons.items() if SHOWS[thing](look, it)} == SEES[viewer]


@pytest.mark.spread("thing")
@pytest.mark.parametrize("viewer", sorted(STAFF), indirect=True)
@pytest.mark.parametrize("thing", SHOWS_STAFF)
def test_a_thing_of_the_staff_shows_the_lessons_that_the_viewer_may_see(
    library: Library, look: Look, viewer: str, thing: str
) -> None:
    assert {state for state, it in library.lessons.items() if SHOWS_STAFF[thing](look, it)} == SEES[viewer]


@pytest.mark.parametrize("viewer", sorted(SEES.keys() - STAFF), indirect=True)
def test_nothing_of_the_staff_is_there_for_others(look: Look, viewer: str) -> None:
    for method, path in (
        ("GET", f"/search/export.xlsx?q={SAID}"),
        ("GET", "/searches"),
        ("GET", "/api/v1/searches"),
        ("POST", "/api/v1/searches"),
    ):
        answer = look.http.request(method, path, json={"q": SAID} if method == "POST" else None)
        assert answer.status_code in ((303, 401, 403) if viewer == "nobody" else (403,)), path
        assert SAID not in answer.text


@pytest.mark.spread("thing")
@pytest.mark.parametrize("thing", SHOWS_PUBLISHED)
def test_a_thing_shows_the_published_lessons_that_the_viewer_may_see(
    library: Library, look: Look, viewer: str, thing: str
) -> None:
    shown = {state for state, it in library.lessons.items() if SHOWS_PUBLISHED[thing](look, it)}
    assert shown == SEES[viewer] & MEMBERS


@pytest.mark.parametrize("viewer", sorted(STAFF), indirect=True)
def test_a_number_of_the_staff_counts_the_lessons_that_the_viewer_may_see(look: Look, viewer: str) -> None:
    number = len(SEES[viewer]) + 1
    assert look.saved() == number
    assert f"共找到 {number} 段，这里有 {number} 段" in look.exported()


@pytest.mark.spread("number")
@pytest.mark.parametrize("number", NUMBERS)
def test_a_number_counts_the_lessons_that_the_viewer_may_see(look: Look, viewer: str, number: str) -> None:
    assert NUMBERS[number](look) == len(SEES[viewer]) + 1


def test_views_order_what_the_viewer_sees_and_say_nothing_of_the_rest(
    library: Library, look: Look, viewer: str
) -> None:
    watched = {
        it.lesson: 0 if state == "draft" else it.words.year % 10 for state, it in library.lessons.items()
    }
    hits = look.hits(sort="views")
    assert [hit["views"] for hit in hits] == sorted((watched[hit["lesson"]] for hit in hits), reverse=True)
    assert {hit["lesson"] for hit in hits} == {library.lessons[state].lesson for state in SEES[viewer]}


def test_scores_and_all_else_moved_with_lessons_that_nobody_may_see(library: Library) -> None:
    """Whatever comes beside the visible ones, whoever may not see it reads the same, to the last digit."""
    served = library.served
    words = ("不忘初心", "枫桥经验", "枫桥经厌启示", "诸暨 干部", "fqjyqs", "坚持不懈")
    asked = [("/search", {"q": word, "sort": sort}) for word in words for sort in ("relevance", "views")]
    asked += [("/suggest", {"q": word[:2]}) for word in words]

    def read() -> list[Any]:
        with httpx.Client(base_url=served.base_url, timeout=60, verify=PLAIN) as http:
            return [http.get(f"/api/v1{path}", params=values).json() for path, values in asked]

    before = read()
    with served.ports.db.write() as session:
        for state in (LessonState.DRAFT, LessonState.WITHDRAWN):
            spoken = ["不忘初心，坚持不懈的枫桥经验启示" * 40] * 30
            hidden = make.lesson(session, "枫桥经验启示之二", spoken=spoken, clips=1, state=state)
            watch(session, hidden.clips[0], 9, served.ports.clock(), members=True)
    Shelf(served).index()
    assert read() == before
    assert all(hit["score"] == round(1 / n, 6) for n, hit in enumerate(before[0]["hits"], 1))
