"""What searching is measured with: lessons, questions of which the answer is known, others that search."""

from __future__ import annotations
