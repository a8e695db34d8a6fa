"""What happened and is proven (学习记录): an append-only ledger that others write to in the
transaction in which it happened. A correction is a reversing row.
Books and grades read it; nothing else is counted.
"""

from __future__ import annotations

WRITERS = ("actions", "chain")
"""The modules that write this slice's tables; nobody else does (tests/library/test_writers.py)."""
