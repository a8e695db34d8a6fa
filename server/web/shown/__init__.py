"""What several pages and JSON show: lessons in lists, remarks, pictures, how far something is."""

from __future__ import annotations
