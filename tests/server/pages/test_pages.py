"""Every page renders from its documented context, in every language, and asks nothing of another host."""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass, field, fields, replace
from datetime import UTC
from html import unescape
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jinja2 import Environment, meta, nodes
from markupsafe import Markup

from server.slices.lessons.contexts import HomePage
from server.slices.watching.contexts import ClipPage, CueLine
from server.web.files.assets import Assets, AssetsMissingError, load_assets
from server.web.language.formats import filters
from server.web.language.i18n import LANGUAGES, Catalogues
from server.web.parts import Context, Language, Pager, Progress, Reason, Step
from server.web.templating import CONTENT_SECURITY_POLICY, Renderer, marked, page_url
from tests.server.pages.conftest import ASSET_NAMES, ROOT
from tests.server.pages.each import each, grouped
from tests.server.pages.samples import card, in_language, pages
from tests.support.registry import REGISTRY

pytestmark = [pytest.mark.slow, pytest.mark.every]

SAMPLES = pages()
NOUNS = grouped(SAMPLES, lambda name: SAMPLES[name].template.partition("/")[0])
"""The names of the samples by the folder of their templates."""
PAGES = tuple(REGISTRY.pages.values())
"""Every page that the slices bring, and those of everybody."""
SHARED = {
    *("invitations/parts.html", "base.html", "parts.html", "statistics/charts.html", "weeks.html"),
    "lists.html",
    *("versions/differences.html", "declarations.html", "declaring/parts.html", "calls/parts.html"),
    "books/parts.html",
    *("grades/parts.html", "programme/parts.html"),
    *("mondays.html", "reflections/parts.html", "gatherings/parts.html"),
    *("marks/parts.html", "marks/beside.html", "questions/parts.html"),
    *("settings/rooms.html", "settings/parts.html"),
    "sharing/paste.html",
    *("screening/links.html", "screening/paper.html", "screening/states.html"),
}

OUTSIDE = "noopener noreferrer nofollow"
"""What is said of a link that people typed."""


@dataclass
class Element:
    """A tag as it stands in a page, with the tags around it."""

    tag: str
    attributes: dict[str, str]
    around: tuple[str, ...]
    inside: list[Element] = field(default_factory=list)


class Reader(HTMLParser):
    """Collects elements; which element is inside which is only followed for the tags that matter here."""

    NESTED = ("form", "label", "template", "p")

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[Element] = []
        self.open: list[Element] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(
            tag, {name: value or "" for name, value in attrs}, tuple(outer.tag for outer in self.open)
        )
        self.elements.append(element)
        for outer in self.open:
            outer.inside.append(element)
        if tag in self.NESTED:
            self.open.append(element)

    def handle_endtag(self, tag: str) -> None:
        if tag in self.NESTED:
            assert self.open, f"</{tag}> closes nothing"
            assert self.open[-1].tag == tag, f"</{tag}> inside <{self.open[-1].tag}>"
            self.open.pop()


@pytest.fixture(scope="module")
def read(renderer: Renderer) -> dict[str, Reader]:
    """All sample pages in Chinese, taken apart."""
    return {name: Reader(renderer.render(page)) for name, page in SAMPLES.items()}


# ---------------------------------------------------------------- the contract


def test_every_template_has_its_context_and_its_sample() -> None:
    folder = ROOT / "templates"
    files = {path.relative_to(folder).as_posix() for path in folder.rglob("*.html")} - SHARED
    assert files == {page.template for page in PAGES}
    assert {type(page) for page in SAMPLES.values()} == set(PAGES)
    assert _defined() == set(PAGES), "a page that no slice brings"


def _defined() -> set[type[Context]]:
    """Every page that stands in a module of the server."""
    modules = [module for name, module in sys.modules.items() if name.startswith("server.")]
    things = [thing for module in modules for thing in vars(module).values()]
    return {thing for thing in things if isinstance(thing, type) and issubclass(thing, Context)} - {Context}


