"""The form that says for whom a lesson is; it works without a script."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends
from sqlalchemy.orm import Session

from library.catalog import audiences
from library.catalog.audience import Named, OpenTo, chosen
from library.catalog.permits import Audience
from library.catalog.tables import Lesson
from library.core.errors import Invalid
from library.core.permits import MemberState, Viewer
from server.web.limits.fields import BlockForm, WordForm, WordsForm


class AudienceForm:
    """What was chosen: a width, nodes and groups that stay (`keep`, as node:id or group:id), nodes that are
    added by name or code, one a line (`add`), and kinds of members."""

    def __init__(
        self,
        audience: WordForm = "",
        keep: WordsForm = (),
        add: BlockForm = "",
        kinds: WordsForm = (),
    ) -> None:
        self._audience, self._keep, self._kinds = audience, keep, kinds
        self._added = [line.strip() for line in add.splitlines() if line.strip()]
        self.typed = {"audience": audience, "keep": " ".join(keep), "add": add, "kinds": " ".join(kinds)}

    def wanted(self, session: Session, viewer: Viewer, lesson: Lesson) -> OpenTo:
        """Return the audience; raises Invalid: unknown_choice, audience_mixed, node_unknown, group_unknown.

        What the lesson was for already may stay, also where the viewer could not choose it anew.
        """
        if self._audience not in tuple(Audience):
            raise Invalid("unknown_choice", field="audience")
        audience = Audience(self._audience)
        if not set(self._kinds) <= set(MemberState):
            raise Invalid("unknown_choice", field="kinds")
        if audience is not Audience.CHOSEN:
            if self._added:
                raise Invalid("audience_mixed", field="audience", word=self._added[0][:80])
            return OpenTo(audience)
        before = audiences.open_to(lesson)
        groups = {*before.groups, *(one.id for one in audiences.groups_for(session, viewer))}
        known = {f"node:{one}" for one in before.nodes} | {f"group:{one}" for one in groups}
        if not set(self._keep) <= known:
            raise Invalid("unknown_choice", field="keep")
        added = (
            audiences.meant(session, Named(audience, tuple(self._added)), viewer).nodes if self._added else ()
        )
        return chosen(
            [*(one[5:] for one in self._keep if one.startswith("node:")), *added],
            [one[6:] for one in self._keep if one.startswith("group:")],
            [MemberState(one) for one in self._kinds],
        )


AudienceFormDep = Annotated[AudienceForm, Depends()]
