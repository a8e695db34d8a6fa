"""What happens with gatherings."""

from __future__ import annotations

from collections.abc import Mapping

from server.web.language.i18n import N_
from server.web.language.phrases import Sentence

SENTENCES: Mapping[str, Sentence] = {
    "gathering_lead": (
        N_("您管的是一个会场，不能替所有会场开始或者结束。"),
        N_("请主持人、记录人、书记或安排的人来开始和结束；您可以记自己会场的名单。"),
    ),
    "gathering_kind": (N_("没有这种会议或活动：“%(text)s”。"), N_("请从列出的类型里选一种。")),
    "kind_saved": (N_("类型已保存，所有网站进程一两秒内生效。"), ""),
    "kind_retired": (N_("这个类型已停用：不再列出供选，以前的会议照旧叫它。"), ""),
    "kind_offered": (N_("这个类型又可以选了。"), ""),
    "kind_sign": (N_("名称里不能有等号。"), N_("请去掉等号。")),
    "kind_form": (N_("没有这种学习形式。"), N_("请从列出的里选。")),
    "kind_asks": (N_("没有这种应到范围。"), N_("请从列出的里选。")),
    "kind_named": (N_("已经有一个类型叫“%(name)s”，或者也这样叫。"), N_("请另取一个名称，或者改那一个。")),
    "kinds_many": (N_("最多 %(most)s 个类型。"), N_("请改一个不用的，不要再加。")),
    "kind_last": (N_("至少要留一个可以选的类型。"), N_("请先加一个，再停用它。")),
    "gathering_far": (N_("这个时间离现在太远。"), N_("只能安排前后 %(days)s 天之内的。")),
    "gathering_ends": (N_("结束时间不在开始时间之后。"), N_("请改开始或结束时间。")),
    "gathering_long": (
        N_("一次最长 %(hours)s 小时。"),
        N_("开几天的，请每天安排一次（可以用“重复”）。"),
    ),
    "gathering_group": (N_("这个学习小组不在这里，或者已经结束。"), N_("请从列出的小组里选。")),
    "gathering_rooms": (N_("一次最多 %(most)s 个会场。"), N_("请合并一些会场。")),
    "gathering_lessons": (N_("一次最多 %(most)s 节课。"), N_("请分到几次里。")),
    "gathering_lesson": (N_("没有这节课，或者您看不到它。"), N_("请写课程的编号或一字不差的标题。")),
    "gathering_asked": (N_("点名邀请最多 %(most)s 人。"), N_("人更多时，请为他们建一个学习小组。")),
    "gathering_person": (N_("写的人里有一位已经不在。"), N_("请重新写这一栏。")),
    "gathering_days": (N_("一次最多看 %(most)s 天。"), N_("请把起止的日期写近一些。")),
    "gathering_time": (N_("看不懂这个时间：“%(text)s”。"), N_("请写成 2026-11-30 19:30 这样的日期和钟点。")),
    "gathering_one_name": (N_("这里只写一个人。"), N_("请去掉其余的名字。")),
    "gathering_name_unknown": (
        N_("没有叫“%(text)s”的人。"),
        N_("请写姓名，或者他登录用的用户名。"),
    ),
    "gathering_names_alike": (
        N_("有 %(count)s 个人叫“%(text)s”。"),
        N_("请改写他登录用的用户名。"),
    ),
    "gathering_lessons_alike": (N_("有 %(count)s 节课都叫“%(text)s”。"), N_("请改写课程的编号。")),
    "gathering_repeats": (N_("重复的次数要写 1 到 %(most)s。"), N_("只有一次就写 1。")),
    "gathering_changed": (
        N_("这次安排刚才已经被别人改过。"),
        N_("请看看现在的内容；您写的还在下面，可以再保存一次。"),
    ),
    "gathering_over": (N_("它已经结束或取消。"), N_("签到和安排都不能再改；记错的在名单里更正，写上原因。")),
    "gathering_began": (
        N_("已经开始，类型、时间和参加范围不能再改。"),
        N_("应到名单是按它们定下来的。地点、议程、主持人和记录人还可以改。"),
    ),
    "gathering_room_stays": (N_("已经开始，会场不能去掉。"), N_("可以改它的名字和负责人。")),
    "gathering_early": (N_("还没有到时间。"), N_("最早在开始前 %(hours)s 小时打开签到。")),
    "gathering_not_open": (N_("签到还没有打开。"), N_("由主持人、记录人或书记点“开始”以后才能签到。")),
    "roll_large": (N_("应到 %(count)s 人，一份名单最多 %(most)s 人。"), N_("请按下级党组织分开安排。")),
    "roll_closed": (N_("结束已经超过 %(days)s 天，名单不能再改。"), N_("有错请写在会议记录的补充里。")),
    "ending_to_come": (N_("结束时间还没有到。"), N_("请写现在或更早的时间。")),
    "ending_before": (N_("结束时间不在开始之后。"), N_("请写开始以后的时间。")),
    "marks_many": (N_("一次最多送 %(most)s 条。"), N_("请分几次送。")),
    "mark_id": (N_("这条记录没有可用的编号。"), N_("请重新打开名单再记一次。")),
    "mark_room": (N_("没有这个会场。"), N_("请从列出的会场里选。")),
    "mark_reason": (N_("请写上原因。"), N_("补学和结束以后的更正都要写原因，例如“上次出差，已看完录像”。")),
    "mark_guest": (N_("没有账号的列席人员不记缺席和补学。"), N_("没有来就记“还没有记”。")),
    "mark_gone": (N_("名单上没有这个人。"), N_("请重新打开名单。")),
    "mark_minutes": (N_("请写几分钟。"), N_("写 0 到 720 的整数：迟到多少分钟，或提前多少分钟离开。")),
    "mark_day": (N_("补学的日期不对。"), N_("请写会议当天到今天之间的一天。")),
    "here_elsewhere": (
        N_("您正在另一个会上签到：%(title)s（%(place)s）。"),
        N_("一个人不能同时在两个会上。如果已经离开那里，请它的秘书记上早退或改正。"),
    ),
    "here_other_room": (
        N_("您已经在另一个会场签到：%(place)s。"),
        N_("如果换了会场，请告诉会场的秘书。"),
    ),
    "here_secretary": (N_("秘书在名单里已经另有记录。"), N_("名单以秘书记的为准，请当面告诉秘书。")),
    "here_code_over": (
        N_("这个二维码已经过期。"),
        N_("二维码每 20 秒换一次，请对着会场的屏幕重新扫；别人发来的照片不能用。"),
    ),
    "digits_wrong": (N_("数字不对。"), N_("请听清会场里报的六位数字，再写一次；也可以扫码，或请秘书记上。")),
    "digits_throttled": (
        N_("猜错的次数太多，十分钟内不再收数字。"),
        N_("请扫会场屏幕上的二维码，或请秘书在名单里记上。"),
    ),
    # A list of records.
    "listed_when": (
        N_("看不懂这个时间：“%(text)s”。"),
        N_("请写成 2026-03-05 19:30-21:00，也可以分成日期、开始时间、结束时间几列。"),
    ),
    "listed_branch": (N_("没有写党组织。"), N_("请写党组织的编码或全名，或者写学习小组。")),
    "listed_to_come": (N_("这一次还没有开完。"), N_("只导入已经开过的；要开的请在网页上安排。")),
    "listed_twice": (
        N_("同一个党组织、类型和时间在第 %(line)s 行已经有了。"),
        N_("一次会只写一行，请合并。"),
    ),
    "listed_there": (
        N_("这一次在系统里已经有了：%(title)s。"),
        N_("没有改动它。有错请在它的名单里更正。"),
    ),
    "listed_unknown": (
        N_("%(count)s 个名字没有对上人，没有记：%(names)s。"),
        N_("请改写他们登录用的用户名，或先把人导入，再导入一次。"),
    ),
    "listed_alike": (
        N_("%(count)s 个名字不止一个人叫，没有记：%(names)s。"),
        N_("请改写他们登录用的用户名，再导入一次。"),
    ),
    "listed_contradicted": (
        N_("%(count)s 个人既写了到会，又写了缺席或补学：%(names)s。"),
        N_("按没有到会记；请改对以后再导入一次。"),
    ),
    "listed_cut": (
        N_("%(count)s 处原因或姓名太长，只留了前面的。"),
        N_("原因最多 120 个字，姓名最多 80 个字。"),
    ),
    "listed_silent": (
        N_("应到的人里有 %(count)s 个没有写到会还是缺席。"),
        N_("他们记为“还没有记”，不算到会，也不算缺席；全都到了就写“全体”。"),
    ),
    "listed_by_hand": (
        N_("有 %(count)s 个人的记录后来在网页上改过。"),
        N_("以网页上的为准，没有按表格改回去。"),
    ),
    "listed_starts_guessed": (
        N_("没有写几点开始。"),
        N_("按 09:00 记；请写上时间再导入一次，会记成另一次。"),
    ),
    "listed_ends_guessed": (N_("没有写几点结束。"), N_("按一小时记；请写上结束时间再导入一次。")),
    # done
    "gathering_planned": (N_("已安排。"), N_("应到的人在“消息”里可以看到。")),
    "gathering_saved": (N_("已保存。"), ""),
    "gathering_cancelled": (N_("已取消。"), ""),
    "gathering_opened": (N_("已开始，应到名单定下来了。"), N_("现在可以签到。")),
    "gathering_ended": (N_("已结束，学习记录已经写好。"), N_("记错的还可以在名单里更正，写上原因。")),
    "mark_saved": (N_("已记下。"), ""),
    "here_done": (N_("签到成功。"), ""),
}