def _wanted(environment: Environment, template: str) -> set[str]:
    """The names a template takes from its context: not its own, not those it imports, not the helpers."""
    tree = environment.parse((ROOT / "templates" / template).read_text(encoding="utf-8"))
    own = {"asset", "explain", "languages", "step_name", "word", "page_url", "_", "ngettext"}
    own |= {
        "looks",
        "help_at",
        "section_of",
        "rule_sentences",
        "prefix",
        "self",
        "gap",
        "asset_imports",
        "script_sentences",
    }
    for line in tree.find_all(nodes.FromImport):
        own |= {name if isinstance(name, str) else name[1] for name in line.names}
    own |= {macro.name for macro in tree.find_all(nodes.Macro)}
    own |= {line.target.name for line in tree.find_all(nodes.Assign) if isinstance(line.target, nodes.Name)}
    return meta.find_undeclared_variables(tree) - own


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.__name__)
def test_every_field_is_used_and_every_name_is_a_field(page: type[Context], catalogues: Catalogues) -> None:
    environment = Environment(extensions=["jinja2.ext.i18n"], autoescape=True)
    environment.filters.update({**filters(catalogues.of("en"), UTC), "marked": marked})
    wanted = _wanted(environment, page.template)
    names = {each.name for each in fields(page)}
    assert wanted <= names, "names that no context gives"
    # The filters of lists live in parts.html and read the page's own choices.
    choices = {"topics", "lecturers", "years", "genres", "topic", "lecturer", "year", "genre"}
    shared = choices if "filters" in (ROOT / "templates" / page.template).read_text() else set()
    assert names - wanted - shared <= {"frame"}, "fields that nobody shows"
    assert page.__doc__, "the author of the route reads this"
    assert len(page.__doc__) > 20, "the author of the route reads this"


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("noun", NOUNS)
def test_every_page_renders(renderer: Renderer, noun: str, language: Language) -> None:
    def look(name: str) -> None:
        html = renderer.render(in_language(SAMPLES[name], language))
        assert html.startswith("<!doctype html>")
        assert f'<html lang="{language}">' in html
        title = re.search(r"<title>(.*?)</title>", html)
        assert title is not None
        assert not title.group(1).startswith(" ·"), "a page has a name of its own"

    each(NOUNS[noun], look)


# ---------------------------------------------------------------- safe


@pytest.mark.parametrize("noun", NOUNS)
def test_pages_load_nothing_from_elsewhere_and_run_nothing_inline(read: dict[str, Reader], noun: str) -> None:
    each(NOUNS[noun], lambda name: _loads_nothing_from_elsewhere(read[name]))


def _loads_nothing_from_elsewhere(page: Reader) -> None:
    for element in page.elements:
        for attribute, value in element.attributes.items():
            assert not attribute.startswith("on"), f"inline script: {attribute}"
            assert attribute != "style", "inline style"
            if attribute == "href" and element.attributes.get("rel") == OUTSIDE:
                # What people put on a reading list leads elsewhere, in a page of its own, and loads nothing.
                assert element.tag == "a"
                assert element.attributes["target"] == "_blank"
                assert re.match(r"https?://\w", value), value
            elif attribute in ("src", "href", "action", "poster", "data-events", "data-openapi"):
                # A site's place is followed to a map: nothing is loaded from there.
                leads_to_a_map = element.tag == "a" and value.startswith("geo:")
                # A text to paste brings its pictures along.
                is_inside = element.tag == "img" and value.startswith(("data:image/png;", "data:image/jpeg;"))
                assert leads_to_a_map or is_inside or re.match(r"(/(?!/)|#|\?|$)", value), (
                    f"{element.tag} {attribute}={value}"
                )
        if element.tag == "script" and "src" not in element.attributes:
            assert element.attributes["type"] == "application/json"
        assert element.tag != "style"


def test_sources_name_no_other_host() -> None:
    """Scripts and styles of ours; a name space is not an address that anybody loads."""
    for path in [*(ROOT / "frontend" / "src").rglob("*.*"), *(ROOT / "templates").rglob("*.html")]:
        text = path.read_text(encoding="utf-8").replace("http://www.w3.org/2000/svg", "")
        assert not re.search(r"(https?:|wss?:|[\"'(])//\w", text), path.name
        assert "@import" not in text, path.name


def test_the_policy_allows_no_inline_script_and_no_other_host() -> None:
    assert "unsafe" not in CONTENT_SECURITY_POLICY
    assert "*" not in CONTENT_SECURITY_POLICY
    assert "http" not in CONTENT_SECURITY_POLICY


@pytest.mark.parametrize("noun", NOUNS)
def test_every_form_that_changes_something_carries_the_token(read: dict[str, Reader], noun: str) -> None:
    each(NOUNS[noun], lambda name: _carries_the_token(read[name]))


def _carries_the_token(page: Reader) -> None:
    for form in (element for element in page.elements if element.tag == "form"):
        tokens = [
            inner
            for inner in form.inside
            if inner.attributes.get("name") == "csrf" and inner.attributes.get("value") == "csrf-token"
        ]
        posts = form.attributes.get("method") == "post"
        sent_by_script = "data-part" in form.attributes and "action" not in form.attributes
        assert sent_by_script or len(tokens) == (1 if posts else 0), form.attributes


