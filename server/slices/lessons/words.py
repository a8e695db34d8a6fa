"""What the states, the kinds and the audiences of lessons are called."""

from __future__ import annotations

from collections.abc import Mapping

from server.web.language.i18n import N_

WORDS: Mapping[str, Mapping[str, str]] = {
    "state": {"draft": N_("待发布"), "published": N_("已发布"), "withdrawn": N_("已撤下")},
    "audience": {
        "everyone": N_("所有人"),
        "signed_in": N_("登录后可看"),
        "organisation": N_("组织成员"),
        "chosen": N_("指定范围"),
    },
    "audience_kind": {
        "full": N_("正式党员"),
        "probationary": N_("预备党员"),
        "activist": N_("入党积极分子"),
        "masses": N_("群众"),
    },
    "genre": {
        "lecture": N_("讲授"),
        "testimony": N_("亲历讲述"),
        "onsite": N_("现场教学"),
        "staged": N_("情景党课"),
        "film": N_("教学片"),
        "practical": N_("实用技术"),
        "animation": N_("动漫、微视频"),
    },
    "kind": {"video": N_("视频"), "sound": N_("音频"), "text": N_("文稿"), "material": N_("材料")},
}
