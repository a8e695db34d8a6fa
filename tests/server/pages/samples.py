"""Every page filled with believable contents: for the tests, and for looking at (preview.py)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from library.catalog.permits import Audience, LessonState
from library.core.permits import NOBODY, Grant, Role, Viewer
from library.plays.figures import Figures, Proof
from server.slices.statistics.presentation import lesson_page, overview_page
from server.slices.statistics.spans import choose
from server.web.navigation import navigation_for
from server.web.pages import signed_in_person
from server.web.sharing import share
from tests.server.pages import contexts as c
from tests.server.pages import measured
from tests.server.pages.cutting import cuts
from tests.support.registry import REGISTRY

NOW = datetime(2026, 3, 12, 6, 30, tzinfo=UTC)
RULE = c.CountingRule(
    min_s=10,
    short_clip_s=20,
    short_share=0.5,
    window_min=60,
    complete_share=0.9,
    max_rate=1.5,
    slack_s=2,
    late_h=24,
    beat_every_s=10,
    group_most=500,
)
LECTURER = Viewer("p1", "王芳", (Grant(Role.LECTURER, "b1", "/b1/"),))
STAFF = Viewer("p2", "陈志远", (Grant(Role.STAFF, "b1", "/b1/"),))
MEMBER = Viewer("p3", "李秀英", (Grant(Role.MEMBER, "b1", "/b1/"),))
TITLES = (
    "绿水青山就是金山银山：从余村看生态富民",
    "乡村振兴五句话",
    "入党誓词的由来",
    "怎样开好一次组织生活会",
    "新时代“枫桥经验”进村记",
    "《中国共产党纪律处分条例》要点：写给村党支部书记的二十条提醒与三个真实案例",
)
SENTENCES = (
    "同志们，大家好，今天我们用十分钟讲一讲绿水青山就是金山银山。",
    "二十年前，余村靠开矿、办水泥厂，成了全县有名的富裕村。",
    "可是山秃了，水浑了，老百姓连窗户都不敢开。",
    "村党支部开了三个晚上的会，最后决定：关矿山，停水泥厂。",
    "关停之后，村集体收入从三百万元掉到二十一万元。",
    "就在大家犹豫的时候，我们听到了那句话：绿水青山就是金山银山。",
    "从此余村复垦复绿，发展生态旅游，路越走越宽。",
    "这个故事告诉我们，算账要算长远账、算整体账、算综合账。",
    "支部怎么带头？第一，把道理讲明白；第二，把责任落到人。",
    "请大家回去以后，对照本村实际，想一想我们的“绿水青山”在哪里。",
)


def frame(viewer: Viewer | None = None, path: str = "/", review_count: int = 0, **more: object) -> c.Frame:
    """A frame in Chinese; `in_language` turns a whole page. `review_count`: what waits for the staff."""
    who = viewer or NOBODY
    around = navigation_for(who, REGISTRY.navigation, lambda entry: review_count)
    more = {"viewer": signed_in_person(who), "navigation": around, **more}
    return c.Frame(csrf="csrf-token", language="zh-CN", path=path, **more)  # type: ignore[arg-type]


def in_language(page: c.Context, language: c.Language) -> c.Context:
    """The same page for a reader of `language`."""
    return replace(page, frame=replace(page.frame, language=language))


def card(n: int, **more: object) -> c.LessonCard:
    """The n-th lesson of the sample library."""
    facts: dict[str, object] = {
        "id": f"lesson{n}",
        "title": TITLES[n % len(TITLES)],
        "lecturer": ("王芳", "陈志远", "刘建国", None)[n % 4],
        "date": date(2026, 3, 10) - timedelta(days=9 * n),
        "topics": (("生态文明", "乡村振兴"), ("乡村振兴",), ("党史",), ())[n % 4],
        "duration_s": 412.0 + 731 * n,
        "clip_count": 1 + n,
        "views": (12_840, 986, 45, 0)[n % 4],
        "kind": "video",
        "poster_url": f"/poster/{n % 3}.jpg" if n % 4 != 3 else None,
    }
    return c.LessonCard(**{**facts, **more})  # type: ignore[arg-type]


OTHER_YEARS = tuple(card(n, date=date(2025 - n // 2, 6, 1), views=0) for n in range(6))


def clips(ready: int = 4) -> tuple[c.ClipCard, ...]:
    """Four clips of which the first `ready` are made."""
    lengths = (562.0, 571.5, 548.2, 214.9)
    return tuple(
        c.ClipCard(
            id=f"clip{n}",
            n=n,
            start_s=sum(lengths[: n - 1]),
            duration_s=length,
            views=(986, 402, 1, 0)[n - 1],
            ready=n <= ready,
            title="余村为什么关掉矿山" if n == 2 else "",
            poster_url=f"/poster/{n % 3}.jpg" if n <= ready else None,
            stills=12 if n <= ready else 0,
            first_words=SENTENCES[2 * n - 2] if n <= ready else "",
        )
        for n, length in enumerate(lengths, 1)
    )


def cues() -> tuple[c.CueLine, ...]:
    """Forty lines, 6.5 seconds each."""
    return tuple(
        c.CueLine(start_s=6.5 * n, end_s=6.5 * n + 6.2, text=SENTENCES[n % len(SENTENCES)]) for n in range(40)
    )


def pager(pages: int = 1, total: int = 6, url: str = "/lessons?topic=党史") -> c.Pager:
    """The second page of many, or the only one."""
    return c.Pager(page=min(2, pages), pages=pages, total=total, url=url)


DOWNLOADS = {
    "1080p": 212_000_000,
    "720p": 118_000_000,
    "480p": 61_000_000,
    "360p": 38_000_000,
    "audio": 5_000_000,
}
FACETS: dict[str, tuple[c.Facet, ...]] = {
    "topics": (c.Facet(value="乡村振兴", count=41), c.Facet(value="党史", count=23)),
    "lecturers": (c.Facet(value="王芳", count=17), c.Facet(value="陈志远", count=9)),
    "years": (c.Facet(value="2026", count=31), c.Facet(value="2025", count=33)),
}
UNFINISHED = (
    c.Unfinished(
        lesson_id="l9",
        title="怎样开好一次组织生活会",
        file_name="组织生活会 2026-03-01.mp4",
        received_bytes=734_003_200,
        size_bytes=1_932_735_283,
    ),
)
STEPS = (
    c.Step(id="probe-0", kind="probe", state="done", percent=100),
    c.Step(id="split-0", kind="split", state="done", percent=100),
    c.Step(id="clip-1", kind="clip", n=1, state="done", percent=100, clip_url="/clips/clip1"),
    c.Step(id="clip-2", kind="clip", n=2, state="running", percent=41.7, eta_s=96),
    c.Step(
        id="clip-3",
        kind="clip",
        n=3,
        state="failed",
        percent=12,
        reason=c.Reason(code="disk_full"),
        retry=True,
    ),
    c.Step(id="captions-0", kind="captions", state="waiting", percent=0),
    c.Step(id="index-0", kind="index", state="waiting", percent=0),
)


def catalog_pages() -> Iterator[tuple[str, c.Context]]:
    """Home, the library, lessons in their states, search."""
    all_cards = tuple(card(n) for n in range(6))
    done = (c.Flash(kind="done", code="signed_in"),)
    yield (
        "home",
        c.HomePage(
            frame=frame(MEMBER, flashes=done),
            newest=all_cards,
            this_week=all_cards[:2],
            most_watched=all_cards[1:4],
            total=128,
        ),
    )
    yield "home_empty", c.HomePage(frame=frame(), newest=(), this_week=(), most_watched=(), total=0)
    yield (
        "lessons",
        c.LessonsPage(
            frame=frame(MEMBER, "/lessons"),
            lessons=(*all_cards, card(7, kind="text", duration_s=None, poster_url=None, clip_count=0)),
            pager=pager(5, 132),
            topic="党史",
            **FACETS,
        ),
    )
    yield (
        "lessons_empty",
        c.LessonsPage(
            frame=frame(None, "/lessons"), lessons=(), pager=pager(0, 0), topics=(), lecturers=(), years=()
        ),
    )
    lesson_frame = frame(None, "/lessons/lesson0")
    full = c.LessonPage(
        frame=lesson_frame,
        lesson=card(0),
        summary="一个村子关掉矿山、靠好风景过上好日子的故事。\n适合支部主题党日集中学习，配有讨论题。",
        clips=clips(),
        recording_state="ready",
        has_transcript=True,
        same_topic=OTHER_YEARS,
        rule=RULE,
        share=share("https://weike.example.cn", "/lessons/lesson0"),
    )
    yield "lesson", full
    powers = c.LessonPowers(
        edit=True, publish=True, withdraw=True, audience=True, delete=True, see_progress=True, see_stats=True
    )
    yield (
        "sheet",
        c.SheetPage(
            frame=frame(None, "/lessons/lesson0/sheet"),
            lesson=c.LessonRef(id="lesson0", title=TITLES[0], lecturer="王芳"),
            share=share("http://127.0.0.1:8000", "/lessons/lesson0"),
        ),
    )
    yield (
        "lesson_staff",
        replace(
            full,
            frame=frame(STAFF, "/lessons/lesson0", review_count=3),
            lesson=card(0, state=LessonState.DRAFT, audience=Audience.SIGNED_IN),
            clips=clips(2),
            recording_state="working",
            has_transcript=False,
            duplicates=(c.LessonRef(id="lesson1", title=TITLES[1]),),
            may=powers,
            history=(c.HistoryLine(at=NOW, who="陈志远", action="withdraw", note="画面有误，重录"),),
            known_lecturers=("王芳", "陈志远"),
            known_topics=("党史", "乡村振兴"),
        ),
    )
    yield (
        "lesson_refused",
        replace(
            full,
            frame=frame(LECTURER, "/lessons/lesson0"),
            clips=(),
            summary="",
            recording_state="refused",
            problem=c.Reason(code="not_media", args={"found": "office"}),
            may=replace(powers, publish=False, withdraw=False, audience=False),
        ),
    )
    yield (
        "lesson_text",
        replace(
            full,
            lesson=card(2, kind="text", duration_s=None, clip_count=0, poster_url=None),
            clips=(),
            recording_state="none",
            text=("".join(SENTENCES[:5]), "".join(SENTENCES[5:])),
        ),
    )
    yield from _search_pages(all_cards)


def _search_pages(cards: tuple[c.LessonCard, ...]) -> Iterator[tuple[str, c.Context]]:
    quote = SENTENCES[5] + SENTENCES[6]
    at = quote.index("绿水青山")
    moment = c.SearchMoment(url="/clips/clip1?t=32.5", quote=quote, marks=((at, at + 4),), start_s=32.5)
    later = replace(
        moment,
        url="/clips/clip1?t=301.0",
        quote=SENTENCES[9],
        marks=((21, 25), (20, 26)),
        start_s=301.0,
    )
    hit = c.SearchResult(lesson=cards[0], moments=(moment, later, moment), best_n=1, more=4, clip_n=1)
    named = c.SearchResult(lesson=cards[1], moments=(later,), clip_n=3, clip_title="余村为什么关掉矿山")
    text_hit = c.SearchResult(
        lesson=replace(cards[2], kind="text", state=LessonState.DRAFT),
        moments=(c.SearchMoment(url="/lessons/lesson2", quote="入党誓词 <的> 由来", source="summary"),),
        title_marks=((0, 2),),
        lecturer_marks=((0, 2),),
        topics=(("党<史>", ((0, 2),)),),
    )
    found = c.SearchPage(
        frame=frame(MEMBER, "/search?q=绿水青山", query="绿水青山"),
        results=(hit, named, text_hit),
        pager=pager(3, 27),
        filters=_search_filters(),
        sort_urls=(
            ("relevance", "/search?q=x"),
            ("date", "/search?q=x&sort=date"),
            ("views", "/search?q=x&sort=views"),
        ),
        bare_url="/search?q=x",
        same_topic=OTHER_YEARS[:3],
    )
    nothing = replace(found, results=(), filters=(), pager=pager(0, 0), same_topic=())
    popular = ("党史", "乡村振兴", "作风建设")
    yield "search", found
    topic, *others = found.filters
    yield (
        "search_narrowed",
        replace(
            found,
            filters=(replace(topic, chosen="党史"), *others[:-1], replace(others[-1], chosen="5_to_8")),
            sort="date",
        ),
    )
    yield "search_loosened", replace(found, results=(hit,), loosened=True, did_you_mean="绿水青山 产业")
    yield (
        "search_loosened_word",
        replace(found, results=(hit,), loosened=True, loosened_word="夏明瀚", did_you_mean="夏明翰"),
    )
    hints = (
        c.SearchHint(code="field_empty", name="lecturer"),
        c.SearchHint(code="year_unread", name="year", value="abc"),
        c.SearchHint(code="kind_unknown", value="xyz"),
        c.SearchHint(code="only_excluded"),
    )
    yield "search_hints", replace(nothing, asks_nothing=True, hints=hints)
    yield "search_long", replace(found, frame=frame(MEMBER, "/search?q=x", query="一句很长的话，" * 40))
    yield "search_heard", replace(found, heard=("绿水青山", "吕水清"))
    yield (
        "search_nothing",
        replace(nothing, popular_topics=popular, tries=("phrase", "excluded", "field"), did_you_mean="余村"),
    )
    yield (
        "search_narrowed_to_nothing",
        replace(nothing, filters=(c.SearchFilter(name="year", choices=_YEARS, chosen="2025"),)),
    )
    asked = ("三会一课 怎么开", "枫桥经验", "入党积极分子谈话")
    empty = replace(nothing, frame=frame(None, "/search"), popular_topics=popular, frequent=asked)
    yield "search_help", empty
    yield from _saved_pages(replace(found, frame=frame(STAFF, "/search?q=绿水青山", query="绿水青山")), empty)
    yield "search_problem", replace(nothing, problem=c.Reason(code="index_damaged"))


def _saved_pages(found: c.SearchPage, empty: c.SearchPage) -> Iterator[tuple[str, c.Context]]:
    extras = c.SearchExtras(
        save_url="/searches?q=x",
        export_url="/search/export.xlsx?q=x",
        proposed_name="绿水青山 · 王芳",
        links=tuple(c.SavedLink(id=f"s{n}", name=name) for n, name in enumerate(TITLES[:5])),
    )
    yield "search_staff", replace(found, extras=extras)
    yield "search_saved", replace(found, extras=replace(extras, saved_as=TITLES[5][:80]))
    yield "search_help_staff", replace(empty, frame=frame(STAFF, "/search"), extras=extras)
    narrowed = (
        c.SavedFilter(name="lecturer", value="王芳", text="王芳"),
        c.SavedFilter(name="length", value="3_to_5"),
    )
    rows = tuple(
        c.SavedRow(
            id=f"s{n}",
            name=name,
            query=("绿水青山", name)[n % 2],
            filters=narrowed if n % 2 == 0 else (),
            sort=("date", "relevance")[n % 2],
            hits=(27, 1, 0, 12_345)[n % 4],
            new=(3, 1, 0, 0)[n % 4],
            opened_at=NOW - timedelta(days=n, hours=3),
            typed=name,
        )
        for n, name in enumerate(TITLES)
    )
    page = c.SearchesPage(
        frame=frame(STAFF, "/searches"),
        rows=rows,
        pager=c.Pager(page=1, pages=2, total=26, url="/searches"),
    )
    yield "searches", page
    taken = c.Reason(code="search_name_taken", args={"field": "name", "name": "绿水青山"})
    full = c.Reason(code="searches_full", args={"most": 100})
    draft = c.SavedDraft(name="绿水青山", query="绿水青山 产业", save_url="/searches?q=x", problem=taken)
    yield "searches_taken", replace(page, draft=draft)
    yield "searches_full", replace(page, draft=replace(draft, problem=full))
    refused = replace(rows[1], typed="绿水青山", problem=taken)
    uncounted = tuple(replace(row, hits=None, new=0) for row in (rows[0], refused))
    yield "searches_unnamed", replace(page, rows=uncounted, problem=c.Reason(code="index_busy"))
    yield "searches_none", replace(page, rows=(), pager=replace(page.pager, pages=1, total=0))


_YEARS = (
    c.SearchChoice(value="2026", count=17, text="2026"),
    c.SearchChoice(value="2025", count=0, text="2025"),
)


def _search_filters() -> tuple[c.SearchFilter, ...]:
    def named(**counts: int) -> tuple[c.SearchChoice, ...]:
        return tuple(c.SearchChoice(value=name, count=n, text=name) for name, n in counts.items())

    def coded(**counts: int) -> tuple[c.SearchChoice, ...]:
        return tuple(c.SearchChoice(value=code, count=n) for code, n in counts.items())

    return (
        c.SearchFilter(
            name="topic", choices=named(生态文明=16, 乡村振兴=9, 党史=1), url_without="/search?q=x"
        ),
        c.SearchFilter(name="lecturer", choices=named(王芳=17, 陈志远=9)),
        c.SearchFilter(name="year", choices=_YEARS),
        c.SearchFilter(name="branch", choices=named(省委党校=20, 安吉县余村党支部=7)),
        c.SearchFilter(name="kind", choices=coded(video=25, sound=1, text=1)),
        c.SearchFilter(
            name="length",
            choices=coded(under_3=3, **{"5_to_8": 17, "over_8": 7}),
            url_without="/search?q=x",
        ),
    )


def watch_pages() -> Iterator[tuple[str, c.Context]]:
    """The watch page in its states, statistics, the rule."""
    page = c.ClipPage(
        frame=frame(MEMBER, "/clips/clip2"),
        lesson=card(0),
        clip=clips()[1],
        clips=clips(3),
        kind="video",
        master_url="/media/sig/1/everyone/clip2/plan/master.m3u8",
        captions_url="/clips/clip2/captions.vtt",
        cues=cues(),
        views=986,
        rule=RULE,
        share=share("http://127.0.0.1:8000", "/clips/clip2"),
        strip_url="/media/sig/1/everyone/clip2/plan/strip/index.vtt",
        downloads=tuple(c.DownloadChoice(quality=name, size_bytes=size) for name, size in DOWNLOADS.items()),
    )
    yield "clip", page
    yield "clip_in_wechat", replace(page, in_wechat=True)
    yield "clip_estimated", replace(page, cues_estimated=True, captions_url=None, start_s=65.0)
    yield (
        "clip_sound",
        replace(
            page,
            kind="sound",
            clip=clips()[0],
            clips=clips()[:1],
            cues=(),
            captions_url=None,
            views=1,
            lesson=card(2),
        ),
    )
    yield from statistics_pages()
    kept = {"keep_plays_days": 400, "keep_watchers_days": 800}
    yield "counting", c.CountingPage(frame=frame(None, "/counting"), rule=RULE, **kept)


def statistics_pages() -> Iterator[tuple[str, c.Context]]:
    """Statistics of a lesson and of all, of few and of many days, and before anything was counted."""
    today = measured.TODAY
    its = measured.lesson(30)
    stats = lesson_page(
        frame(STAFF, "/lessons/lesson0/stats"),
        c.LessonRef(id="lesson0", title=TITLES[0], lecturer="王芳"),
        choose("30", "", "", today, default="all"),
        today,
        its,
        RULE,
    )
    yield "stats", stats
    year = choose("", "2025-03-01", "", today, default="all")
    long = lesson_page(
        stats.frame, stats.lesson, year, today, measured.lesson(400, few=True), replace(RULE, min_s=15)
    )
    yield "stats_long", replace(long, proof=Proof())
    nothing = replace(
        stats,
        chosen=choose("all", "", "", today, default="all"),
        watched=False,
        total=Figures(),
        clips=(),
        chart=None,
        proof=Proof(),
    )
    yield "stats_empty", nothing
    yield "stats_quiet", replace(nothing, chosen=choose("7", "", "", today, default="all"))
    to_come = choose("", "2130-01-01", "2130-02-01", today, default="all")
    turned = choose("", "2026-02-01", "2026-01-01", today, default="all")
    yield "stats_to_come", replace(nothing, chosen=to_come)
    yield "stats_turned", replace(nothing, chosen=turned)
    month = choose("30", "", "", today, default="30")
    every = overview_page(
        frame(STAFF, "/stats"), month, today, measured.overview(TITLES), RULE, sort="views", page=2, own=False
    )
    yield "overview", every
    yield (
        "overview_own",
        replace(every, own=True, branches=None, frame=frame(LECTURER, "/stats"), sort="title"),
    )
    yield "overview_quiet", replace(every, watched=False, chart=None, total=Figures())
    yield "overview_turned", replace(every, chosen=turned, watched=False, chart=None, total=Figures())
    none = replace(every, has_lessons=False, watched=False, lessons=(), chart=None)
    yield "overview_branches", none
    yield "overview_none", replace(none, branches=None, frame=frame(LECTURER, "/stats"), own=True)


def intake_pages() -> Iterator[tuple[str, c.Context]]:
    """Uploading, progress, lists of work."""
    yield (
        "upload",
        c.UploadPage(
            frame=frame(LECTURER, "/upload"),
            max_bytes=8 * 1024**3,
            left_bytes=21 * 1024**3,
            media_suffixes=(".mp4", ".mov", ".mkv", ".mp3"),
            known_lecturers=("王芳",),
            known_topics=("党史",),
            unfinished=UNFINISHED,
        ),
    )
    progress = c.ProgressPage(
        frame=frame(LECTURER, "/lessons/lesson0/progress"),
        lesson=c.LessonRef(id="lesson0", title=TITLES[0]),
        lesson_state=LessonState.DRAFT,
        progress=c.Progress(state="working", percent=46.2, steps=STEPS),
    )
    yield "progress", replace(progress, may_cancel=True)
    yield (
        "progress_cut_again",
        replace(
            progress,
            recutting=True,
            may_retry=True,
            progress=c.Progress(state="failed", percent=40, steps=STEPS),
        ),
    )
    cancelled = c.Progress(state="cancelled", percent=40, steps=STEPS[:2])
    yield "progress_cancelled", replace(progress, may_retry=True, progress=cancelled)
    ready = c.Progress(state="ready", percent=100, steps=STEPS[:3])
    yield "progress_ready", replace(progress, progress=ready, may_publish=True, may_retry=False)
    refused = c.Progress(
        state="refused", percent=0, steps=(), reason=c.Reason(code="too_long", args={"limit_s": 28_800})
    )
    yield "progress_refused", replace(progress, progress=refused)
    cut = c.CutPage(
        frame=frame(LECTURER, "/lessons/lesson0/cut"),
        lesson=c.LessonRef(id="lesson0", title=TITLES[0]),
        cuts=cuts(SENTENCES),
    )
    yield "cut", cut
    yield (
        "cut_plain",
        replace(
            cut, cuts=cuts(SENTENCES, sentences=[], storyboard=None, turns=[], wave=None, state="working")
        ),
    )
    proposals = {
        "pauses": [{"start_s": 0, "end_s": 500}],
        "chapters": [{"start_s": 0, "end_s": 590, "title": "一"}],
    }
    yield "cut_pending", replace(cut, cuts=cuts(SENTENCES, pending=True, state="failed", proposals=proposals))
    yield "cut_waiting", replace(cut, cuts=cuts(SENTENCES, state="working", clips=[]))
    yield "cut_nothing", replace(cut, cuts=cuts(SENTENCES, state="refused", clips=[]))
    rows = (
        c.WorkRow(
            lesson=card(0, state=LessonState.DRAFT),
            recording_state="working",
            percent=46.2,
            uploaded_by="王芳",
            uploaded_at=NOW,
        ),
        c.WorkRow(
            lesson=card(3, state=LessonState.DRAFT, clip_count=0),
            recording_state="failed",
            percent=20,
            reason=c.Reason(code="truncated"),
            uploaded_at=NOW,
        ),
        c.WorkRow(
            lesson=card(1), recording_state="ready", percent=100, uploaded_by="刘建国", uploaded_at=NOW
        ),
    )
    mine = c.MinePage(frame=frame(LECTURER, "/mine"), rows=rows, pager=pager(), unfinished=UNFINISHED)
    yield "mine", mine
    yield "mine_empty", replace(mine, rows=(), unfinished=())
    review = c.ReviewPage(frame=frame(STAFF, "/review", review_count=3), rows=rows, pager=pager(4))
    yield "review", review
    yield "review_empty", replace(review, rows=())


def people_pages() -> Iterator[tuple[str, c.Context]]:
    """Doors, the account, the list of people."""
    sign_in = c.SignInPage(frame=frame(None, "/sign-in"), next="/mine")
    yield "sign_in", sign_in
    yield "sign_in_wrong", replace(sign_in, username="王芳", problem=c.Reason(code="sign_in_failed"))
    welcome = c.WelcomePage(frame=frame(None, "/welcome/x"), token="x", purpose="first_admin")
    yield "welcome_first", welcome
    yield (
        "welcome_invite",
        replace(welcome, purpose="invite", role=Role.LECTURER, branch="余村党支部", name="张梅"),
    )
    yield (
        "welcome_reset",
        replace(
            welcome,
            purpose="reset",
            username="王芳",
            problem=c.Reason(code="password_short", args={"least": 8}),
        ),
    )
    held = (c.HeldRole(role=Role.LECTURER, branch_id="b2", branch="余村党支部"),)
    yield (
        "account",
        c.AccountPage(
            frame=frame(LECTURER, "/account"),
            roles=held,
            tokens=(c.TokenRow(id="t1", label="县里的统计程序", created_at=NOW, last_used_at=None),),
            devices=(
                c.DeviceRow(
                    id="d1",
                    agent="Mozilla/5.0 (Linux; Android 13) MicroMessenger/8",
                    last_seen_at=NOW,
                    this_one=True,
                ),
                c.DeviceRow(id="d2", agent="", last_seen_at=NOW),
            ),
            new_token="wk_7f3k2q9d5m8x",
        ),
    )
    branches = (
        c.BranchRow(id="b1", name="安吉县委党校", depth=0),
        c.BranchRow(id="b2", name="余村党支部", depth=1),
    )
    people = (
        c.PersonRow(id="p1", username="wangfang", name="王芳", roles=held, last_seen_at=NOW, may_change=True),
        c.PersonRow(
            id="p2",
            username="陈志远",
            name="陈志远",
            roles=(c.HeldRole(role=Role.ADMIN, branch_id="b1", branch="安吉县委党校"),),
            last_seen_at=None,
        ),
        c.PersonRow(
            id="p3",
            username="old",
            name="刘建国",
            roles=(),
            last_seen_at=NOW,
            active=False,
            may_change=True,
            may_erase=True,
        ),
    )
    page = c.PeoplePage(
        frame=frame(STAFF, "/people"),
        people=people,
        pager=pager(2, 41),
        branches=branches,
        roles=(Role.MEMBER, Role.LECTURER),
        invites=(
            c.InviteRow(id="i1", name="张梅", role=Role.MEMBER, branch="余村党支部", expires_at=NOW),
            c.InviteRow(id="i2", name="", role=Role.LECTURER, branch="余村党支部", expires_at=NOW),
        ),
        new_link="https://weike.example/welcome/7f3k2q9d5m8x",
    )
    yield "people", page
    yield "people_nobody", replace(page, people=(), invites=(), new_link=None, q="赵")


def other_pages() -> Iterator[tuple[str, c.Context]]:
    """Errors and the API's documentation."""
    for status in (400, 401, 403, 404, 409, 410, 413, 429, 500, 503):
        yield (
            f"error_{status}",
            c.ErrorPage(
                frame=frame(None, "/lost"), status=status, request_id="r-81f2" if status >= 500 else ""
            ),
        )
    yield (
        "error_reason",
        c.ErrorPage(
            frame=frame(MEMBER, "/lost"),
            status=429,
            reason=c.Reason(code="sign_in_wait", args={"wait_s": 32}),
        ),
    )
    yield "api_docs", c.ApiDocsPage(frame=frame(None, "/api/docs"), openapi_url="/api/openapi.json")


