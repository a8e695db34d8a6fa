"""What the states of a week are called."""

from __future__ import annotations

from collections.abc import Mapping

from server.web.language.i18n import N_

WORDS: Mapping[str, Mapping[str, str]] = {
    "week_state": {"coming": N_("即将发布"), "released": N_("已发布")},
    "week_mode": {"add": N_("补充上级的安排"), "replace": N_("代替上级的安排")},
}
