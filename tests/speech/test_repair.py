"""Terms are put where they were heard and written otherwise: same sound, same number of characters,
each one told."""

from __future__ import annotations

from speech.repair import Repair, repair
from speech.words import Word


def words(text: str, probability: float = 0.9) -> list[Word]:
    return [Word(n, n + 1, one, probability) for n, one in enumerate(text)]


def text_of(some: tuple[Word, ...]) -> str:
    return "".join(word.text for word in some)


def test_a_term_of_the_same_sound_is_put_and_told() -> None:
    said = words("坚持三会议课，柳弯村")
    found, repairs = repair(said, ["三会一课", "柳湾村"])
    assert text_of(found) == "坚持三会一课，柳湾村"
    assert repairs == (Repair(2, "三会议课", "三会一课"), Repair(7, "柳弯村", "柳湾村"))
    assert [(word.start_s, word.probability) for word in found] == [(w.start_s, w.probability) for w in said]


def test_sounds_that_the_south_does_not_tell_apart_are_the_same() -> None:
    assert text_of(repair(words("主题党日活东"), ["主题党日"])[0]) == "主题党日活东"
    assert text_of(repair(words("自部委员会"), ["支部委员会"])[0]) == "支部委员会"


def test_a_term_of_two_is_put_only_in_doubt_and_one_that_two_terms_share_never() -> None:
    assert repair(words("直部"), ["支部"])[1] == ()
    assert text_of(repair(words("直部", 0.4), ["支部"])[0]) == "支部"
    assert repair(words("党员议题", 0.4), ["党员一体", "党员一题"])[1] == ()


def test_nothing_is_put_over_a_mark_or_over_digits() -> None:
    assert repair(words("三会，议课"), ["三会一课"])[1] == ()
    assert repair(words("3会议课"), ["三会一课"])[1] == ()
    assert repair(words("三会一课"), ["三会一课"]) == (tuple(words("三会一课")), ())