def test_what_people_write_is_text(renderer: Renderer) -> None:
    evil = "\"><script>alert(1)</script>'{{ 7*7 }}"
    lesson = card(0, title=evil, lecturer=evil, topics=(evil,))
    page = SAMPLES["clip"]
    assert isinstance(page, ClipPage)
    cues = (CueLine(start_s=0, end_s=1, text=evil + "</script>"),)
    html = renderer.render(replace(page, lesson=lesson, cues=cues, frame=replace(page.frame, query=evil)))
    assert "<script>alert" not in html
    assert "49" not in html.replace("149", "")
    home = SAMPLES["home"]
    assert isinstance(home, HomePage)
    assert "<script>alert" not in renderer.render(replace(home, newest=(lesson,)))


@given(st.text(max_size=30), st.lists(st.tuples(st.integers(-3, 40), st.integers(-3, 40)), max_size=5))
def test_marking_changes_no_word(quote: str, marks: list[tuple[int, int]]) -> None:
    html = marked(quote, marks)
    assert isinstance(html, Markup)
    assert unescape(html.replace("<mark>", "").replace("</mark>", "")) == quote
    assert html.count("<mark>") == html.count("</mark>") <= len(marks)


def test_marks_stand_where_they_were_found() -> None:
    assert marked("我们的<绿水>青山", [(3, 9)]) == "我们的<mark>&lt;绿水&gt;青山</mark>"
    assert marked("甲乙丙丁", [(1, 3), (2, 4), (0, 1)]) == "<mark>甲</mark><mark>乙丙</mark><mark>丁</mark>"


# ---------------------------------------------------------------- usable


@pytest.mark.parametrize("noun", NOUNS)
def test_every_field_has_a_name_and_every_page_one_heading(read: dict[str, Reader], noun: str) -> None:
    each(NOUNS[noun], lambda name: _has_names_and_one_heading(read[name]))


def _has_names_and_one_heading(page: Reader) -> None:
    elements = page.elements
    labelled = {element.attributes["for"] for element in elements if "for" in element.attributes}
    for element in elements:
        if element.tag not in ("input", "select", "textarea") or element.attributes.get("type") == "hidden":
            continue
        named = "label" in element.around or "aria-label" in element.attributes
        assert named or element.attributes.get("id") in labelled, element.attributes
    assert [element.tag for element in elements].count("h1") == 1
    ids = [element.attributes["id"] for element in elements if "id" in element.attributes]
    assert len(ids) == len(set(ids)), "an id names one thing"


def test_progress_events_say_it_in_words(renderer: Renderer) -> None:
    step = Step(
        id="clip-3", kind="clip", n=3, state="failed", percent=12.345, reason=Reason(code="disk_full")
    )
    event = renderer.progress_event(Progress(state="working", percent=46.21, steps=(step,)), "en")
    assert event["state_name"] == "Being processed"
    (line,) = event["steps"]  # type: ignore[misc]
    assert line["name"] == "Make clip 3"
    assert line["percent"] == 12.3
    assert line["reason"].startswith("The server's disk is full")
    assert {"id", "n", "state", "eta_s", "retry", "clip_url"} <= set(line)


def test_other_pages_of_a_list_keep_its_filters() -> None:
    assert page_url(Pager(page=1, pages=3, total=9, url="/lessons"), 2) == "/lessons?page=2"
    assert page_url(Pager(page=1, pages=3, total=9, url="/search?q=x"), 2) == "/search?q=x&page=2"


# ---------------------------------------------------------------- assets


def test_assets_are_found_by_the_manifest(tmp_path: Path) -> None:
    (tmp_path / "manifest.json").write_text('{"style.css": "style-ABC.css"}')
    assert load_assets(tmp_path).url("style.css") == "/static/style-ABC.css"
    with pytest.raises(AssetsMissingError, match=r"nothing\.js"):
        load_assets(tmp_path).url("nothing.js")
    (tmp_path / "manifest.json").write_text("{")
    with pytest.raises(AssetsMissingError, match=r"run\.py setup"):
        load_assets(tmp_path)


def test_templates_ask_for_assets_that_are_built() -> None:
    asked = {
        name
        for path in (ROOT / "templates").rglob("*.html")
        for name in re.findall(r"asset\('([^']+)'\)", path.read_text(encoding="utf-8"))
    }
    assert asked == set(ASSET_NAMES)
    assert Assets(files={"a": "b"}, prefix="/x/").url("a") == "/x/b"
