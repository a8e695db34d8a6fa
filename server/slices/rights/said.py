"""Reasons of rights in words."""

from __future__ import annotations

from datetime import date

from sqlalchemy.orm import Session

from library.catalog import audiences
from library.catalog import why as whys
from library.catalog.audiences import Told
from library.catalog.permits import LessonState
from library.catalog.tables import Lesson
from library.catalog.why import Answer, Reason
from library.core.permits import HOLDS, Viewer
from library.core.rights import RIGHTS, Act, Scope
from library.people.tables import Person
from server.slices.rights.contexts import SeenBy
from server.web.language.i18n import N_, Catalogue
from server.web.language.words import Explained, explain, word
from server.web.shown.audience_text import audience_text


def said(reason: Reason, catalogue: Catalogue) -> Explained:
    """Return a reason as a sentence, and what can be done."""
    values = {
        name: audience_text(value, catalogue) if isinstance(value, Told) else value
        for name, value in reason.values.items()
    }
    if "givers" in values:
        names = [word("role", str(role), catalogue) for role in reason.values["givers"]]
        values["givers"] = catalogue.say(N_("、")).join(names)
    if values.get("kind"):
        values["kind"] = word("audience_kind", str(values["kind"]), catalogue)
    return explain(reason.code, values, catalogue)


def answer_for(session: Session, person: Person, viewer: Viewer, lesson: Lesson) -> Answer:
    """Return whether a person may see a lesson; whose account is closed sees nothing at all."""
    if not person.active:
        return Answer(False, (), (Reason("missing_closed"),))
    return whys.answer(session, viewer, lesson)


def seen_by(session: Session, lesson: Lesson, today: date, catalogue: Catalogue) -> tuple[SeenBy, ...]:
    """Return by what people see a lesson, with how many they are; nobody is named."""
    counted = whys.counted(session, lesson, today)
    rows = []
    if lesson.state is LessonState.PUBLISHED:
        told = audience_text(audiences.told(session, audiences.open_to(lesson)), catalogue)
        text = catalogue.say(N_("已发布，给这些人看：%(audience)s"), audience=told)
        rows.append(SeenBy(text=text, count=counted.audience))
        for kind, number in counted.kinds:
            name = word("audience_kind", kind, catalogue) if kind else catalogue.say(N_("身份没有登记"))
            rows.append(SeenBy(text=catalogue.say(N_("其中 %(kind)s"), kind=name), count=number))
    else:
        rows.append(SeenBy(text=catalogue.say(N_("没有发布，下面以外的人都看不到")), count=0))
    if counted.has_owner:
        rows.append(SeenBy(text=catalogue.say(N_("上传它的人自己")), count=1))
    reads = {right.role for right in RIGHTS[Act.LESSON_VIEW] if right.scope is Scope.NODE and right.role}
    for role, number in counted.roles:
        if reads & HOLDS[role]:
            text = catalogue.say(
                N_("%(node)s 或上级的 %(role)s"), node=lesson.node.name, role=word("role", role, catalogue)
            )
            rows.append(SeenBy(text=text, count=number))
    return tuple(rows)


def may_by(act: Act, catalogue: Catalogue) -> tuple[str, str]:
    """Return what an act is called, and who may do it, in words, from the table of permissions."""
    comma = catalogue.say(N_("；"))
    return word("act", act, catalogue), comma.join(_right(act, catalogue))


def _right(act: Act, catalogue: Catalogue) -> list[str]:
    sentences = {
        Scope.ANYBODY: N_("所有人"),
        Scope.SIGNED_IN: N_("登录的人"),
        Scope.AUDIENCE: N_("观看范围里的人"),
        Scope.OWN: N_("上传的人自己"),
        Scope.NODE: N_("这里或上级的 %(role)s"),
        Scope.ABOVE: N_("上级的 %(role)s"),
        Scope.ALL: N_("最上面的 %(role)s"),
        Scope.ANYWHERE: N_("任何一处的 %(role)s"),
    }
    found = []
    for right in RIGHTS[act]:
        role = word("role", right.role, catalogue) if right.role else ""
        text = catalogue.say(sentences[right.scope], role=role)
        if right.states:
            states = catalogue.say(N_("、")).join(
                word("state", state, catalogue) for state in LessonState if str(state) in right.states
            )
            text = catalogue.say(N_("%(who)s（%(states)s 时）"), who=text, states=states)
        found.append(text)
    return found
