"""What stands around Weike in tests: databases, object stores, proxies, cables, disks, providers."""

from __future__ import annotations
