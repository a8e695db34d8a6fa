"""Everything that can go wrong with an index. What was typed never raises anything."""

from __future__ import annotations


class SearchError(Exception):
    """The search engine cannot do what was asked."""


class IndexDamaged(SearchError):
    """The index files cannot be read. Nothing was erased: build a new generation beside (``rebuild``)."""


class SchemaChanged(SearchError):
    """The index was written under another schema. Build a new generation beside (``rebuild``)."""


class IndexBusy(SearchError):
    """Another process is writing to this index; only one may."""
