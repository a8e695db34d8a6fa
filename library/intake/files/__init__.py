"""The files of recordings and clips in the object store: named, made again, swept, taken along."""

from __future__ import annotations
