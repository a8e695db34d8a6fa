"""Watching a clip: pages, pictures, files to take along, beats."""
