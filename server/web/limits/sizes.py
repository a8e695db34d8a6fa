"""The numbers."""

from __future__ import annotations

from typing import Any

BODY_BYTES = 64 * 1024
"""A request's body, where its route says nothing else (`Slice.bodies`)."""
FORM_FIELDS = 100
FORM_LIMITS: Any = {"max_fields": FORM_FIELDS, "max_files": 4, "max_part_size": 2 * 1024 * 1024}
"""For FastAPI's and Starlette's form parsers. A part that is no file is held in memory."""
JSON_DEPTH = 20
"""Brackets within brackets; ours have three."""

PATH_BYTES = 8 * 1024
QUERY_BYTES = 40 * 1024
"""A LINE of Chinese, percent-encoded."""
HEADER_BYTES = 8 * 1024
"""One header; of all together the line takes server.delivery.lines.HEAD_MAX_BYTES."""
COOKIE_BYTES = 4 * 1024
"""One cookie's value."""

# Characters of what is typed. The product's own limits are smaller, and it says them beside the field; these
# are for what nobody types.
WORD = 200
"""An id, a choice of a list, a day, a number."""
LINE = 4_000
"""A name, a title, a password, an address to go on to."""
BLOCK = 20_000
"""Several lines, such as a summary."""
PASTE = 600_000
"""A whole dictionary."""
ITEMS = 500
"""Things in a list."""
