"""Lessons on pages and under /api/v1."""

from __future__ import annotations

import library.catalog.tables
from server.slices.lessons import api, routes
from server.slices.lessons.contexts import HomePage, LessonPage, LessonsPage, SheetPage
from server.slices.lessons.sentences import SENTENCES
from server.slices.lessons.words import WORDS
from server.web.language.i18n import N_
from server.web.navigation import NavigationEntry, everybody
from server.web.slice import Slice

SLICE = Slice(
    name="lessons",
    routers=(routes.router, api.router),
    pages=(HomePage, LessonsPage, LessonPage, SheetPage),
    sentences=SENTENCES,
    words=WORDS,
    navigation=(
        NavigationEntry(place="main", rank=10, url="/", label=N_("首页"), shown_to=everybody),
        NavigationEntry(place="main", rank=20, url="/lessons", label=N_("全部课程"), shown_to=everybody),
    ),
    tables=(library.catalog.tables,),
)
