"""Attempts to bring in under 减负 what no rule may reward: renamed, nested, converted, in other letters."""

from __future__ import annotations

import json
from typing import Any

import pytest

from library.core.errors import Invalid
from library.grades import burden
from library.grades.burden import Burden, check
from library.grades.examples import BASE_SIXTY, EXAMPLES

pytestmark = [pytest.mark.slow, pytest.mark.every]

SMUGGLED = {
    Burden.SIGN_INS: (
        *(
            "登录次数",
            "每日打卡",
            "登 录 天 数",
            "登-陆",
            "登\u200b录",
            "登錄情况",
            "ＬＯＧＩＮ",
            "l.o.g.i.n",
            "lоgin",
            "l0gin",
        ),
        *("灯录次数", "denglu天数", "手机签到", "打ka天数", "qian到", "每日考勤", "按时上线", "🇱🇴🇬🇮🇳"),
        *("ʟᴏɢɪɴ", "党建login数", "刷脸", "连续天数"),
    ),
    Burden.CLICKS: (
        *("点击量", "點擊", "点·击", "阅读量", "click数", "播放次数", "views", "观看", "觀 看 情况", "看课"),
        *("阅读", "閱讀", "阅读情况", "完播率", "党课views", "ＰＶ", "guankan"),
    ),
    Burden.LIKES: (
        "点赞",
        "點讚數",
        "点　赞",
        "集赞",
        "dian zan",
        "典赞",
        "1ikes",
        "投票得票数",
        "likes",
        "👍",
        *("点个赞", "点zan", "dian赞", "喜欢", "收藏", "𝓵𝓲𝓴𝓮𝓼", "♥"),
    ),
    Burden.FORWARDS: ("转发朋友圈", "轉發", "分享次数", "retweet", "zhuan-fa", "zhuan发", "评论", "弹幕数"),
    Burden.LENGTH: ("心得字数", "字 数", "篇幅", "每千字", "word count", "800字心得", "八百字", "zi数"),
    Burden.TIME: (
        "学习时长",
        "在线分钟",
        "每60秒钟",
        "在线1／4小时",
        "學時",
        "观看时间",
        "minutes",
        "hоurs",
        "刻钟",
        *(
            "课时",
            "課時",
            "网络学分",
            "时间",
            "時 間",
            "听课时间",
            "时chang",
            "30min",
            "credits",
            "学习时数",
            "用时",
        ),
    ),
    Burden.USAGE: (
        "安装率",
        "客户端使用率",
        "装机",
        "App",
        "活跃度",
        "install",
        "关注公众号",
        "安装",
        "软件安装",
        "激活",
        "注册",
        "党建app",
        "学习强国",
        "日活",
    ),
    Burden.PHOTOS: (
        *(
            "拍照留痕",
            "照 片",
            "上传图片",
            "截图",
            "行动轨迹",
            "现场定位",
            "ph0to",
            "selfie",
            "图片",
            "圖 片",
        ),
        *("视频", "現場視頻", "影像", "照相", "拍zhao", "合影", "人脸识别", "shipin"),
    ),
    Burden.RANKING: (
        "支部排名",
        "第一名",
        "前十名",
        "学习积分",
        "红黑榜",
        "末位",
        "pai ming",
        "Top3",
        "rank",
        *(
            "第一",
            "第 1",
            "排序",
            "积点",
            "積點",
            "绩点",
            "前10%",
            "后三名",
            "位次",
            "得第一",
            "pai名",
            "jifen",
        ),
    ),
}


@pytest.mark.parametrize(("point", "name"), [(p, name) for p, names in SMUGGLED.items() for name in names])
def test_what_is_smuggled_in_under_a_name_is_found(point: Burden, name: str) -> None:
    hidden = {"kind": "entered", "name": name, "least": 0, "most": 5}
    for value in (
        {**BASE_SIXTY, "terms": [hidden]},
        {**BASE_SIXTY, "name": name},
        {**BASE_SIXTY, "appraisal": {"name": name, "percent": 40}},
        {**BASE_SIXTY, "terms": [{"kind": "count", "name": "自学", "fact": name, "points": 1}]},
        {**BASE_SIXTY, "terms": [{"kind": "count", "name": "自学", "more": {"x": [{"y": name}]}}]},
        {**BASE_SIXTY, name: 5},
    ):
        verdict = check(json.dumps(value))
        assert verdict.rules is None
        assert point in {one.point for one in verdict.found}, verdict.found


