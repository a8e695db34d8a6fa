"""From where a play is come to, in words."""

from __future__ import annotations

from collections.abc import Mapping

from server.web.language.i18n import N_

WORDS: Mapping[str, Mapping[str, str]] = {
    "source": {
        "feed": N_("首页和课程列表"),
        "search": N_("搜索"),
        "link": N_("直接打开或别处的链接"),
        "qr": N_("扫二维码"),
        "next": N_("从同一课的另一段接着看"),
    },
}
