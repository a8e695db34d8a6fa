"""Plays and views: what was really watched, and what of it counts."""
