"""Who may see what and why: filled with believable contents."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta

from library.core.permits import Role
from server.slices.rights import contexts as c
from server.web.parts import LessonRef, Reason, RefusedForm
from tests.server.pages.samples import NOW, STAFF, Sample, frame


def pages() -> Iterator[Sample]:
    """A lesson for a town's full members, one person asked for; and the roles at that town."""
    who = c.WhoPage(
        frame=frame(STAFF, "/lessons/lesson0/who"),
        lesson=LessonRef(id="lesson0", title="绿水青山就是金山银山：余村的路"),
        seen_by=(
            c.SeenBy(text="已发布，给这些人看：天荒坪镇党委及下属组织的正式党员", count=412),
            c.SeenBy(text="其中正式党员", count=412),
            c.SeenBy(text="上传它的人自己", count=1),
            c.SeenBy(text="天荒坪镇党委或上级的审核员", count=3),
            c.SeenBy(text="天荒坪镇党委或上级的管理员", count=1),
        ),
        changed_by=(
            ("改观看范围", "上传的人自己（待发布、已撤下时）；这里或上级的工作人员"),
            ("发布、撤下", "这里或上级的审核员"),
        ),
        may_ask=True,
        person="潘文革",
        answer=c.PersonAnswer(
            name="潘文革",
            may=False,
            reasons=(
                (
                    "这节课只给天荒坪镇党委及下属组织的正式党员看，而这个人登记的是预备党员。",
                    "身份由他所在支部的书记或工作人员更正；观看范围由天荒坪镇党委的工作人员改。",
                ),
            ),
        ),
    )
    yield "who", who
    unknown = Reason(code="person_not_here", args={"text": "<b>王五</b>", "field": "person"})
    refused = RefusedForm(form="person", typed={"person": "<b>王五</b>"}, reason=unknown)
    yield "who_unknown", replace(who, person="<b>王五</b>", answer=None, refused=refused)
    roles = c.RolesPage(
        frame=frame(STAFF, "/organisation/n1/roles"),
        node_id="n1",
        name="天荒坪镇党委",
        members=1284,
        holders=(
            c.RoleHolder(
                name="潘春林",
                username="panchunlin",
                role=Role.SECRETARY,
                since=NOW - timedelta(days=900),
                until=date(2026, 12, 31),
                to_come=False,
            ),
            c.RoleHolder(
                name="汪玉成",
                username="wangyucheng",
                role=Role.SECRETARY,
                since=NOW + timedelta(days=40),
                until=None,
                to_come=True,
            ),
        ),
        rights=(("看党组织", "这里或上级的工作人员"), ("调整上级、并入、撤销", "上级的管理员")),
        given=(Role.LECTURER, Role.SECRETARY, Role.REVIEWER),
        today=date(2026, 11, 30),
    )
    yield "roles", roles
    answers = (
        c.ActAnswer(act="看党组织", may=True, reasons=(("是天荒坪镇党委的工作人员。", ""),)),
        c.ActAnswer(
            act="改资料、新建下级",
            may=False,
            reasons=(
                (
                    "“天荒坪镇党委”或上级的管理员才可以，这个人不是。",
                    "那里的管理员可以在“人员”里授予。",
                ),
            ),
        ),
    )
    yield "roles_asked", replace(roles, person="汪玉成", asked="汪玉成", answers=answers)
    yield "roles_unknown", replace(roles, person="<b>王五</b>", unknown=refused)
    past = Reason(code="day_past", args={"day": "2026-01-01", "last": "2027-12-01", "field": "day"})
    typed = {"role": "secretary", "holder": "潘春林", "to": "汪玉成", "day": "2026-01-01"}
    yield (
        "roles_refused",
        replace(roles, holders=(), refused=RefusedForm(form="hand-over", typed=typed, reason=past)),
    )
