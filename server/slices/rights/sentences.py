"""Why somebody may see a lesson, what is missing, and what happens when a role is handed over."""

from __future__ import annotations

from collections.abc import Mapping

from server.web.language.i18n import N_
from server.web.language.phrases import Sentence

SENTENCES: Mapping[str, Sentence] = {
    "why_everyone": (N_("已发布，给所有人看。"), ""),
    "why_signed_in": (N_("已发布，登录的人都可以看。"), ""),
    "why_organisation": (N_("已发布，给组织成员看；这个人的组织关系在组织里。"), ""),
    "why_belongs": (N_("已发布，给 %(audience)s 看；这个人在 %(node)s。"), ""),
    "why_group": (N_("已发布，给 %(audience)s 看；这个人在其中的学习小组里。"), ""),
    "why_kind": (N_("已发布，给 %(audience)s 看；这个人是其中一类。"), ""),
    "why_owner": (N_("是这个人自己上传的课。"), ""),
    "why_role": (N_("是 %(node)s 的 %(wanted)s，看得到那里和下级的所有课。"), ""),
    "lesson_or_node": (N_("要问的是一节课，还是一个党组织？"), N_("请写课程的编号，或者用 --node。")),
    "why_role_here": (N_("是 %(node)s 的 %(wanted)s。"), ""),
    "missing_role_here": (
        N_("“%(node)s”或上级的 %(wanted)s 才可以，这个人不是。"),
        N_("那里的 %(givers)s 可以在“人员”里授予。"),
    ),
    "missing_role_above": (
        N_("“%(node)s”上级的 %(wanted)s 才可以，这个人不是。"),
        N_("上级的 %(givers)s 可以在“人员”里授予。"),
    ),
    "missing_root_stays": (N_("这是最上面的党组织，谁也不能调整它的上级、把它并入或撤销。"), ""),
    "missing_draft": (
        N_("还没有发布。"),
        N_("%(node)s 或上级的审核员、工作人员发布以后，给谁看才开始算数。"),
    ),
    "missing_withdrawn": (N_("已经撤下。"), N_("%(node)s 或上级的审核员、工作人员可以再发布。")),
    "missing_account": (N_("没有登录。"), N_("有账号就登录；没有的话，请支部书记或工作人员发邀请。")),
    "missing_membership": (
        N_("这节课给 %(audience)s 看，而这个人不在任何党组织里。"),
        N_("由他所在支部的书记或工作人员登记组织关系；观看范围由 %(node)s 的工作人员改。"),
    ),
    "missing_place": (
        N_("这节课给 %(audience)s 看，而这个人在 %(home)s。"),
        N_("组织关系由书记或工作人员转接；观看范围由 %(node)s 的工作人员改。"),
    ),
    "missing_kind": (
        N_("这节课只给 %(audience)s 看，而这个人登记的是 %(kind)s。"),
        N_("身份由他所在支部的书记或工作人员更正；观看范围由 %(node)s 的工作人员改。"),
    ),
    "missing_state": (
        N_("这节课只给 %(audience)s 看，而这个人的身份（正式、预备……）还没有登记。"),
        N_("请他所在支部的书记或工作人员补上。"),
    ),
    "missing_closed": (N_("账号已经停用。"), N_("能管理这个人的工作人员可以重新启用。")),
    "person_not_here": (
        N_("您管理的范围里没有叫“%(text)s”的人。"),
        N_("请写用户名或完整的姓名；别处的人请问那里的工作人员。"),
    ),
    "persons_called_so": (N_("有 %(count)s 个人叫“%(text)s”。"), N_("请写用户名。")),
    "handed_over": (N_("已交接。从那一天起，角色归接手的人。"), ""),
}
