"""Where the search tests keep their files."""

from tests.contracts.conftest import memory

__all__ = ["memory"]
