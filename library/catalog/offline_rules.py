"""Which clips a browser may keep for when the network is away, and for how long. Pure."""

from __future__ import annotations

from datetime import timedelta

from library.catalog.permits import Audience, LessonState

KEPT_FOR = timedelta(days=30)
"""After that a kept clip is taken away: whoever wants it longer keeps it again, and is asked for anew."""


def may_keep(state: LessonState, audience: Audience) -> bool:
    """Tell whether clips of a lesson that somebody may see may stay on their device.

    Only published ones, and none of those that are for chosen nodes, groups or kinds of people: what is on a
    device cannot be taken back at once when somebody no longer belongs to them.
    """
    return state is LessonState.PUBLISHED and audience is not Audience.CHOSEN
