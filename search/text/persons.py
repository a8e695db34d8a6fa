"""Whether a text seems to name a person: by the cutter's tags and the usual surnames. Pure.

A guess, made where it is better to leave something out than to spread a name: of people whom the library
knows the caller knows more. What a dictionary has is a term, whoever it is called after (雷锋精神, 焦裕禄).
"""

from __future__ import annotations

from collections.abc import Iterator

from search.text.analysis import unit_texts, word_cutter
from search.text.dictionary import Dictionary, standing_terms
from search.text.fold import fold

# The 120 most frequent by the registers of households (Ministry of Public Security, 2019 to 2021), about nine
# tenths of all people; and those of two characters.
_SURNAMES = frozenset(
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林罗高郑梁谢宋唐许韩邓冯曹彭曾肖田董潘袁蔡蒋余于杜叶程魏苏吕丁任卢姚沈"
    "钟姜崔谭陆范汪廖石金韦贾夏付方邹熊白孟秦邱侯江尹薛闫段雷龙黎史陶贺毛郝顾龚邵万覃武钱戴严莫孔向常汤康易乔"
    "赖文施洪辛"
)
_LONG_SURNAMES = (
    "欧阳",
    "上官",
    "皇甫",
    "令狐",
    "诸葛",
    "司徒",
    "司马",
    "申屠",
    "夏侯",
    "端木",
    "尉迟",
    "长孙",
)
# A surname of one character, and what is given: two, or one and a word that the cutter took along.
_MOST_CHARACTERS = 3


def seems_to_name_somebody(text: str, dictionary: Dictionary) -> bool:
    """Tell whether a text seems to hold a person's name that is no word of the dictionary."""
    return any(_is_name(word) for part in fold(text).split() for word in _tagged(part, dictionary))


def _is_name(word: tuple[str, str]) -> bool:
    written, tag = word
    most = _MOST_CHARACTERS if written[0] in _SURNAMES else 0
    most = max(most, _MOST_CHARACTERS + 1 if written.startswith(_LONG_SURNAMES) else 0)
    return tag.startswith("nr") and len(written) <= most


def _tagged(folded: str, dictionary: Dictionary) -> Iterator[tuple[str, str]]:
    """Yield the words of a text that the dictionary does not have, with their tags."""
    standing = standing_terms()
    found, at, loose = tuple(unit_texts(folded)), 0, 0
    while at < len(found):
        known = dictionary.at(found, at) or standing.at(found, at)
        if known is None or len(known) == 1:
            at += 1
            continue
        yield from _tags("".join(found[loose:at]))
        at += len(known)
        loose = at
    yield from _tags("".join(found[loose:]))


def _tags(text: str) -> Iterator[tuple[str, str]]:
    if text:
        yield from word_cutter().tag(text)
