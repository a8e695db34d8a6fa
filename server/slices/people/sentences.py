"""What happens with people, their names and their roles."""

from __future__ import annotations

from collections.abc import Mapping

from server.web.language.i18n import N_
from server.web.language.phrases import Sentence

SENTENCES: Mapping[str, Sentence] = {
    "space_inside": (N_("用户名里不能有空格。"), ""),
    "username_taken": (N_("这个用户名已经有人用了。"), N_("请换一个，例如加上村名或年份。")),
    "confirm_username": (N_("为防误删，请准确输入这个人的用户名。"), ""),
    "two_of_three": (
        N_(
            "这个人已经是 %(held)s，不能再是 %(wanted)s："
            "这里的系统管理、安全管理和审计分给三个人（三员分立）。"
        ),
        N_("请把 %(wanted)s 交给另一个人，或先收回他的 %(held)s。"),
    ),
    "role_not_held": (N_("这个人现在没有这个角色，交接不了。"), N_("请看“角色”里列出的人。")),
    "same_person": (N_("交出和接手的是同一个人。"), N_("请写另一个人。")),
    "day_past": (N_("%(day)s 已经过去了。"), N_("交接从今天或以后的一天开始，最晚 %(last)s。")),
    "last_admin": (
        N_("这是最后一位管理员，不能停用、收回角色或删除。"),
        N_("请先另设一位管理员。"),
    ),
    "person_unknown": (N_("没有叫 %(name)s 的用户。"), N_("请检查用户名。")),
    "no_root": (N_("还没有建立党组织。"), N_("请管理员重新启动服务。")),
    # where people belong
    "day_to_come": (N_("%(day)s 还没有到。"), N_("请写今天或以前的日期。")),
    "ends_before": (N_("结束不能早于开始（%(since)s）。"), N_("请核对日期。")),
    "home_since": (
        N_("系统里 %(since)s 起已有别的记录，不能从更早的日期开始。"),
        N_("请写那一天或以后的日期，或先在本人页面上更正以前的记录。"),
    ),
    "home_overlaps": (
        N_("这个日期和以前的组织关系重叠（%(since)s）。"),
        N_("同一天只能在一个党组织，请核对日期。"),
    ),
    "no_home": (N_("这个人现在不在任何党组织。"), N_("请先写上所在党组织。")),
    "guest_at_home": (N_("这个人的组织关系就在这里，不用再作流动登记。"), ""),
    "guest_since": (N_("这段流动登记到 %(since)s 才结束。"), N_("请写那一天或以后的日期。")),
    "node_has_members": (
        N_("还有 %(count)s 个人的组织关系在这里，不能撤销。"),
        N_("请先把他们转走，或把它并入另一个党组织，人就一起过去。"),
    ),
    "transfer_home": (N_("组织关系已经在“%(name)s”。"), ""),
    "transfer_asked": (
        N_("已经在转往“%(name)s”，还没有答复。"),
        N_("请等对方答复，或先撤回那一次。"),
    ),
    "transfer_over": (N_("这次转接已经有了结果。"), N_("请刷新页面看看；要再转，请重新发起。")),
    "no_transfer": (N_("%(name)s 没有等待答复的转接。"), ""),
    "exempt_already": (N_("%(since)s 起已经登记不计入应到，时间重叠。"), N_("请先结束那一段，或改日期。")),
    "not_exempt": (N_("%(name)s 在 %(day)s 没有登记不计入应到。"), ""),
    "committee_already": (N_("%(since)s 起已经登记为班子成员，时间重叠。"), N_("请先结束那一段，或改日期。")),
    "committee_over": (N_("以前是班子成员到 %(until)s。"), N_("请写那一天或以后的日期。")),
    "unknown_committee": (
        N_("看不懂“班子成员”一列：%(text)s。"),
        N_("可以写是、否、职务（如组织委员），或从哪一天起。"),
    ),
    "not_committee": (N_("%(name)s 在 %(day)s 不是班子成员。"), ""),
    "group_not_known": (N_("没有叫“%(text)s”的学习小组。"), N_("请写它的编号，或完整的名称。")),
    "group_ambiguous": (N_("有几个学习小组叫“%(text)s”。"), N_("请写编号：%(ids)s。")),
    "group_named_so": (N_("已经有一个学习小组叫“%(name)s”。"), N_("请换个名称。")),
    "group_closed": (N_("学习小组“%(name)s”已经结束。"), ""),
    "group_since": (N_("以前在这个小组到 %(since)s。"), N_("请写那一天或以后的日期。")),
    # lists
    "id_number": (
        N_("这一行里有身份证号。微课不收身份证号，这一行没有保存。"),
        N_("请换成工号或别的账号。"),
    ),
    "unknown_state": (
        N_("不认识的人员类别：%(text)s。"),
        N_("可以写正式党员、预备党员、入党积极分子、群众。"),
    ),
    "unknown_kind": (N_("不认识的组织关系：%(text)s。"), N_("可以写在册、流动。")),
    "account_twice": (N_("账号 %(twice)s 在第 %(line)s 行已经有了。"), N_("请核对哪一行对。")),
    "person_twice": (
        N_("第 %(line)s 行已经是这个人。"),
        N_("请核对哪一行对；是两个人的，请写上各自的账号。"),
    ),
    "person_elsewhere": (
        N_("这个账号的人不归您管理。"),
        N_("请对方党组织发起转接，或换一个账号。"),
    ),
    "changed_meanwhile": (
        N_("就在这时别人也在改名册里的人，什么都没有导入。"),
        N_("请再试一次。"),
    ),
    "person_ambiguous": (N_("有几个人叫 %(name)s：%(names)s。"), N_("请写用户名。")),
    "decision_unreadable": (
        N_("读不懂 --decide %(text)s。"),
        N_("请写“行号=账号”“行号=another”或“行号=leave”。"),
    ),
    "id_number_refused": (
        N_("名册里有身份证号一列，没有读，也没有保存（%(count)s 行）。"),
        N_("微课不需要身份证号，发名册以前可以先删掉这一列。"),
    ),
    "post_taken": (N_("按“职务”一列登记为班子成员的有 %(count)s 行。"), ""),
    "post_not_kept": (
        N_("“职务”一列有 %(count)s 行不是党内班子的职务，没有保存。"),
        N_("是班子成员的，请加“班子成员”一列写“是”或任职日期。"),
    ),
    "party_day_not_kept": (N_("入党日期没有保存；加入本支部的日期按“加入日期”一列。"), ""),
    "party_day_taken": (
        N_("名册里没有加入本支部的日期，先用入党日期代替（%(count)s 行）。"),
        N_("要准确，请加上“加入日期”一列再导入一次。"),
    ),
    "list_too_large": (N_("文件太大，最多 %(most)s MB。"), N_("请另存为 .csv，或分成几份。")),
    "list_too_costly": (
        N_("这个文件读起来太费时间，没有读完，什么都没有改。"),
        N_("请删去空白的行列和不用的工作表，另存为 .csv，或分成几份。"),
    ),
    "people_many": (
        N_("人太多，一个文件最多放 %(most)s 行。"),
        N_("请让下级党组织各自导出，或者请管理员在服务器上用 weike people export。"),
    ),
    "list_at_work": (N_("正在做，请等它做完。"), N_("几秒后刷新页面。")),
    "list_over": (N_("这份清单已经做完或停了，刚才选的没有用上。"), N_("要改，请再导入一次。")),
    "list_too_long": (
        N_("清单有 %(count)s 行，一次最多 %(most)s 行，什么都没有改。"),
        N_("请分成几份，或者请管理员在服务器上导入。"),
    ),
    "list_failed": (N_("没有做成，什么都没有改。"), N_("请再试一次；还不行，请看服务器日志。")),
    # done
    "list_forgotten": (N_("没有导入，发来的文件已经删除。"), ""),
    "home_set": (N_("已登记组织关系。"), ""),
    "belonging_saved": (N_("已登记。"), ""),
    "transfer_asked_done": (N_("已发起转接。对方接收以前，这个人还在原党组织。"), ""),
    "transfer_answered": (N_("已答复。"), ""),
    "group_made": (N_("学习小组已建好；在各人的页面上把人加进来。"), ""),
    "group_saved": (N_("已保存。"), ""),
    "group_ended": (N_("学习小组已结束；以前有谁还查得到。"), ""),
    "role_given": (N_("已授予角色。"), ""),
    "role_taken": (N_("已收回角色，这个人在所有设备上已退出登录，令牌和链接也已作废。"), ""),
    "invite_revoked": (N_("邀请链接已作废。"), ""),
    "person_on": (N_("账号已启用。"), ""),
    "person_off": (N_("账号已停用，所有登录、令牌和链接都已作废。"), ""),
    "person_signed_out": (N_("这个人在所有设备上已退出登录，令牌和链接也已作废。"), ""),
    "person_erased": (N_("账号和姓名已删除，统计数字不变。"), ""),
}
