"""作品: what lessons become together and beside themselves. Series with episodes in order, the sites where
lessons are held, honours, and the files that belong to a lesson.

All of it hangs on the lesson and not on its clips, so that it stays through new cuts.
"""

from __future__ import annotations

WRITERS = ("series", "honours", "files", "sites", "abouts", "taken")
"""The modules that write this slice's tables; nobody else does (tests/library/test_writers.py)."""
