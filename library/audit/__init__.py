"""Who did what to whom, when and from where: a ledger that others write to in the deed's own transaction.

`actions` writes it, `origin` knows from where the present request comes, `readings` gathers who reads what of
people, `chain` links what was written so that nothing can be changed in silence, `verifying` compares.
"""

from __future__ import annotations

WRITERS = ("actions", "chain")
"""The modules that write this slice's tables; nobody else does (tests/library/test_writers.py)."""
