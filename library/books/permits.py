"""Who reads and keeps whose books: what library.core.rights says of it. Pure."""

from __future__ import annotations

from library.core.permits import Viewer
from library.core.rights import Act, Thing, allowed


def may_read(viewer: Viewer, person_id: str, home: str | None) -> bool:
    """Tell whether the viewer may read somebody's books; `home` is the path of their home, None without."""
    if viewer.person_id == person_id:
        return True
    return home is not None and allowed(viewer, Act.BOOKS_READ, Thing(home))


def may_keep(viewer: Viewer, person_id: str, home: str | None) -> bool:
    """Tell whether the viewer may take back what stands in somebody's books, and confirm what they practised:
    the secretary of their home or who is above, and never they themselves."""
    if viewer.person_id == person_id or home is None:
        return False
    return allowed(viewer, Act.BOOKS_KEEP, Thing(home))


def may_look(viewer: Viewer, path: str) -> bool:
    """Tell whether the viewer may read the books of those at home at a node."""
    return allowed(viewer, Act.BOOKS_READ, Thing(path))


def may_arrange(viewer: Viewer, path: str) -> bool:
    """Tell whether the viewer may say by what a node counts."""
    return allowed(viewer, Act.BOOKS_ARRANGE, Thing(path))
