"""Playlists and segments to viewers who have nothing but this process: bare ASGI, no framework, no database."""
