"""Files by their names: the built ones of the program, workbooks and lists that people take along."""

from __future__ import annotations
