"""提问: at a clip, one's own, the desk, the API."""

from __future__ import annotations

import library.questions.tables
from library.questions import queries
from library.questions.rules import COUNTED
from server.slices.questions import api, routes
from server.slices.questions.contexts import OwnQuestionsPage, QuestionsDeskPage, QuestionsPage
from server.slices.questions.sentences import SENTENCES
from server.slices.questions.words import WORDS
from server.web.language.i18n import N_
from server.web.navigation import NavigationEntry, lecturers
from server.web.slice import Slice

SLICE = Slice(
    name="questions",
    routers=(routes.router, api.router),
    pages=(QuestionsPage, OwnQuestionsPage, QuestionsDeskPage),
    sentences=SENTENCES,
    words=WORDS,
    navigation=(
        NavigationEntry(
            place="personal",
            rank=37,
            url="/questions/desk",
            label=N_("回答提问"),
            shown_to=lecturers,
            number=queries.number_open,
            most=COUNTED,
        ),
    ),
    tables=(library.questions.tables,),
)
