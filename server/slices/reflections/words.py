"""What the states of a reflection are called."""

from __future__ import annotations

from collections.abc import Mapping

from server.web.language.i18n import N_

WORDS: Mapping[str, Mapping[str, str]] = {
    "reflection_state": {
        "draft": N_("草稿"),
        "sent": N_("已送支部"),
        "returned": N_("退回来了"),
        "published": N_("已发布"),
    },
    "reflection_reach": {
        "branch": N_("本支部"),
        "below": N_("上级党组织和下属组织"),
        "public": N_("所有人，不用登录"),
    },
}
