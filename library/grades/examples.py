"""The rule sets that come with Weike: examples to begin from. Data."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

BASE_SIXTY: Mapping[str, Any] = {
    "format": "weike-grades/1",
    "kind": "month",
    "name": "基础分 60 分，按实际加减",
    "base": 60,
    "floor": 0,
    "ceiling": 100,
    "terms": [
        {"kind": "share", "name": "集中学习到会率", "forms": ["gathered"], "points": 10, "made_up": "half"},
        {"kind": "count", "name": "夜校", "fact": "attended", "forms": ["evening"], "points": 2, "most": 6},
        {"kind": "count", "name": "自学", "fact": "self_studied", "points": 1, "most": 4},
        {"kind": "count", "name": "实践", "fact": "practised", "points": 3, "most": 9},
        {"kind": "count", "name": "讲党课", "fact": "lectured", "points": 5, "most": 10},
        {"kind": "count", "name": "心得在支部发表", "fact": "wrote", "points": 2, "most": 4},
        {"kind": "count", "name": "无故缺席", "fact": "absent", "points": 5},
        {"kind": "entered", "name": "日常表现", "least": -10, "most": 10},
    ],
    "bands": [
        {"name": "优", "at_least": 85},
        {"name": "良", "at_least": 75},
        {"name": "一般", "at_least": 60},
        {"name": "差", "at_least": 0},
    ],
    "quotas": [{"band": "优", "of": [1, 3]}],
    "without_grade": [],
    "year": {"months_percent": 100},
}
DAILY_AND_APPRAISAL: Mapping[str, Any] = {
    "format": "weike-grades/1",
    "kind": "month",
    "name": "平时 60%，测评 40%",
    "base": 0,
    "floor": 0,
    "ceiling": 100,
    "terms": [
        {"kind": "share", "name": "到会率", "points": 70, "made_up": "full"},
        {"kind": "count", "name": "自学", "fact": "self_studied", "points": 5, "most": 10},
        {"kind": "count", "name": "实践", "fact": "practised", "points": 5, "most": 10},
        {"kind": "entered", "name": "思想汇报", "least": 0, "most": 10},
        {"kind": "count", "name": "无故缺席", "fact": "absent", "points": 5, "most": 20},
    ],
    "appraisal": {"name": "民主测评", "percent": 40},
    "bands": [
        {"name": "优", "at_least": 90},
        {"name": "良", "at_least": 75},
        {"name": "一般", "at_least": 60},
        {"name": "差", "at_least": 0},
    ],
    "quotas": [{"band": "优", "of": [1, 3]}],
    "without_grade": [],
    "year": {"months_percent": 60, "appraisal": "年度测评"},
}
REVIEW: Mapping[str, Any] = {
    "format": "weike-grades/1",
    "kind": "review",
    "name": "民主评议党员",
    "bands": [{"name": "优秀"}, {"name": "合格"}, {"name": "基本合格"}, {"name": "不合格"}],
    "quotas": [{"band": "优秀", "of": [1, 3]}],
    "without_grade": ["probationary"],
}
EXAMPLES: Mapping[str, Mapping[str, Any]] = {
    "base": BASE_SIXTY,
    "appraisal": DAILY_AND_APPRAISAL,
    "review": REVIEW,
}
