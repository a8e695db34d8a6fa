"""What the origins of versions, and what differs between two, are called."""

from __future__ import annotations

from collections.abc import Mapping

from server.web.language.i18n import N_

_FIELDS = {
    "title": N_("标题"),
    "lecturer": N_("讲师"),
    "topics": N_("专题"),
    "date": N_("讲课日期"),
    "summary": N_("简介"),
    "language": N_("讲课语言"),
    "genre": N_("课型"),
}

WORDS: Mapping[str, Mapping[str, str]] = {
    "origin": {
        "published": N_("发布课程"),
        "draft": N_("发布修改"),
        "straight": N_("导入或命令行直接修改"),
        "honoured": N_("征集授奖"),
        "found": N_("开始保留版本时已经发布"),
    },
    "version_field": _FIELDS,
    "version_changed": {
        **_FIELDS,
        "cover": N_("整节课的封面"),
        "posters": N_("短视频的封面"),
        "materials": N_("材料"),
        "honours": N_("荣誉"),
    },
    "version_part": {
        "cover": N_("整节课的封面"),
        "clips": N_("短视频的起止和名称"),
        "posters": N_("短视频的封面"),
        "words": N_("文稿与字幕"),
        "materials": N_("材料"),
        "honours": N_("荣誉"),
        "site": N_("基地"),
        "audience": N_("观看范围"),
        "media": N_("录像"),
    },
}
