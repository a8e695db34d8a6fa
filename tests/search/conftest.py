"""Where the search tests keep their files."""

from __future__ import annotations

from tests.contracts.conftest import memory

__all__ = ["memory"]
