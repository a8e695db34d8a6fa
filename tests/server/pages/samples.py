"""Every page filled with believable contents: for the tests, and for looking at (preview.py).

Here is what the samples share, and `pages` collects them: each noun brings its own, in the `samples.py`
beside its tests (tests/server/slices/<noun>/), as a function `pages` that yields names and contexts.
"""

from __future__ import annotations

import importlib
import importlib.util
import pkgutil
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from library.catalog.permits import LessonState
from library.core.permits import NOBODY, Grant, Role, Viewer
from server.web.navigation import navigation_for
from server.web.pages import signed_in_person
from server.web.parts import (
    ClipCard,
    Context,
    CountingRule,
    ErrorPage,
    Frame,
    KeptForm,
    Language,
    LessonCard,
    Pager,
    Picture,
    Reason,
    WorkRow,
)
from tests.server import slices
from tests.support.registry import REGISTRY

Sample = tuple[str, Context]

NOW = datetime(2026, 3, 12, 6, 30, tzinfo=UTC)
RULE = CountingRule(
    min_s=10,
    short_clip_s=20,
    short_share=0.5,
    window_min=60,
    complete_share=0.9,
    max_rate=2,
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


def frame(viewer: Viewer | None = None, path: str = "/", review_count: int = 0, **more: object) -> Frame:
    """A frame in Chinese; `in_language` turns a whole page. `review_count`: what waits for the staff."""
    who = viewer or NOBODY
    around = navigation_for(who, REGISTRY.navigation, lambda entry: review_count)
    more = {"viewer": signed_in_person(who), "navigation": around, **more}
    return Frame(csrf="csrf-token", language="zh-CN", path=path, **more)  # type: ignore[arg-type]


def in_language(page: Context, language: Language) -> Context:
    """The same page for a reader of `language`."""
    return replace(page, frame=replace(page.frame, language=language))


def card(n: int, **more: object) -> LessonCard:
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
        "picture": Picture(url=f"/poster/{n % 3}.jpg") if n % 4 != 3 else None,
    }
    return LessonCard(**{**facts, **more})  # type: ignore[arg-type]


OTHER_YEARS = tuple(card(n, date=date(2025 - n // 2, 6, 1), views=0) for n in range(6))


def clips(ready: int = 4) -> tuple[ClipCard, ...]:
    """Four clips of which the first `ready` are made."""
    lengths = (562.0, 571.5, 548.2, 214.9)
    return tuple(
        ClipCard(
            id=f"clip{n}",
            n=n,
            start_s=sum(lengths[: n - 1]),
            duration_s=length,
            views=(986, 402, 1, 0)[n - 1],
            ready=n <= ready,
            title="余村为什么关掉矿山" if n == 2 else "",
            poster_url=f"/poster/{n % 3}.jpg" if n <= ready else None,
            picture=Picture(url=f"/poster/{n % 3}.jpg") if n <= ready else None,
            stills=12 if n <= ready else 0,
            first_words=SENTENCES[2 * n - 2] if n <= ready else "",
        )
        for n, length in enumerate(lengths, 1)
    )


def pager(pages: int = 1, total: int = 6, url: str = "/lessons?topic=党史") -> Pager:
    """The second page of many, or the only one."""
    return Pager(page=min(2, pages), pages=pages, total=total, url=url)


def work_rows() -> tuple[WorkRow, ...]:
    """Three lessons that are being worked on: in the making, failed, ready."""
    return (
        WorkRow(
            lesson=card(0, state=LessonState.DRAFT),
            recording_state="working",
            percent=46.2,
            uploaded_by="王芳",
            uploaded_at=NOW,
        ),
        WorkRow(
            lesson=card(3, state=LessonState.DRAFT, clip_count=0),
            recording_state="failed",
            percent=20,
            reason=Reason(code="truncated"),
            uploaded_at=NOW,
        ),
        WorkRow(lesson=card(1), recording_state="ready", percent=100, uploaded_by="刘建国", uploaded_at=NOW),
    )


def error_pages() -> Iterator[Sample]:
    """What went wrong, in every number it has."""
    for status in (400, 401, 403, 404, 409, 410, 413, 429, 500, 503):
        yield (
            f"error_{status}",
            ErrorPage(
                frame=frame(None, "/lost"), status=status, request_id="r-81f2" if status >= 500 else ""
            ),
        )
    typed = (("title", "第一讲：绿水青山"), ("summary", "第一段。\n第二段。"))
    kept = KeptForm(action="/lessons/lesson0/edit", fields=typed, has_files=True)
    for name, person in (("signed_in", MEMBER), ("signed_out", None)):
        page = ErrorPage(frame=frame(person, "/"), status=403, reason=Reason(code="csrf"), kept=kept)
        yield f"error_kept_{name}", page
    yield (
        "error_reason",
        ErrorPage(
            frame=frame(MEMBER, "/lost"),
            status=429,
            reason=Reason(code="sign_in_wait", args={"wait_s": 32}),
        ),
    )


def gather(groups: Iterable[Iterable[Sample]]) -> dict[str, Context]:
    """The samples of all groups by name. Raises ValueError for a name that is given twice."""
    found: dict[str, Context] = {}
    for name, page in (sample for group in groups for sample in group):
        if name in found:
            raise ValueError(f"two sample pages are called {name}")
        found[name] = page
    return found


def pages() -> dict[str, Context]:
    """All sample pages by name."""
    return gather((error_pages(), *_groups_of_nouns()))


def _groups_of_nouns() -> Iterator[Iterable[Sample]]:
    for noun in pkgutil.iter_modules(slices.__path__):
        module = f"{slices.__name__}.{noun.name}.samples"
        if importlib.util.find_spec(module):
            yield importlib.import_module(module).pages()
