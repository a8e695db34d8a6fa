"""What happens with the words that staff teach."""

from __future__ import annotations

from collections.abc import Mapping

from server.web.language.i18n import N_
from server.web.language.phrases import Sentence

SENTENCES: Mapping[str, Sentence] = {
    "word_parted": (
        N_("“%(word)s”里有顿号、逗号、分号、冒号或等号。"),
        N_("一个词里不要有这些符号；意思相同的几个词，请作为同义词加入（粘贴时用 = 连接）。"),
    ),
    "word_without_letters": (N_("“%(word)s”里没有字，搜索用不上。"), N_("请写出文字、字母或数字。")),
    "word_of_many_units": (
        N_("“%(word)s”太长了：最多 %(most)s 个字，现在有 %(count)s 个（一个外文单词、一个数字各算一个字）。"),
        N_("这更像一句话；请只留其中的词。"),
    ),
    "word_of_many_letters": (
        N_("这个词太长了：最多 %(most)s 个字母，现在有 %(count)s 个。"),
        N_("这更像一句话；请只留其中的词。"),
    ),
    "entry_shares": (
        N_("“%(word)s”里有词已经在另一组同义词里：%(where)s。"),
        N_("意思都相同就并成一组；否则另记一组。"),
    ),
    "group_of_one": (
        N_("同义词至少要有两个不同的词，这里只有“%(word)s”。"),
        N_("简体和繁体、全角和半角、“二十大”和“20大”算同一个词，不必分写。"),
    ),
    "entry_there": (
        N_("“%(word)s”已经在词库里了：%(where)s。"),
        N_("不必再加；要改，请在列表里修改那一条。"),
    ),
    "entry_there_shipped": (N_("“%(word)s”在自带的词里已经有了：%(where)s。"), N_("不必再加。")),
    "entry_there_off": (
        N_("“%(word)s”是自带的，现在停用着。"),
        N_("需要的话，请在列表里启用它。"),
    ),
    "entry_off_already": (N_("“%(word)s”已经停用了。"), ""),
    "entry_not_shipped": (N_("自带的词里没有“%(word)s”，停用不了。"), N_("自己加的词请在列表里删除。")),
    "entry_unknown": (N_("词库里没有自己加的“%(word)s”。"), N_("请写出这一条全部的词，可以先列出来看看。")),
    "words_full": (N_("自己加的词已经满 %(most)s 个了。"), N_("请先删去不再需要的。")),
    "groups_full": (N_("自己加的同义词已经满 %(most)s 组了。"), N_("请先删去不再需要的。")),
    "entry_changed": (
        N_("在您编辑的时候，别人改了这一条，这次没有保存。"),
        N_("它现在是：%(word)s。请看过再决定。"),
    ),
    "entry_gone": (N_("这一条已经不在词库里了，可能刚被别人删除。"), N_("需要的话，可以重新加入。")),
    "file_not_text": (N_("这个文件里不是文字。"), N_("请另存为 UTF-8 编码的 .txt 再试。")),
    "too_many_lines": (N_("行数太多：一次最多 %(most)s 行，现在有 %(count)s 行。"), N_("请分几次粘贴。")),
    # done
    "entry_added": (N_("已加入词库，下一次搜索就会用上。"), ""),
    "entry_removed": (N_("已从词库里删除。"), ""),
    "entry_on": (N_("已启用。"), ""),
    "entry_off": (N_("已停用，搜索不再用它。"), N_("随时可以重新启用。")),
}
