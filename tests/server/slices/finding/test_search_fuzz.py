"""Whatever is typed into a search: the page, the API and the suggestions answer, and show nothing hidden."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import quote

import httpx
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from library.catalog.permits import Audience, LessonState
from search import COUNTED
from server.web.limits.sizes import LINE, QUERY_BYTES, WORD
from tests.server.conftest import Shelf
from tests.support import factories as make
from tests.support.client import PLAIN
from tests.support.examples import examples
from tests.support.server import in_thread, new_data

pytestmark = [pytest.mark.slow, pytest.mark.dear(14)]

MOST_CHARACTERS = 300
SECRET = "塞罕坝造林人"

PIECES = st.sampled_from(
    [
        *('"', "“", "”", "「", "」", "『", "-", "－", ":", "：", "(", ")", "*", "?", "~", "^", "[", "TO"),
        *("AND", "OR", "NOT", "\\", "/", "%", "_", "+", "{", "}", "|", "&", "=", "<b>", "' OR 1=1", "\0"),
        *("lecturer:", "topic:", "讲师：", "year:", "year:2021", "branch:", "kind:", "scope:everyone"),
        *("keys:", "lesson\0", "names:", "-lecturer:", "党史", "红船", "精神", "20大", "dsxx", "dang shi"),
        *("\ud800", "\udfff", "\u200b", "\u200d", "\u2060", "\ufeff", "\u202e", "\u0301", "👍🏽", "İ", "ﬁ"),
        *("㎏", "\ufdfa", " ", "\n", "\t", "\x1b", "一", "〇", "1", "9" * 50, "'", "ü", "🇨🇳", "ß", "𠮷"),
    ]
)
TYPED = st.one_of(
    st.text(max_size=MOST_CHARACTERS),
    st.text(st.characters(), max_size=60),
    st.lists(PIECES, max_size=40).map("".join),
    # One thing again and again, up to what a query may hold and beyond.
    st.tuples(PIECES, st.integers(1, 400)).map(lambda one: one[0] * one[1]),
)
FUZZ = settings(
    max_examples=examples(120),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


def encoded(text: str) -> str:
    """As an address carries it; surrogates become bytes that are no UTF-8."""
    return quote(text.encode("utf-8", "surrogatepass"), safe="")


def characters(text: str) -> int:
    """How many characters arrive: each byte that is no UTF-8 as one."""
    return len(text.encode("utf-8", "surrogatepass").decode("utf-8", "replace"))


@pytest.fixture(scope="module", params=["whoosh", "tantivy"])
def http(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    """A server on each engine, with something to find and something that may not be found."""
    data = new_data(tmp_path_factory.mktemp("fuzz") / "data")
    with in_thread(data, search=request.param) as served:
        with served.ports.db.write() as session:
            said = ["党史学习，红船精神。", "a b 一 1 9 <b> 👍🏽", "党的二十大 20大 kg"]
            make.lesson(session, "党史学习", lecturer="王芳", topics=["党史"], spoken=said, clips=1)
            for state, audience in (
                (LessonState.DRAFT, Audience.EVERYONE),
                (LessonState.PUBLISHED, Audience.SIGNED_IN),
            ):
                make.lesson(
                    session, SECRET, topics=["党史"], spoken=said, clips=1, state=state, audience=audience
                )
        Shelf(served).index()
        with httpx.Client(base_url=served.base_url, timeout=60, verify=PLAIN) as client:
            yield client


def answered(http: httpx.Client, address: str, *also: int) -> None:
    """Ask, and see that there is an answer that does not tell the secret."""
    answer = http.get(address)
    takes = (200, *also) if len(address.partition("?")[2]) <= QUERY_BYTES else (414,)
    assert answer.status_code in takes, (address, answer.status_code, answer.text[:300])
    assert SECRET not in answer.text


@FUZZ
@given(typed=TYPED)
@example(typed='"' * MOST_CHARACTERS)
@example(typed="「" * MOST_CHARACTERS)
@example(typed="-" * MOST_CHARACTERS)
@example(typed=":" * MOST_CHARACTERS)
@example(typed="\ud800" * MOST_CHARACTERS)
@example(typed="\ufdfa" * MOST_CHARACTERS)
@example(typed="\u200b" * MOST_CHARACTERS)
@example(typed="dx " * 100)
@example(typed="党史" + "\u200b" * 20 + "学习")
@example(typed="党" * 6000)
def test_anything_may_be_searched_for(http: httpx.Client, typed: str) -> None:
    q = encoded(typed)
    also = [422] if characters(typed) > LINE else []
    for sort in ("", "date", "views"):
        answered(http, f"/search?q={q}&sort={sort}", *also)
    answered(http, f"/api/v1/search?q={q}", *also)
    # Suggestions are asked for while typing: what is longer than anything suggested is refused.
    answered(http, f"/api/v1/suggest?q={q}", 422)


@FUZZ
@given(typed=TYPED, name=st.sampled_from([*COUNTED, "sort"]))
@example(typed="\ud800" * 67, name="topic")
def test_anything_may_be_chosen_as_a_filter(http: httpx.Client, typed: str, name: str) -> None:
    also = [422] if characters(typed) > WORD else []
    for path in ("/search", "/api/v1/search"):
        answered(http, f"{path}?q={encoded('党史')}&{name}={encoded(typed)}", *also)


@FUZZ
@given(page=st.one_of(st.integers(-(10**30), 10**30), st.integers(-3, 3)))
def test_any_page_may_be_asked_for(http: httpx.Client, page: int) -> None:
    answered(http, f"/search?q={encoded('党史')}&page={page}")
    answered(http, f"/api/v1/search?q={encoded('党史')}&offset={page}", 422)
