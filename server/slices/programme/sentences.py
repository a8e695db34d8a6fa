"""What happens with weeks."""

from __future__ import annotations

from collections.abc import Mapping

from server.web.language.i18n import N_
from server.web.language.phrases import Sentence

SENTENCES: Mapping[str, Sentence] = {
    "week_unreadable": (
        N_("看不懂这一周：“%(text)s”。"),
        N_("请写这一周里的任何一天，例如 2026-11-30，或者“2026 年第 49 周”。"),
    ),
    "week_far": (
        N_("%(week)s 离现在太远。"),
        N_("只能安排前 %(back)s 周到后 %(ahead)s 周之内的。"),
    ),
    "together_no_node": (N_("还没有选党组织。"), N_("请至少勾选一个。")),
    "together_many_nodes": (
        N_("一次最多 %(most)s 个党组织，您选了 %(count)s 个。"),
        N_("请分几次排；下级都一样的，排在上级那里，下级也看得到。"),
    ),
    "week_empty": (N_("这一周什么都没有写。"), N_("请写上主题、说明或阅读材料，或者加一节课。")),
    "week_lessons": (N_("一周最多 %(most)s 节课。"), N_("现在是 %(count)s 节，请分到几周里。")),
    "week_readings": (N_("阅读材料最多 %(most)s 条。"), N_("现在是 %(count)s 条，请去掉一些。")),
    "reading_link": (
        N_("这个链接不能用：“%(text)s”。"),
        N_("链接要以 http:// 或 https:// 开头，放在一行的最后，前面空一格。"),
    ),
    "week_mode": (N_("看不懂“方式”：“%(text)s”。"), N_("请写“补充”或“替换”。")),
    "week_changed": (
        N_("这一周刚才已经被别人改过。"),
        N_("请看看现在的内容；您写的还在下面，可以再保存一次。"),
    ),
    "week_released": (
        N_("这一周已经发布，发布时间不能再改。"),
        N_("主题、说明和课程还可以改，改了马上就能看到。"),
    ),
    "week_twice": (N_("%(week)s 在第 %(line)s 行已经有了。"), N_("一周只写一行，请合并。")),
    "release_unreadable": (
        N_("看不懂这个发布时间：“%(text)s”。"),
        N_("请写成 08:00（周一）、周三 19:30 或 2026-12-02 19:30。"),
    ),
    "release_outside_week": (
        N_("发布时间不在 %(week)s 附近。"),
        N_("最早可以提前一周，最晚到这一周的星期日。"),
    ),
    "repeat_every": (N_("每隔几周要写 1 到 53 的数。"), N_("每周都要就写 1。")),
    "repeat_none": (N_("到这一天为止，一次也轮不到。"), N_("请选更晚的日期，或隔得短一些。")),
    "copies_none": (N_("还没有选要复制到哪一周。"), N_("请至少选一周。")),
    "copies_many": (N_("一次最多复制到 %(most)s 周。"), N_("这样是 %(count)s 周，请选近一些的日期。")),
    "weeks_taken": (
        N_("有 %(count)s 周已经另有安排：%(weeks)s。"),
        N_("什么都没有改。请去掉这几周，或先到那一周删掉原来的安排。"),
    ),
    "weeks_many": (N_("一次最多看 %(most)s 周。"), N_("请把起止的周写近一些。")),
    "list_long": (N_("一份清单最多 %(most)s 行。"), N_("这份有 %(count)s 行，请分成几份。")),
    "lesson_gone": (N_("没有这节课，或者您看不到它。"), N_("请重新搜索，从找到的课里选。")),
    "lesson_unknown": (
        N_("没有叫这个名字的课：“%(text)s”。"),
        N_("请写课程的编号，或与标题一字不差；几节课用分号隔开。"),
    ),
    "lesson_ambiguous": (
        N_("有 %(count)s 节课都叫“%(text)s”。"),
        N_("请改写编号：%(ids)s。"),
    ),
    # done
    "week_saved": (N_("已保存。"), ""),
    "week_lesson_added": (N_("已加入这一周。"), ""),
    "week_lesson_taken": (N_("已从这一周拿掉，课程本身还在。"), ""),
    "week_lesson_moved": (N_("顺序已改。"), ""),
    "week_copied": (N_("已复制。"), N_("在日历里可以看到。")),
    "week_removed": (N_("这一周的安排已删掉，课程本身还在。"), ""),
}
