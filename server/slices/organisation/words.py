"""What kinds of nodes and what became of them are called."""

from __future__ import annotations

from collections.abc import Mapping

from server.web.language.i18n import N_

WORDS: Mapping[str, Mapping[str, str]] = {
    "node_kind": {
        "committee": N_("党委"),
        "general_branch": N_("党总支"),
        "branch": N_("党支部"),
        "group": N_("党小组"),
        "unit": N_("单位"),
    },
    "node_value": {
        "name": N_("名称"),
        "short_name": N_("简称"),
        "kind": N_("类别"),
        "code": N_("编码"),
        "since": N_("成立日期"),
        "parent": N_("上级"),
        "into": N_("并入"),
        "node": N_("并入的"),
    },
    "node_change": {
        "made": N_("新建"),
        "renamed": N_("改了资料"),
        "moved": N_("调整了上级"),
        "merged": N_("并入别的党组织"),
        "took_over": N_("并入了别的党组织"),
        "closed": N_("撤销了"),
        "reopened": N_("恢复了"),
    },
}
