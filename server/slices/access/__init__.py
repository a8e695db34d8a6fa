"""Signing in, one-time links and one's own account."""
