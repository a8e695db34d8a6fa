"""What happens with grades and their rules."""

from __future__ import annotations

from collections.abc import Mapping

from server.slices.grades.words import WORDS
from server.web.language.i18n import N_
from server.web.language.phrases import Sentence

_ARTICLES = WORDS["burden_article"]
"""The sentence of a refusal is what the law says; what was found stands in what is to be done."""
_FOUND = N_("碰到它的是“%(text)s”（%(where)s）。请去掉；微课只为发生过的事给分，不为用手机的动作给分。")

SENTENCES: Mapping[str, Sentence] = {
    **{f"grades_burden_{point}": (article, _FOUND) for point, article in _ARTICLES.items()},
    # the language
    "grades_rule_json": (N_("这不是一份评定规则的 JSON。"), N_("可以先导出一份现有的规则，照着改。")),
    "grades_rule_deep": (N_("这份规则一层套一层，太深了。"), N_("评定规则只有三层，请照导出的样子写。")),
    "grades_rule_key_twice": (N_("“%(where)s”写了两次。"), N_("人看到一个、机器用另一个，请只留一个。")),
    "grades_rule_key_unknown": (
        N_("规则里没有“%(where)s”这一项。"),
        N_("这里不能写算式，只能用 docs/grades.md 里列出的项目。"),
    ),
    "grades_rule_key_missing": (N_("规则缺少“%(where)s”。"), N_("请补上。")),
    "grades_rule_word_unknown": (N_("“%(where)s”用了不认识的词。"), N_("能用的词列在 docs/grades.md。")),
    "grades_rule_value": (
        N_("“%(where)s”的值不合适。"),
        N_("分数最多两位小数；加分、扣分都写正数，扣不扣由事项决定；名称最长 24 个字。"),
    ),
    "grades_rule_points_number": (N_("“%(where)s”要写一个数。"), N_("不能写算式，也不能写文字。")),
    "grades_rule_name_letters": (
        N_("“%(where)s”的名称里有不能用的符号。"),
        N_("请用汉字、字母、数字和一般标点；不能有等号、括号算式一类的符号。"),
    ),
    "grades_rule_fact_without_forms": (N_("“%(where)s”不分学习形式。"), N_("请把学习形式去掉。")),
    "grades_rule_least_above_most": (N_("“%(where)s”的最少比最多还大。"), N_("请对调。")),
    "grades_rule_floor_above_ceiling": (N_("最低分比最高分还高。"), N_("请改一改。")),
    "grades_rule_name_twice": (N_("有两项用了同一个名称。"), N_("请改成不同的名称，录入和表格才分得清。")),
    "grades_rule_review_has_points": (N_("民主评议由人来定，不按分数。"), N_("请去掉分数、事项和年度公式。")),
    "grades_rule_year_percent": (
        N_("年度公式不完整。"),
        N_("各月平均不到 100% 时要写上测评的名称；占 100% 时不要写测评。"),
    ),
    "grades_rule_bands_order": (N_("档次要从高到低，每档都写多少分以上。"), N_("请调整顺序或分数。")),
    "grades_rule_bands_gap": (N_("最低一档没有接住最低分。"), N_("请把最后一档的分数写成最低分。")),
    "grades_rule_quota_band": (
        N_("限额写的档次不在上面，或比例大于 1。"),
        N_("请照档次的名称写，比例写成 1/3。"),
    ),
    "grades_percent": (N_("请写 0 到 100 的整数。"), N_("例如 40。")),
    "grades_share": (N_("看不懂这个比例：“%(text)s”。"), N_("请写成 1/3 或 30%。")),
    "grades_points": (N_("看不懂这个分数：“%(text)s”。"), N_("请写数字，最多两位小数，例如 85.5 或 -3。")),
    "grades_period": (N_("看不懂这个月份：“%(text)s”。"), N_("请写成 2026-11；年度写 2026。")),
    # rule sets
    "grades_no_rules": (
        N_("“%(node)s”在 %(period)s 没有生效的评定规则。"),
        N_("请先在“评定规则”里从例子新建一份，试算后让它生效；上级的规则也可以用。"),
    ),
    "grades_rules_untried": (
        N_("这份规则改过以后还没有试算。"),
        N_("请先用上个月试算，看看会怎样，再让它生效。"),
    ),
    "grades_rules_late": (
        N_("规则不能往回管：%(month)s 以前的月份按当时的规则评。"),
        N_("请把生效月份改成 %(month)s 或以后。"),
    ),
    "grades_rules_fixed": (N_("生效过的规则不能再改。"), N_("请导出它的 JSON，新建一版再改。")),
    "grades_rules_changed": (
        N_("这份规则刚才已经被别人改过。"),
        N_("请看看现在的内容；您写的还在下面，可以再保存一次。"),
    ),
    "grades_rules_kind": (N_("每月评定和民主评议是两种规则，不能互换。"), N_("请另外新建一份。")),
    "grades_waived": (N_("这一条已经关闭了。"), N_("依据写在下面的表里。")),
    "grades_basis": (N_("依据写得太短。"), N_("请写明文件的名称、文号和条款，至少 %(least)s 个字。")),
    # a month
    "grades_future": (N_("%(period)s 还没有到。"), N_("到了再评；现在可以评以前的月份。")),
    "grades_nobody": (N_("“%(node)s”这个月没有要评定的党员。"), N_("请先在人员管理里登记组织关系。")),
    "grades_frozen": (
        N_("这个月已经定稿，不能再改。"),
        N_("确有不对的，请打开那个人的评定，用“重新决定”；原来的决定会留着。"),
    ),
    "grades_open": (N_("这个月还没有定稿。"), N_("直接改决定就可以。")),
    "grades_running": (
        N_("这个月还没有过完（到 %(last)s）。"),
        N_("现在看到的是到今天为止的建议，过完再定稿。"),
    ),
    "grades_stale": (
        N_("算出建议以后，有 %(count)s 人的学习记录又变了。"),
        N_("请点“重新计算”，看过以后再定稿；您改过的决定会保留。"),
    ),
    "grades_undecided": (N_("还有 %(count)s 人没有档次。"), N_("请先录入测评，或逐个决定。")),
    "grades_quota": (
        N_("“%(band)s”最多 %(most)s 人，现在有 %(there)s 人（参加评定 %(of)s 人）。"),
        N_("请改几个人的决定，写上理由；限额按人数向下取整。"),
    ),
    "grades_changed": (N_("这个月刚才已经被别人改过。"), N_("请看看现在的内容再点一次。")),
    "grades_own": (N_("自己的评定不能自己改。"), N_("请支部其他负责人或上级来定。")),
    "grades_without": (N_("这个人按规则不定等次。"), N_("例如预备党员在民主评议里不定等次。")),
    "grades_band_unknown": (N_("规则里没有“%(band)s”这一档。"), N_("请从列出的档次里选。")),
    "grades_reason": (N_("和建议不一样，要写理由。"), N_("理由会给本人看，请写事实。")),
    "grades_item_unknown": (N_("规则里没有这个录入项目。"), N_("请从列出的项目里选。")),
    "grades_points_range": (N_("这一项要在 %(least)s 到 %(most)s 之间。"), N_("请改一改。")),
    "grades_superseded": (N_("这个决定已经被新的决定代替。"), N_("请看最新的决定。")),
    "grades_appealed": (N_("您的申诉还在等答复。"), N_("答复以后可以再提。")),
    "grades_answered": (N_("这份申诉已经答复过。"), N_("请刷新看看。")),
    # done
    "grades_proposed": (N_("建议已算好，还没有定。"), N_("请逐个看一看，需要改的写上理由，再定稿。")),
    "grades_are_frozen": (N_("已定稿，每位党员都收到了消息。"), N_("以后的记录不会悄悄改它，只显示差别。")),
    "grade_decided": (N_("决定已保存。"), ""),
    "grade_entered": (N_("已录入，建议也重新算了。"), ""),
    "grade_year_entered": (N_("已录入。"), ""),
    "grade_appeal_sent": (N_("申诉已提交，支部会收到消息。"), N_("答复会在“消息”里告诉您。")),
    "grade_appeal_answered": (N_("已答复，本人会收到消息。"), ""),
    "grade_corrected": (N_("已重新决定，原来的决定还看得到。"), N_("本人会收到消息。")),
    "grades_rules_made": (N_("草稿已建好。"), N_("请改成您要的样子，试算，再让它生效。")),
    "grades_rules_saved": (N_("已保存。"), N_("改过的规则要再试算一次才能生效。")),
    "grades_rules_apply": (N_("已生效，从写明的月份起用。"), ""),
    "grades_rules_over": (N_("已停用；按它定稿的评定不变。"), ""),
    "grades_waived_now": (N_("这一条已关闭，依据写在规则页上，也记入了审计。"), ""),
    "grades_unwaived": (N_("这一条已恢复；碰到它的规则已停用。"), ""),
}
