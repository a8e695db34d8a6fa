"""Who may keep a series and a site. Pure."""

from __future__ import annotations

from library.core.permits import Viewer
from library.core.rights import Act, Thing, allowed


def may_edit_series(viewer: Viewer, path: str, owner_id: str | None) -> bool:
    """Tell whether the viewer may change a series of a node: who made it while they teach, and the staff."""
    return allowed(viewer, Act.SERIES_EDIT, Thing(path, owner_id))


def may_keep_site(viewer: Viewer, path: str) -> bool:
    """Tell whether the viewer may change a site of a node: its staff."""
    return allowed(viewer, Act.SITE_KEEP, Thing(path))
