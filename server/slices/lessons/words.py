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
    "kind": {"video": N_("视频"), "sound": N_("音频"), "text": N_("文稿")},
}
