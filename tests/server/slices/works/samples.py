"""Series: filled with believable contents."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from library.catalog.permits import Audience, LessonState
from library.works.formats import FileFormat
from library.works.rules import HonourLevel
from server.slices.works import contexts as c
from server.web.parts import Facet, HonourLine, LessonRef, MaterialLine, Picture, Reason, RefusedForm, SiteRef
from tests.server.pages.samples import LECTURER, MEMBER, STAFF, TITLES, Sample, card, frame, pager

TEXT = "从建党到新时代，一个支部书记用十节课讲给村里的党员听。每一课不到十分钟，可以一周看一课。"


def pages() -> Iterator[Sample]:
    """Works as pages show them."""
    yield from _series()
    yield from _work()
    yield from _sites()
    yield from _about()


HONOURS = (
    HonourLine(
        id="h1",
        award="全国优秀党课",
        level=HonourLevel.NATIONAL,
        year=2025,
        body="中央组织部",
        certificate="/c",
    ),
    HonourLine(id="h2", award="全县“微党课”比赛一等奖", level=HonourLevel.COUNTY, year=2024),
)
MATERIALS = (
    MaterialLine(
        id="m1",
        name="余村二十年：讲稿和讨论题（供支部主题党日使用，可以打印）",
        format=FileFormat.PDF,
        size_bytes=2_400_000,
        url="/lessons/lesson0/files/m1",
        pages=18,
        pictures=tuple(f"/poster/{n}.jpg" for n in range(3)),
    ),
    MaterialLine(
        id="m2", name="课件", format=FileFormat.PPTX, size_bytes=18_000_000, url="/m2", words="nothing"
    ),
    MaterialLine(
        id="m4", name="村志全文", format=FileFormat.DOCX, size_bytes=9_000_000, url="/m4", words="beginning"
    ),
    MaterialLine(id="m3", name="关停矿山那天", format=FileFormat.JPEG, size_bytes=900_000, url="/m3"),
)


def _work() -> Iterator[Sample]:
    page = c.WorkPage(
        frame=frame(LECTURER, "/lessons/lesson0/works"),
        lesson=LessonRef(id="lesson0", title=TITLES[0]),
        honours=HONOURS,
        materials=MATERIALS,
        this_year=2026,
        first_year=1921,
        award_max=120,
        body_max=120,
        most_materials=20,
        material_bytes=40 * 2**20,
        certificate_bytes=10 * 2**20,
        site=SiteRef(id="t1", name="余村矿山遗址公园"),
        known_sites=("余村矿山遗址公园",),
    )
    yield "work", page
    old = replace(MATERIALS[0], id="f9", name="讲稿（第一稿）")
    yield (
        "work_waits",
        replace(
            page,
            frame=frame(STAFF, "/lessons/lesson0/works"),
            honours=(replace(HONOURS[0], waits="in"), replace(HONOURS[0], id="h9", waits="out")),
            materials=(replace(MATERIALS[0], waits="out"), replace(MATERIALS[0], id="f8", waits="in")),
            old=(old,),
            may_honour=True,
            may_forget=True,
            drafted=True,
            has_draft=True,
        ),
    )
    macros = Reason(code="material_macros", args={"field": "file"})
    yield (
        "work_refused",
        replace(
            page, materials=(), honours=(), refused=RefusedForm(form="material", typed={}, reason=macros)
        ),
    )
    typed = {"award": "优秀党课", "level": "city", "year": "明年", "body": "市委组织部"}
    year = Reason(code="honour_year", args={"field": "year", "first": 1921, "last": 2026})
    yield (
        "work_staff",
        replace(
            page,
            frame=frame(STAFF, "/lessons/lesson0/works"),
            may_honour=True,
            refused=RefusedForm(form="honour", typed=typed, reason=year),
        ),
    )


def _sites() -> Iterator[Sample]:
    bounds = {"name_max": 80, "place_max": 200, "text_max": 2000}
    listed = c.SitesPage(
        frame=frame(MEMBER, "/sites"),
        sites=(
            c.SiteCard(id="t1", name="余村矿山遗址公园", place="浙江省湖州市安吉县天荒坪镇余村", count=12),
            c.SiteCard(id="t2", name="中共安吉县委旧址", place="", count=0),
        ),
        pager=pager(1, 2, "/sites"),
        **bounds,
    )
    yield "sites", listed
    yield "sites_empty", replace(listed, sites=(), pager=pager(0, 0, "/sites"))
    typed = {"name": "余村矿山遗址公园", "place": "余村", "point": "东经一百一十九度", "text": "写好的介绍"}
    point = Reason(code="point_unreadable", args={"field": "point"})
    refused = RefusedForm(form="new", typed=typed, reason=point)
    yield "sites_staff", replace(listed, frame=frame(STAFF, "/sites"), may_make=True, refused=refused)
    one = c.SitePage(
        frame=frame(MEMBER, "/sites/t1"),
        id="t1",
        name="余村矿山遗址公园",
        place="浙江省湖州市安吉县天荒坪镇余村",
        text="2003 年关停的石灰岩矿。巷道和采面都还在，旁边是复垦的花海。",
        point="30.5231, 119.6874",
        map_url="geo:30.523100,119.687400",
        lessons=tuple(card(n, genre="onsite") for n in range(3)),
        pager=pager(1, 3, "/sites/t1"),
        **bounds,
    )
    yield "site", one
    yield "site_staff", replace(one, frame=frame(STAFF, "/sites/t1"), lessons=(), may_edit=True)


def _about() -> Iterator[Sample]:
    cards = c.SeriesCard(id="s0", title="党史十讲", text=TEXT, count=10, picture=Picture(url="/poster/0.jpg"))
    full = c.AboutPage(
        frame=frame(MEMBER, "/lecturers/l1"),
        what="lecturer",
        id="l1",
        name="王芳",
        units=("城关镇党委", "青山村党支部"),
        lessons=tuple(card(n, lecturer="王芳") for n in range(5)),
        pager=pager(2, 29, "/lecturers/l1"),
        topics=(
            c.NamedLink(id="t1", name="乡村振兴", count=17),
            c.NamedLink(id="t2", name="党史", count=9),
        ),
        years=(Facet(value="2026", count=12), Facet(value="2025", count=17)),
        honours=tuple(c.HonouredLesson(honour=one, lesson_id="x", title=TITLES[0]) for one in HONOURS),
        series=(cards, replace(cards, id="s1", title="纪律课", text="", count=3, picture=None)),
    )
    yield "lecturer", full
    told = "县委党校讲师，村里长大，讲“千万工程”讲了二十年。课短，话实，爱用村里的账本说事。"
    yield "lecturer_told", replace(full, frame=frame(STAFF, "/lecturers/l1"), text=told, may_describe=True)
    edit = c.AboutEditPage(
        frame=frame(STAFF, "/lecturers/l1/about"),
        what="lecturer",
        id="l1",
        name="王芳",
        text=told,
        picture="a" * 64,
        text_max=600,
        most_bytes=16 * 2**20,
    )
    yield "about_edit", edit
    wrong = Reason(code="cover_type", args={"field": "file"})
    refused = RefusedForm(form="about", typed={"text": told}, reason=wrong)
    yield "about_edit_refused", replace(edit, what="topic", name="生态文明", picture="", refused=refused)
    bare = replace(full, honours=(), series=(), years=(), pager=pager(1, 5, "/topics/t1"))
    of_topic = replace(
        bare, frame=frame(None, "/topics/t1"), what="topic", id="t1", name="生态文明", units=()
    )
    people = (c.NamedLink(id="l1", name="陈志远"), c.NamedLink(id="l2", name="王芳"))
    yield "topic", replace(of_topic, lecturers=people, looked_through=500, order="watched")


def _series() -> Iterator[Sample]:
    names = ("党史十讲", "乡村振兴：从一个村的二十年看路是怎么走出来的", "纪律课")
    listed = c.SeriesListPage(
        frame=frame(MEMBER, "/series"),
        series=tuple(
            c.SeriesCard(
                id=f"s{n}",
                title=name,
                text=TEXT if n != 2 else "",
                count=(10, 4, 1)[n],
                picture=Picture(url=f"/poster/{n}.jpg") if n != 2 else None,
            )
            for n, name in enumerate(names)
        ),
        pager=pager(1, 3, "/series"),
        title_max=120,
        text_max=2000,
    )
    yield "series_list", listed
    yield "series_list_empty", replace(listed, frame=frame(None, "/series"), series=(), pager=pager(0, 0))
    refused = RefusedForm(
        form="new",
        typed={"title": "", "text": "写好的介绍"},
        reason=Reason(code="empty", args={"field": "title"}),
    )
    yield (
        "series_list_refused",
        replace(listed, frame=frame(LECTURER, "/series"), may_make=True, refused=refused),
    )
    one = c.SeriesPage(
        frame=frame(MEMBER, "/series/s0"),
        id="s0",
        title=names[0],
        text=TEXT,
        episodes=tuple(card(n) for n in range(5)),
        title_max=120,
        text_max=2000,
    )
    yield "series", one
    yield "series_empty", replace(one, frame=frame(LECTURER, "/series/s0"), episodes=(), may_edit=True)
    draft = card(5, state=LessonState.DRAFT, audience=Audience.SIGNED_IN)
    yield (
        "series_kept",
        replace(
            one,
            frame=frame(LECTURER, "/series/s0"),
            episodes=(*one.episodes, draft),
            may_edit=True,
            refused=RefusedForm(
                form="add",
                typed={"lesson": "https://weike.example.cn/series/1"},
                reason=Reason(code="episode_unknown", args={"field": "lesson"}),
            ),
        ),
    )
