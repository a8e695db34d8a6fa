"""All contexts under one name, for samples."""

from __future__ import annotations

from server.slices.access.contexts import *  # noqa: F403
from server.slices.dictionary.contexts import *  # noqa: F403
from server.slices.finding.contexts import *  # noqa: F403
from server.slices.intake.contexts import *  # noqa: F403
from server.slices.lessons.contexts import *  # noqa: F403
from server.slices.people.contexts import *  # noqa: F403
from server.slices.review.contexts import *  # noqa: F403
from server.slices.statistics.contexts import *  # noqa: F403
from server.slices.system.contexts import *  # noqa: F403
from server.slices.watching.contexts import *  # noqa: F403
from server.slices.watching.poster_contexts import *  # noqa: F403
from server.web.parts import *  # noqa: F403
from tests.support.registry import REGISTRY

PAGES: tuple[type[Context], ...] = tuple(REGISTRY.pages.values())  # noqa: F405
"""Every page that the slices bring, and those of everybody."""
