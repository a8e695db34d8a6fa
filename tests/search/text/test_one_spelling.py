"""Days, numbers, shares and variants said in different ways are one, and what only looks so is not."""

from __future__ import annotations

from itertools import combinations, pairwise

import pytest

from search import ENGINES, Document, highlight
from search.text.analysis import unit_texts
from search.text.fold import fold, fold_with_origin

ALIKE = [
    "九一八 九·一八 9·18 918 ９·１８ 九•一八 九・一八 九.一八",
    "九一八事变 918事变 9.18事变 9·18事变 “九·一八”事变",
    "五四运动 五·四运动 5·4运动 54运动 5.4运动 “五四”运动",
    "五四 五·四 5·4",
    "七一 七·一 7·1 七.一",
    "七一讲话 71讲话 7·1讲话",
    "八一 八·一 8·1",
    "八一建军节 81建军节 8·1建军节 八·一建军节",
    "十一 十·一 10·1",
    "一二·九 一二九 12·9 129 十二·九",
    "一二·九运动 一二九运动 12.9运动 129运动",
    "七七事变 七·七事变 77事变 7·7事变 7.7事变",
    "五卅 五·卅 5·30 五·三十",
    "五卅惨案 530惨案 五·卅惨案",
    "一·二八 一二八 1·28",
    "四·一二 四一二 4·12 412",
    "三·一五晚会 3·15晚会 315晚会",
    "八七会议 八·七会议 87会议",
    "三八红旗手 38红旗手",
    "九三学社 九·三学社 93学社",
    "十二五规划 十二·五规划 “十二·五”规划",
    "一万五千 15000 1.5万 15,000 １５，０００ 1万5千 一点五万",
    "二万五千里 两万五千里 25000里 2.5万里 25,000里",
    "三千万 3000万 30,000,000 30000000",
    "十四亿 14亿 1400000000",
    "一亿二千万 1.2亿 1亿2千万 12000万",
    "一万零五百 10500 1.05万 10,500",
    "一万五千亿 1.5万亿",
    "五千年 5000年 5千年",
    "十万 10万 100,000",
    "二〇二一 2021 二零二一 二○二一 ２０２１",
    "二零二一年 2021年 二〇二一年",
    "百分之八 8% 8％ ８％",
    "百分之八十 80% 80.0%",
    "百分之百 100%",
    "百分之八点五 8.5% 8.50%",
    "百分之零点五 0.5%",
    "千分之三 3‰",
    "第二十次 第20次 第２０次",
    "沿着 沿著",
    "跟着党走 跟著黨走",
    "显著 顯著",
    "著名 著名",
    "名著 名著",
    "你 妳",
    "保卫 保衞 保衛",
    "村里 村裏 村裡",
    "什么 什麼",
]
# In each, no two are one.
APART = [
    "九一八 九十八 9.18 9月18日",
    "五四 54 5.4 45",
    "七一 71 7.1 17",
    "五卅 530 53",
    "一二九 12.9 109",
    "一万五 一万五千 15000人",
    "千万 一千万 千万工程",
    "百万 一百万",
    "8% 8 0.8% 80% 8‰",
    "二三十万 二十三万 30万",
    "着名 著名",
    "原着 原著",
    "1.5 15 1.5万",
    "1,5 15",
]
STAY = """
千万工程 百万雄师 万里长征 千千万万 万一 统一万家 十几万 三五万 二三十万 一万五 十四五规划 3.5倍 12.5元
1.2.3 10.1 2021.7.1 c919 5g 一带一路 三会一课 著名 著作 原著 土著 名著 卓著 昭著 论著 显著 著称 著书立说
""".split()  # noqa: SIM905 - a table to be read


@pytest.mark.parametrize("words", ALIKE)
def test_what_is_said_in_different_ways_is_one(words: str) -> None:
    spelled = {word: tuple(unit_texts(fold(word))) for word in words.split()}
    assert len(set(spelled.values())) == 1, spelled


@pytest.mark.parametrize("words", APART)
def test_what_only_looks_so_is_not(words: str) -> None:
    for one, other in combinations(words.split(), 2):
        assert fold(one) != fold(other)


@pytest.mark.parametrize("word", STAY)
def test_what_is_neither_a_day_nor_a_number_stays(word: str) -> None:
    assert fold(word) == word
    assert fold(f"我们讲{word}，") == f"我们讲{word},"


@pytest.mark.parametrize("words", [words for words in ALIKE if not words.startswith("什么")])
def test_what_was_written_is_marked_whole(words: str) -> None:
    for typed, written in pairwise([*words.split(), words.split()[0]]):
        if "“" in typed + written:
            continue  # quotes typed are an operator, and quotes written are not marked
        text = f"纪念𠮷：{written}，永远"
        assert [text[start:end] for start, end in highlight(text, typed)] == [written], typed
        folded = fold_with_origin(text)
        start = folded.text.index(fold(written))
        assert folded.origin(start, start + len(fold(written))) == (4, 4 + len(written))


@pytest.mark.parametrize("engine", sorted(ENGINES))
def test_however_it_is_typed_the_same_lesson_is_found(
    engine: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    everyone = frozenset(["everyone"])
    made = ENGINES[engine].open_or_create(tmp_path_factory.mktemp("spelled") / "index")
    groups = [words.split() for words in ALIKE if words[1] != " " and not words.startswith("什么")]
    said = [f"今天讲{words[n % len(words)]}的由来" for n, words in enumerate(groups)]
    made.apply([Document(f"d{n}", f"d{n}", spoken=one, scope=everyone) for n, one in enumerate(said)], [], 1)
    for n, words in enumerate(groups):
        first = [made.search(word, everyone).hits for word in words]
        assert all(f"d{n}" in {hit.id for hit in hits} for hits in first), words
        assert len({tuple(hit.id for hit in hits) for hits in first}) == 1, words
    made.close()
