"""Standard terms are never "corrected" where only parts of them are said; what is misspelt still is."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from search import ENGINES, Dictionary, Document, SearchEngine, shipped_entries

EVERYONE = frozenset(["everyone"])
SHIPPED = Dictionary.of(synonyms=shipped_entries())

# The last are in no dictionary: what they are made of is all that is known of them.
TERMS = """
四个意识 四个自信 两个维护 两个确立 三会一课 主题党日 民主生活会 组织生活会 民主评议党员 三严三实
两学一做 不忘初心 八项规定 四风 六项纪律 党风廉政 一岗双责 三重一大 枫桥经验 千万工程 新质生产力
四个全面 五位一体 三个代表 两个务必 三个务必 四种形态 一案双查 十个明确 十四个坚持 六个必须坚持
五个必由之路 两个结合 三个区分开来 七个有之 五个必须 四议两公开 一肩挑 双报到 两优一先 党务公开
教育家精神 党小组会 支部党员大会 支部委员会 浦江经验 晋江经验 八八战略 双减 六稳六保 三权分置 一懂两爱
接诉即办 学史明理 国之大者 底线思维 谈心谈话 党员先锋岗 伟大建党精神 全过程人民民主 中国式现代化
总体国家安全观 三务公开 红红脸出出汗 咬耳扯袖 五星村支部 民情日记本 党建加网格 四色管理法 三议三公示
""".split()  # noqa: SIM905 - a table to be read

# Every part of them is said, and what comes of them when a character is dropped, changed or moved.
SAID = (
    "四个字，四个识字班，意识到了，自信的人，四个自觉。两个人维护会场，两确立场，确立了目标，两个集合，三个务实。",
    "三会场，会一课，一课时。主题鲜明，主党日报，党日活动。民主活会场，民主生活。组织生活。民主评议，评议党员，党员会议。",
    "三严实，严三实。两学做，学一做，做一做。不忘记，初心。八条规定，项规定期。四级风，四风险。六条纪律，项纪律。",
    "党风，廉政，风廉。一岗责，双责任。三重大，一大堆，重一大。枫桥，经验，枫桥的经验，浦江，晋江。千万，工程，千工程。",
    "新生产力，新质，质生产力，生产。两个务必，五个统筹，十个坚持，个明确了，必须坚持，必由之路，三个分开，区分开来。",
    "四议公开，四议三公开，党员公开，务公开，教育精神，科学精神，党小组，支部大会，支部委员，四个最严，四风四色，八战略。",
    "双报，报到，一肩，肩挑，优一先，两优先，谈心，谈话，先锋，底线，思维，国大者，学史，明理，三权分，分置，一懂两。",
    "减双，双减少，六稳保，诉即办，接诉，伟大精神，建党，人民民主，现代化，国家安全，出出汗，红脸，咬耳，扯袖子，村支部。",
    "民情日记，日记本子，党建，加网格，网格员，四色管理，管理法规，三议，三公示，议三公，五星，星村。",
)

MISSPELT = {
    "乡村正兴": "乡村振兴",  # the same sound
    "廷安精神": "延安精神",  # the same look
    "理想信年": "理想信念",
    "以岗双责": "一岗双责",
    "青廉家风": "清廉家风",
    "两学以做": "两学一做",
    "脱贫攻坚坚": "脱贫攻坚",  # twice
}


@pytest.fixture(scope="module", params=sorted(ENGINES))
def parts(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[SearchEngine]:
    """A library that says every part of the terms and none of them."""
    made = ENGINES[request.param].open_or_create(tmp_path_factory.mktemp("parts") / "index")
    documents = [Document(f"d{n}", f"d{n}", spoken=said, scope=EVERYONE) for n, said in enumerate(SAID)]
    made.apply(documents[:4], [], 1)
    made.apply(documents[4:], [], 2)
    yield made
    made.close()


@pytest.fixture(scope="module", params=sorted(ENGINES))
def wholes(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[SearchEngine]:
    """A library that says what is misspelt, as it is right."""
    made = ENGINES[request.param].open_or_create(tmp_path_factory.mktemp("wholes") / "index")
    said = "，".join(MISSPELT.values()) + "，正在兴起，安全。"
    made.apply([Document("d", "d", spoken=said, scope=EVERYONE)], [], 1)
    yield made
    made.close()


def test_there_are_enough_of_them() -> None:
    assert len(set(TERMS)) == len(TERMS) >= 60


@pytest.mark.parametrize("term", TERMS)
def test_no_standard_term_is_corrected_to_its_parts(parts: SearchEngine, term: str) -> None:
    for dictionary in (SHIPPED, Dictionary()):
        assert parts.did_you_mean(term, EVERYONE, dictionary) is None
        assert parts.did_you_mean(term, EVERYONE, dictionary, sounds_only=True) is None
    assert parts.did_you_mean(f"怎样理解{term}的重要意义", EVERYONE, SHIPPED) is None


@pytest.mark.parametrize(("typed", "meant"), MISSPELT.items())
def test_what_is_misspelt_is_still_asked_about(wholes: SearchEngine, typed: str, meant: str) -> None:
    assert wholes.did_you_mean(typed, EVERYONE, SHIPPED) == meant
    assert wholes.did_you_mean(meant, EVERYONE, SHIPPED) is None
