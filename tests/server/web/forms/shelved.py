"""What forms are about that are refused: each function puts one thing on the shelf."""

from __future__ import annotations

from library.catalog.permits import LessonState
from library.reflections.rules import ReflectionState
from tests.server.conftest import Shelf
from tests.server.slices.calls import roles as calls
from tests.server.slices.gatherings import roles as gatherings
from tests.server.slices.grades import roles as grades
from tests.server.slices.invitations.roles import coded
from tests.server.slices.marks import roles as marks
from tests.server.slices.people import roles as people
from tests.server.slices.reflections import roles as reflections
from tests.server.slices.screening import roles as records
from tests.server.slices.suggestions.roles import suggested
from tests.server.slices.versions.roles import waiting
from tests.server.slices.works.roles import put_series, put_site

Typed = dict[str, str]
Made = str | tuple[str, Typed]
"""What stands for `{id}` in an action, and what the form says without its being typed."""


def node(shelf: Shelf) -> str:
    """The id of a node below the root."""
    return shelf.node()


def signed_record(shelf: Shelf) -> str:
    """The id of a gathering whose record both have signed."""
    return str(records.signed(shelf, both=True)["gathering_id"])


def draft(shelf: Shelf) -> str:
    """A draft's id."""
    return shelf.lesson(recording="ready").lesson


def published(shelf: Shelf) -> str:
    """A published lesson's id."""
    return shelf.lesson(LessonState.PUBLISHED).lesson


def own_note(shelf: Shelf) -> tuple[str, Typed]:
    """A note of the lecturer's, and its version."""
    made = marks.note_of_lecturer(shelf)
    return made["note_id"], {"version": "1"}


def at_desk(shelf: Shelf) -> tuple[str, Typed]:
    """What is done with a lesson that was chosen at the desk."""
    return "", {"lesson": published(shelf), "what": "topic_add"}


def desk_view(_shelf: Shelf) -> tuple[str, Typed]:
    """What the desk was filtered by."""
    return "", {"state": "published"}


def call(shelf: Shelf) -> str:
    """The id of a call that takes works."""
    return calls.put(shelf).call


def told(shelf: Shelf) -> str:
    """The id of a call whose result is out."""
    return calls.put(shelf, "results").call


PLAN = {
    "kind": "study",
    "title": "学习",
    "starts": "2026-12-02T19:30",
    "ends": "2026-12-02T19:00",
    "place": "村部",
    "agenda": "一、看课",
    "chair": "",
    "asked": "",
}


NEXT = {**PLAN, "ends": "2026-12-02T21:00"}


def at_node(shelf: Shelf) -> Made:
    """Where a gathering is planned."""
    return "", {"node": shelf.node()}


def meeting(shelf: Shelf) -> str:
    """The id of a gathering that is open."""
    return str(gatherings.gathering(shelf)["gathering_id"])


def open_grade(shelf: Shelf) -> str:
    """The id of a grade that is not frozen."""
    return grades.put(shelf, "open").grade


def frozen_grade(shelf: Shelf) -> str:
    """The id of a frozen grade of `member`."""
    return grades.put(shelf).grade


def grade_appeal(shelf: Shelf) -> str:
    """The id of an appeal that waits for its answer."""
    return grades.put(shelf, "appealed").appeal


def graded_node(shelf: Shelf) -> Made:
    """A branch with rules of grading."""
    return "", {"node": grades.put(shelf, "rules").node}


def graded_year(shelf: Shelf) -> Made:
    """A branch's year, and its member."""
    made = grades.put(shelf, "rules")
    return "", {"node": made.node, "year": made.said["year"], "person": made.person}


def rules_draft(shelf: Shelf) -> Made:
    """The id of a draft of a rule set, and its version."""
    asked = grades.versioned(shelf)
    return asked["rules_id"], {"version": asked["form"]["version"]}


def newcomer(shelf: Shelf) -> str:
    """The id of somebody new."""
    return shelf.newcomer()


def changed(shelf: Shelf) -> str:
    """The id of a published lesson of which something waits."""
    made: str = waiting(shelf)["lesson_id"]
    return made


