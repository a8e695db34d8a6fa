"""Weeks as members see them, and the desk where they are planned."""
