"""What happens with calls, their works, judges and certificates."""

from __future__ import annotations

from collections.abc import Mapping

from server.web.language.i18n import N_
from server.web.language.phrases import Sentence

SENTENCES: Mapping[str, Sentence] = {
    # a call
    "call_stage": (N_("这次征集现在的阶段不能这样做。"), N_("请刷新，看看它到了哪一步。")),
    "call_unknown": (N_("没有编号是 %(call)s 的征集。"), N_("weike calls 列出所有征集的编号。")),
    "call_changed": (
        N_("这次征集刚才已经被别人改过。"),
        N_("请看看现在的内容；您写的还在下面，可以再保存一次。"),
    ),
    "call_has_entries": (N_("已经有 %(count)s 件作品，不能退回起草。"), N_("可以改日期和说明，或截止征集。")),
    "call_no_entries": (N_("还没有作品，不能开始评审。"), N_("请等作品提交，或改晚截止日期。")),
    "call_no_judges": (N_("还没有评委，不能开始评审。"), N_("请先在下面按姓名邀请评委。")),
    "call_has_scores": (
        N_("评委已经打了 %(count)s 个分，不能重新开放征集。"),
        N_("后来的作品会和已经评过的不公平。"),
    ),
    "call_nobody_handed_in": (
        N_("还没有一位评委交分，没有结果可以公布。"),
        N_("请提醒评委评完后点“交分”。"),
    ),
    "call_has_honours": (
        N_("已经按这个结果发了 %(count)s 项荣誉，不能收回结果。"),
        N_("确实要改，请先逐项撤回荣誉。"),
    ),
    "call_dates": (
        N_("日期的先后不对：开始、截止、评审到、公布，要一个不早于一个。"),
        N_("请改一改这个日期。"),
    ),
    "call_day": (N_("看不懂这个日期。"), N_("请写成 2026-12-31。")),
    "call_categories": (N_("请至少选一类，最多 %(most)s 类。"), N_("七种课型可以勾选，也可以自己写。")),
    "call_criteria": (N_("请写 1 到 %(most)s 项评分标准。"), N_("一行一项，例如“内容 40”。")),
    "call_criterion_line": (
        N_("看不懂这一行评分标准：“%(text)s”。"),
        N_("请写名称和权重，中间空一格，例如“内容 40”，权重是整数。"),
    ),
    "call_weight": (N_("“%(name)s”的权重要在 1 到 %(most)s 之间。"), N_("只看比例，加起来不必是 100。")),
    "call_scale": (N_("满分要在 %(least)s 到 %(most)s 之间。"), N_("常用的是 10 分或 100 分。")),
    "call_quota": (N_("名额要写 1 到 %(most)s 的数。"), N_("不限就空着。")),
    "demand_figure": (N_("这个数值不合适。"), N_("请照旁边的例子填写。")),
    "call_category_used": (N_("“%(name)s”已经有作品，不能去掉。"), N_("请把它加回来。")),
    "call_scored": (
        N_("已经有评委打分，评分办法不能再改。"),
        N_("标准、满分、匿名和去最高最低分要在评分前定好。"),
    ),
    "call_result_closed": (
        N_("结果还没有公布。"),
        N_("公布以后这里能看到；评委交分以前看不到别人的分。"),
    ),
    "call_not_told": (N_("结果还没有公布，不能发荣誉。"), N_("请先公布结果。")),
    # works
    "call_not_open": (N_("这次征集还没有发布。"), N_("发布以后才能提交作品。")),
    "call_not_yet": (N_("这次征集 %(day)s 才开始。"), N_("到那天再提交；现在可以先检查作品。")),
    "call_over": (N_("这次征集已经截止，不能再提交或撤回作品。"), N_("有特殊情况，请联系发起单位。")),
    "call_category": (N_("请选一个类别。"), N_("从这次征集列出的类别里选。")),
    "call_quota_full": (
        N_("您所在单位的名额（%(most)s 件）已经用完。"),
        N_("请和本单位商量，先撤回一件再提交。"),
    ),
    "entry_lesson_gone": (N_("没有这节课，或者它不归您管。"), N_("请从列出的课程里选，或粘贴课程的网址。")),
    "entry_outside": (
        N_("这节课不属于“%(name)s”和它的下级，不能参加这次征集。"),
        N_("请换一节课，或联系发起单位。"),
    ),
    "entry_plays_nothing": (
        N_("这节课还没有能播放的视频或声音，评委没有东西可看。"),
        N_("请等录像处理完，或先上传录像。"),
    ),
    "demands_missed": (
        N_("这件作品还没有达到必须达到的要求，不能提交。"),
        N_("请看下面“不符合”的几项，改好录像或字幕以后再来。"),
    ),
    "demand_checking": (
        N_("有一项必须达到的要求正在检查，还不能提交。"),
        N_("一般几秒就好，请刷新后再提交。"),
    ),
    # judging
    "judge_unknown": (
        N_("没有叫“%(text)s”的人。"),
        N_("请写姓名、用户名、工号或手机号；还没有账号的，请先在“人员”里登记。"),
    ),
    "judge_ambiguous": (N_("有 %(count)s 个人都叫“%(text)s”。"), N_("请改写用户名、工号或手机号。")),
    "judges_many": (N_("评委最多 %(most)s 位。"), N_("请先去掉一位还没有评分的。")),
    "judge_has_scored": (N_("这位评委已经打过分，不能去掉。"), N_("已经打的分要算数，或由评委自己修改。")),
    "not_a_judge": (N_("您不是这次征集的评委。"), N_("评委由发起单位邀请。")),
    "judge_has_stake": (N_("这件作品和您有关，您不能评分。"), N_("请评下一件；少您一个分不影响它。")),
    "call_not_judging": (N_("这次征集现在不在评审阶段。"), N_("评审开始后才能打分，公布结果后不能再改。")),
    "call_judged": (N_("评审已在 %(day)s 结束。"), N_("还没有评完，请发起单位改晚日期。")),
    "scores_handed_in": (N_("您已经交分，不能再改。"), N_("确实要改，请发起单位退回给您。")),
    "scores_missing": (
        N_("还有 %(count)s 件没有评，例如 %(first)s 号。"),
        N_("和您有关的不用评；其余评完再交分。"),
    ),
    "score_missing": (N_("“%(name)s”还没有打分。"), N_("每一项都要打分。")),
    "score_beyond": (N_("“%(name)s”要在 0 到 %(most)s 之间。"), N_("请打整数分。")),
    # honours and certificates
    "prize_line": (N_("看不懂这一行奖项：“%(text)s”。"), N_("请写名称和件数，中间空一格，例如“一等奖 2”。")),
    "prize_twice": (N_("“%(name)s”写了两次。"), N_("一个奖项写一行。")),
    "prizes_none": (N_("还没有写奖项。"), N_("一行一个，从高到低，例如“一等奖 2”。")),
    "prizes_many": (N_("奖项最多 %(most)s 个。"), N_("请去掉一些。")),
    "honours_differ": (
        N_("%(number)s 号作品已经发过 %(award)s，和这次的不一样。"),
        N_("什么都没有发。请先撤回那一项，或照原来的奖项发。"),
    ),
    "certificate_unknown": (
        N_("查不到这个编号的证书。"),
        N_("请对照证书再输一次，不分大小写；仍然查不到，这张证书就不是本站发的。"),
    ),
    "certificate_wait": (N_("从您这个网络来的，查错的编号太多了。"), N_("请过 %(wait_s)s 再查。")),
    # done
    "call_made": (N_("已建好，现在只有您和同级、上级工作人员看得到。"), N_("看一遍，再点“发布征集”。")),
    "call_saved": (N_("已保存。"), ""),
    "call_moved": (N_("这次征集已进到下一步。"), ""),
    "call_removed": (N_("这份草稿已删掉。"), ""),
    "call_entered": (N_("已提交参评。"), N_("截止以前可以撤回。")),
    "entry_taken_back": (N_("已撤回，名额空出来了。"), N_("课程本身还在。")),
    "judge_invited": (N_("已邀请，评委登录后在“征集”里能看到。"), ""),
    "judge_dismissed": (N_("已去掉这位评委。"), ""),
    "scores_given_back": (N_("已退回，评委可以修改后再交分。"), ""),
    "score_saved": (N_("分数已保存，交分以前都能改。"), ""),
    "scores_in": (N_("已交分。"), N_("谢谢您。现在能看到其他已交分评委的分数。")),
    "honours_given": (N_("荣誉已登记到作品上，证书可以打印。"), ""),
    "honours_given_in_part": (
        N_("荣誉已登记到作品上；课程已被删除的作品没有发。"),
        N_("没有证书的几件就是。"),
    ),
    "honour_withdrawn": (N_("这项荣誉已撤回，查证书的人会看到“已撤回”。"), ""),
}