def first(shelf: Shelf) -> str:
    """The first of a lesson's two versions, as addresses have it."""
    return f"{waiting(shelf, published=True)['lesson_id']}/versions/1"


def invited(shelf: Shelf) -> str:
    """The secret of somebody's one-time link."""
    return shelf.invitation()[1]


def stay(shelf: Shelf) -> Made:
    """The id of somebody new, and of their membership."""
    asked = people.of_home()(shelf)
    return asked["person_id"], asked["form"]


def moving(shelf: Shelf) -> Made:
    """The id of somebody whom another node is asked to take over, and of the transfer that it refuses."""
    asked = people.asked()(shelf)
    return asked["person_id"], asked["form"] | {"answer": "refuse"}


def group(shelf: Shelf) -> str:
    """The id of a learning group."""
    made: str = people.group()(shelf)["group_id"]
    return made


def suggestion(shelf: Shelf) -> Made:
    """The id of a suggestion that waits for its answer, and its version."""
    asked = suggested(shelf)
    return asked["suggestion_id"], {"version": str(asked["form"]["version"])}


def answered(shelf: Shelf) -> Made:
    """The id of an answered suggestion, and a version from before the answer."""
    return suggested(shelf, answered=True)["suggestion_id"], {"version": "1"}


WRITER = "lecturer"


def reflection(shelf: Shelf) -> str:
    """The id of a draft of a reflection."""
    return reflections.put(shelf)


def sent_reflection(shelf: Shelf) -> Made:
    """The id of a reflection that was sent, and its version."""
    asked = reflections.of(shelf, state=ReflectionState.SENT, versioned=True)
    return asked["reflection_id"], {"version": str(asked["form"]["version"])}


def asked_node(shelf: Shelf) -> Made:
    """Nothing in the address, and the root whose people are asked."""
    return "", {"node": shelf.root()}


def listed(shelf: Shelf) -> Made:
    """The id of somebody new on the list of the root, and the root."""
    return shelf.newcomer(), {"node": shelf.root()}


def asking(shelf: Shelf) -> Made:
    """The id of a request to be taken into a branch, and the branch."""
    asked = coded(shelf, asked=True)
    return asked["request_id"], {"node": asked["node_id"], "known": ""}


def branch_code(shelf: Shelf) -> str:
    """The code of a branch."""
    code: str = coded(shelf)["code"]
    return code


def site(shelf: Shelf) -> str:
    """The id of a site."""
    made: str = put_site(shelf)["site_id"]
    return made


def series(shelf: Shelf) -> str:
    """The id of a series."""
    return put_series(shelf)[0]


EDIT = {
    "title": "打过的标题",
    "lecturer": "打过的讲师",
    "topics": "甲、乙",
    "date": "2026-03-05",
    "summary": "打过的\n简介",
    "language": "en",
    "genre": "onsite",
}
SITE = {"name": "打过的基地", "place": "打过的地址", "point": "30.5, 119.6", "text": "打过的介绍"}
SERIES = {"title": "打过的系列", "text": "打过的\n介绍"}
WELCOME = {"name": "王小明", "username": "xiaoming", "password": "a good long secret", "again": "another"}
PASSWORDS = {"old": "not this one", "password": "a good long secret", "again": "a good long secret"}
INVITE = {"name": "张三", "role": "lecturer", "branch": "gone"}
GRANT = {"role": "lecturer", "branch": "gone"}
NODE = {
    "name": "打过的党支部",
    "kind": "branch",
    "code": "A-1",
    "short_name": "打过的",
    "since": "2026-03-05",
}
ASK = WELCOME | {"username": "xiaowang"}
HAND_OVER = {"role": "secretary", "holder": "没有的人", "to": "staff", "day": "2026-03-05"}
CALL = {
    "text": "写了很久的说明",
    "opens_on": "2026-12-01",
    "closes_on": "2026-12-31",
    "judged_until": "2027-01-10",
    "results_on": "2027-01-20",
    "genre": "film",
    "categories": "红色故事",
    "criteria": "内容 60",
    "scale": "10",
    "duration": "must",
    "least_s": "3",
    "most_s": "8",
}
