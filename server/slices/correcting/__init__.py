"""Correcting what is said in a lesson, line by line, beside the sound."""
