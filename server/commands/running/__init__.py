"""weike serve, worker, migrate, settings and keys: the processes that run, and with what."""

from __future__ import annotations
