"""Lessons on pages and under /api/v1."""
