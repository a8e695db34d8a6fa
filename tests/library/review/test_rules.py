"""Which state follows which, and when."""

from __future__ import annotations

import pytest

from library.catalog.permits import LessonState
from library.core.errors import Conflict
from library.review import rules as review


@pytest.mark.parametrize("state", list(LessonState))
@pytest.mark.parametrize("playable", [True, False])
@pytest.mark.parametrize("has_words", [True, False])
def test_publishing_and_withdrawing(state: LessonState, playable: bool, has_words: bool) -> None:
    if state is LessonState.PUBLISHED:
        with pytest.raises(Conflict, match="already_published"):
            review.published(state, playable=playable, has_words=has_words)
        assert review.withdrawn(state) is LessonState.WITHDRAWN
        return
    with pytest.raises(Conflict, match="not_published"):
        review.withdrawn(state)
    if playable or has_words:
        assert review.published(state, playable=playable, has_words=has_words) is LessonState.PUBLISHED
    else:
        with pytest.raises(Conflict, match="nothing_to_publish"):
            review.published(state, playable=playable, has_words=has_words)
