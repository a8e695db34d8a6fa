"""Who is dead: whoever's count stood still over so many looks that succeeded."""

from __future__ import annotations

from server.background.dead_workers import Liveness


def test_a_worker_is_dead_when_its_count_stands_still() -> None:
    liveness = Liveness(3)
    assert liveness.look({"one": 7, "two": 1}) == []
    assert liveness.look({"one": 7, "two": 2}) == []
    assert liveness.look({"one": 7, "two": 3}) == []
    assert liveness.look({"one": 7, "two": 4}) == ["one"]
    assert liveness.look({"one": 7, "two": 5}) == ["one"], "as long as it is"
    assert liveness.look({"one": 8, "two": 6}) == [], "it came back"


def test_a_worker_late_for_a_look_or_two_is_alive() -> None:
    liveness = Liveness(3)
    counts = [1, 1, 1, 2, 2, 2, 3]
    assert [liveness.look({"one": count}) for count in counts] == [[]] * len(counts)


def test_who_is_seen_for_the_first_time_is_given_its_time() -> None:
    liveness = Liveness(2)
    assert liveness.look({}) == []
    assert liveness.look({"old": 90_000}) == []
    assert liveness.look({"old": 90_000}) == []
    assert liveness.look({"old": 90_000}) == ["old"]
