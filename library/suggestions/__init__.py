"""意见建议: what people suggest, also without an account; what staff answer, and what was done.

A duty of whoever runs such a site (政务移动互联网应用程序规范化管理办法, 国办函〔2026〕12号).
"""

from __future__ import annotations

WRITERS = ("actions",)
"""The modules that write this slice's tables; nobody else does (tests/library/test_writers.py)."""
