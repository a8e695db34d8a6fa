"""What the parts of a ring and the marks of a roll are called."""

from __future__ import annotations

from collections.abc import Mapping

from library.mondays.rules import Part
from server.web.language.i18n import N_

WORDS: Mapping[str, Mapping[str, str]] = {
    "ring_part": {
        Part.THEME: N_("主题和课"),
        Part.LESSON: N_("看课"),
        Part.GATHERING: N_("集中学习"),
        Part.EVERYBODY: N_("人人学到"),
        Part.RECORD: N_("会议记录"),
    },
}
