"""Lessons, clips, cues, lecturers and topics: what people see, review, search and count."""
