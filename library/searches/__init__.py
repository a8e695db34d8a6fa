"""Searches that people save, and what several people search for, without who they are."""
