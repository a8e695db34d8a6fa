"""Who may read the ledger of deeds. The one place that says so."""

from __future__ import annotations

from library.core.permits import Viewer
from library.core.rights import Act, allowed


def may_read_audit(viewer: Viewer) -> bool:
    """Tell whether the viewer may read the ledger: administrators and auditors of the whole organisation.

    An entry belongs to no node, and says where people sign in from: whoever is one of these for a part of the
    tree would read about everybody.
    """
    return allowed(viewer, Act.LEDGER_READ)
