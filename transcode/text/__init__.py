"""Transcripts: read, timed, cut, written."""
