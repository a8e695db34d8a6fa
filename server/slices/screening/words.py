"""What the parts and states of a record are called."""

from __future__ import annotations

from collections.abc import Mapping

from server.web.language.i18n import N_

WORDS: Mapping[str, Mapping[str, str]] = {
    "record_state": {"open": N_("未签字"), "locked": N_("已签字")},
    "record_part": {"discussion": N_("讨论"), "resolution": N_("决议")},
    "signer": {"chair": N_("主持人"), "recorder": N_("记录人")},
    "record_field": {
        "title": N_("会议名称"),
        "kind": N_("类型"),
        "node": N_("党组织"),
        "group": N_("学习小组"),
        "place": N_("地点"),
        "rooms": N_("会场"),
        "began": N_("开始时间"),
        "ended": N_("结束时间"),
        "planned": N_("原定时间"),
        "chair": N_("主持人"),
        "recorder": N_("记录人"),
        "due": N_("应到"),
        "present": N_("到会人员"),
        "late": N_("迟到"),
        "left_early": N_("早退"),
        "absent": N_("缺席及原因"),
        "made_up": N_("补学"),
        "unmarked": N_("还没有记"),
        "exempt": N_("不计入应到"),
        "guests": N_("列席"),
        "shown": N_("放映的课程"),
        "agenda": N_("议程"),
    },
}
