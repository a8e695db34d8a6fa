"""What an administrator has chosen at run time, beside what the machine's own settings say, and the site's
colours.

Which settings may be chosen, and what a value may be, the server says; here is what was chosen, who chose it
and what it was before, and the counter by which other processes notice.
"""

from __future__ import annotations

WRITERS = ("actions",)
"""The modules that write this slice's tables; nobody else does (tests/library/test_writers.py)."""