def picture_pages() -> Iterator[tuple[str, c.Context]]:
    """Choosing the picture of a clip."""
    stills = tuple(c.Still(number=n, at_s=46.8 * n - 23.4, url=f"/poster/{n % 3}.jpg") for n in range(1, 13))
    lesson = c.LessonRef(id="lesson0", title=TITLES[0])
    page = c.PosterPage(
        frame=frame(LECTURER), lesson=lesson, clip_id="clip2", clip_title="", n=2, stills=stills, chosen=2
    )
    yield "poster", page
    yield "poster_of_sound", replace(page, stills=(), chosen=0)


def wording_pages() -> Iterator[tuple[str, c.Context]]:
    """The dictionary: full, empty, tried, after a paste, after a change that was not saved."""
    own = (
        c.DictionaryEntry(
            id="e1", words=("千村示范万村整治", "千万工程"), version=2, changed_at=NOW, changed_by="陈志远"
        ),
        c.DictionaryEntry(id="e2", words=("浙里办",), version=1, changed_at=NOW),
        c.DictionaryEntry(
            id="e3",
            words=tuple(f"第{n}种说法，其实很长很长很长" for n in range(1, 8)),
            version=1,
            changed_at=NOW,
            changed_by="王芳",
        ),
    )
    shipped = (
        c.DictionaryEntry(id="s1", words=("新质生产力",), shipped=True),
        c.DictionaryEntry(id="s2", words=("建党节", "七一", "党的生日"), shipped=True, on=False),
        c.DictionaryEntry(id="s3", words=("二十大", "党的二十大", "中共二十大"), shipped=True),
    )
    there = c.Reason(code="entry_there", args={"word": "浙里办", "where": "浙里办"})
    history = (
        c.DictionaryChange(
            at=NOW,
            who="陈志远",
            what="change",
            before=("千万工程",),
            after=("千村示范万村整治", "千万工程"),
        ),
        c.DictionaryChange(at=NOW, who="", what="add", before=(), after=("浙里办",)),
        c.DictionaryChange(
            at=NOW,
            who="王芳",
            what="off",
            before=("建党节", "七一", "党的生日"),
            after=("建党节", "七一", "党的生日"),
        ),
    )
    full = c.DictionaryPage(
        frame=frame(STAFF, "/vocabulary"),
        entries=(*own, *shipped),
        pager=c.Pager(page=1, pages=7, total=341, url="/vocabulary"),
        own=3,
        off=1,
        history=history,
    )
    yield "vocabulary", full
    yield (
        "vocabulary_join",
        replace(
            full,
            typed_group="江姐=双枪老太婆",
            join=c.Join(id="entry1", version=1, words=("江姐", "江竹筠", "双枪老太婆")),
            problem=c.Reason(code="entry_shares", args={"word": "江姐=双枪老太婆", "where": "江姐=江竹筠"}),
            problem_at="group",
        ),
    )
    yield (
        "vocabulary_new",
        replace(
            full,
            entries=shipped[::2],
            own=0,
            off=0,
            history=(),
            typed_group="三农=三農",
            problem=c.Reason(code="group_of_one", args={"word": "三农"}),
            problem_at="group",
        ),
    )
    yield (
        "vocabulary_none",
        replace(full, entries=(), q="浙里", pager=c.Pager(page=1, pages=1, total=0, url="/vocabulary?q=x")),
    )
    tried = c.Tried(
        text="学习党的二十大报告 “以人民为中心”",
        words=(
            c.TriedWord(text="学习"),
            c.TriedWord(text="党的二十大", known=True, synonyms=("二十大", "中共二十大")),
            c.TriedWord(text="报告"),
        ),
        phrases=("以人民为中心",),
        found=12,
    )
    yield "vocabulary_tried", replace(full, tried=tried)
    yield "vocabulary_tried_loosely", replace(full, tried=replace(tried, relaxed=True, phrases=()))
    yield (
        "vocabulary_tried_now",
        replace(
            full, tried=replace(tried, words=(), phrases=(), found=None, problem=c.Reason(code="index_busy"))
        ),
    )
    yield (
        "vocabulary_pasted",
        replace(
            full,
            typed_lines="，，\n三农=三農",
            pasted=(
                c.PastedLine(
                    number=2,
                    what="left",
                    text="，，",
                    reason=c.Reason(code="word_parted", args={"word": "，，"}),
                ),
                c.PastedLine(
                    number=14,
                    what="left",
                    text="三农=三農",
                    reason=c.Reason(code="group_of_one", args={"word": "三农"}),
                ),
                c.PastedLine(number=3, what="there", text="浙里办", reason=there),
                c.PastedLine(number=1, what="add", text="千万工程=千村示范万村整治", same=("千萬工程",)),
                c.PastedLine(number=5, what="off", text="建党节=七一=党的生日"),
            ),
        ),
    )
    yield (
        "vocabulary_too_much",
        replace(
            full,
            typed_lines="一\n二",
            problem=c.Reason(code="too_many_lines", args={"most": 10_000, "count": 12_000}),
            problem_at="paste",
        ),
    )
    yield (
        "vocabulary_changed",
        replace(
            full,
            edit=c.Edit(
                id="e1", version=3, typed="千万工程、千村万村", present=("千村示范万村整治", "千万工程")
            ),
            problem=c.Reason(code="entry_changed", args={"word": "千村示范万村整治=千万工程"}),
            problem_at="edit",
        ),
    )


def pages() -> dict[str, c.Context]:
    """All sample pages by name."""
    return dict(
        pair
        for group in (
            *(catalog_pages, picture_pages, watch_pages, intake_pages),
            *(people_pages, wording_pages, other_pages),
        )
        for pair in group()
    )
