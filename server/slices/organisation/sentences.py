"""What happens with the organisation tree."""

from __future__ import annotations

from collections.abc import Mapping

from server.web.language.i18n import N_
from server.web.language.phrases import Sentence

SENTENCES: Mapping[str, Sentence] = {
    "unknown_node_kind": (
        N_("“%(kind)s”不是党组织的类别。"),
        N_("请写党委、党总支、党支部、党小组或单位。"),
    ),
    "space_in_code": (N_("编码里不能有空格。"), ""),
    "code_taken": (N_("编码 %(taken)s 已经是“%(name)s”的了。"), N_("请核对编码，或不填。")),
    "sibling_named_so": (
        N_("同一个上级下面已经有“%(name)s”。"),
        N_("如果是同一个党组织，请直接用它；不是的话，请换一个能区分的名称。"),
    ),
    "node_closed": (N_("“%(name)s”已经撤销。"), N_("请先恢复它，或选别的党组织。")),
    "node_open": (N_("这个党组织没有撤销，不用恢复。"), ""),
    "node_below_itself": (N_("不能放到它自己或它的下级下面。"), N_("请选别的上级。")),
    "tree_too_deep": (N_("层级太多，最多 %(most)s 层。"), N_("请放到更高的一级下面。")),
    "root_stays": (N_("最上面的党组织不能调整、并入或撤销。"), ""),
    "node_has_open": (
        N_("它下面还有 %(count)s 个党组织。"),
        N_("请先把它们调整到别处或撤销，也可以把它整个并入另一个党组织。"),
    ),
    "node_unknown": (
        N_("您管理的范围里没有叫“%(text)s”的党组织。"),
        N_("请写编码或全名；同名的写上级，如“天荒坪镇党委 / 余村党支部”。"),
    ),
    "node_ambiguous": (
        N_("有 %(count)s 个党组织叫“%(text)s”：%(names)s。"),
        N_("请写编码，或连上级一起写。"),
    ),
    "code_twice": (N_("编码 %(twice)s 在第 %(line)s 行已经有了。"), N_("请核对哪一行对。")),
    "parent_unknown": (
        N_("没有叫“%(text)s”的上级。"),
        N_("请写上级的编码，或和它的名称完全一样；也可以把它作为一行写进清单。"),
    ),
    "parent_in_circle": (
        N_("上级“%(text)s”那一行有误或存疑，或几行互为上级。"),
        N_("请先改正那一行，或选好它是哪一个。"),
    ),
    "parent_outside": (
        N_("“%(node)s”下面没有叫“%(text)s”的上级。"),
        N_("这里只能导入“%(node)s”下面的；请写其中一个的编码或名称，也可以把它作为一行写进清单。"),
    ),
    "nodes_many": (
        N_("党组织太多，一个文件最多放 %(most)s 行。"),
        N_("请从下一级的页面导出，或者请管理员在服务器上用 weike organisation export。"),
    ),
    "parent_missing": (N_("没有写上级。"), N_("只有最上面的党组织没有上级。")),
    "two_roots": (N_("第 %(line)s 行也没有写上级。"), N_("最上面的党组织只能有一个，请给这一行写上上级。")),
    # done
    "node_made": (N_("已新建。"), ""),
    "node_saved": (N_("已保存。"), ""),
    "node_moved": (N_("已调整上级；它的课程、次数和下面的党组织都跟着走。"), ""),
    "node_merged": (N_("已并入；它的课程和次数都还在，下面的党组织归新的上级。"), ""),
    "node_closed_done": (N_("已撤销；它的课程和次数都还在，可以恢复。"), ""),
    "node_reopened": (N_("已恢复。"), ""),
}
