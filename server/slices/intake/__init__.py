"""Bringing recordings in: uploads, progress, cutting."""
