"""How recordings come here: uploads on their way, files of this machine, lists of old libraries."""

from __future__ import annotations
