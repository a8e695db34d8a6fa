"""Hearing a lecture and choosing where to cut it."""
