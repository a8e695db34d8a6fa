"""Searching, saved searches, and taking a search along."""
