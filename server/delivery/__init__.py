"""Playlists and segments for whoever has nothing but this process: no framework, no database."""
