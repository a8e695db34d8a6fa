"""Covers: pictures that strangers made, read and drawn anew in a bounded child process."""
