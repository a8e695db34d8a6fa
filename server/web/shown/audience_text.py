"""For whom a lesson is, in words: 天荒坪镇党委及下属组织的正式党员."""

from __future__ import annotations

from library.catalog.audiences import Told
from library.catalog.permits import Audience
from server.web.language.i18n import N_, Catalogue
from server.web.language.words import word


def audience_text(told: Told, catalogue: Catalogue) -> str:
    """Return an audience in words."""
    if told.audience is not Audience.CHOSEN:
        return word("audience", told.audience, catalogue)
    comma = catalogue.say(N_("、"))
    places = [catalogue.say(N_("%(name)s 及下属组织"), name=name) for _id, name in told.nodes]
    places += [catalogue.say(N_("学习小组“%(name)s”"), name=name) for _id, name in told.groups]
    kinds = comma.join(word("audience_kind", kind, catalogue) for kind in told.kinds)
    if not places:
        return kinds
    if not kinds:
        return comma.join(places)
    return catalogue.say(N_("%(places)s 的 %(kinds)s"), places=comma.join(places), kinds=kinds)