def bands(*steps: float, names: str = "优良中差末低") -> list[dict[str, Any]]:
    """Bands that begin at some points."""
    return [{"name": names[n], "at_least": one} for n, one in enumerate(steps)]


@pytest.mark.parametrize(
    "change",
    [
        {"bands": bands(90, 89, 88, 0)},
        {"bands": bands(90, 80, 70, 60, 50, 0)},
        {"bands": bands(99, 60, 0)},
        {"bands": [{"name": "1", "at_least": 80}, {"name": "2", "at_least": 0}]},
        {"bands": [{"name": "第一名", "at_least": 80}, {"name": "第二名", "at_least": 0}]},
        {"floor": 0, "ceiling": 1000, "bands": bands(120, 80, 0)},
        {"quotas": [{"band": "优", "of": [1, 20]}]},
        {"quotas": [{"band": "优", "of": [1, 100]}]},
    ],
)
def test_bands_and_quotas_so_small_that_they_rank_are_found(change: dict[str, Any]) -> None:
    verdict = check(json.dumps({**BASE_SIXTY, **change}))
    assert {one.point for one in verdict.found} == {Burden.RANKING}


@pytest.mark.parametrize("name", list(EXAMPLES))
def test_the_examples_touch_nothing(name: str) -> None:
    assert check(json.dumps(EXAMPLES[name], ensure_ascii=False)).rules is not None


@pytest.mark.parametrize(
    "name",
    [
        "思想汇报",
        "日常表现",
        "第一书记评价",
        "志愿服务",
        "市场调研",
        "微视频制作",
        "典籍诵读",
        "邀请大咖讲课",
        "党费缴纳",
        "年度测评",
        *("集中学习次数", "实践", "夜校", "自学", "补学", "到会率", "无故缺席", "讲党课", "主题党日"),
        *(
            "学时代楷模",
            "自学分享会",
            "自学分组讨论",
            "经典阅读分享",
            "时间银行志愿服务",
            "千字文诵读",
            "三字经诵读",
        ),
        *("线上线下宣讲", "视频会议", "红色图片展", "集中观看警示教育片", "查看课题", "现场图书捐赠"),
        *("为老人安装扶手", "激活红色资源", "活跃群众文化", "志愿者注册登记", "重点赞助", "进行数字化培训"),
        *("及时数据上报", "清理垃圾堆积点", "将心比心走访", "节日活动", "获第一书记好评", "第一党支部活动"),
        *(
            "5S管理",
            "3D打印",
            "AI培训",
            "KTV整治",
            "best practice"[5:],
            "双报到",
            "扫码问诊帮办",
            "前进社区走访",
        ),
    ],
)
def test_what_has_nothing_to_do_with_it_passes(name: str) -> None:
    value = {**BASE_SIXTY, "terms": [{"kind": "entered", "name": name, "least": 0, "most": 5}]}
    assert check(json.dumps(value)).found == ()


def test_a_waived_point_passes_and_is_named_and_the_others_do_not() -> None:
    value = {**BASE_SIXTY, "terms": [{"kind": "entered", "name": "登录天数", "least": 0, "most": 5}]}
    verdict = check(json.dumps(value), {Burden.SIGN_INS})
    assert verdict.rules is not None
    assert {one.point for one in verdict.waived} == {Burden.SIGN_INS}
    assert check(json.dumps(value), set(Burden) - {Burden.SIGN_INS}).rules is None


@pytest.mark.parametrize(
    ("reason", "fits"),
    [
        ("十月八日在村里帮忙收稻，四个小时", True),
        ("上交思想汇报一份", True),
        ("本月登录三十次", False),
        ("在线时长最多", False),
        ("给支部文章点 赞", False),
        ("全支部排名第一", False),
    ],
)
def test_a_reason_may_name_a_deed_and_not_an_activity(reason: str, fits: bool) -> None:
    if fits:
        burden.check_text(reason, "reason")
        return
    with pytest.raises(Invalid, match="grades_burden"):
        burden.check_text(reason, "reason")


def test_a_document_that_is_too_deep_or_too_long_is_refused() -> None:
    deep: Any = "登"
    for _ in range(30):
        deep = [deep]
    for value in ({**BASE_SIXTY, "x": deep}, {**BASE_SIXTY, "x": "长" * 50_000}):
        with pytest.raises(Invalid):
            check(json.dumps(value, ensure_ascii=False))
    with pytest.raises(Invalid):
        check("[" * 39_000)
