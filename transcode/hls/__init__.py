"""Playlists and the files that they list (RFC 8216).

files (what they are called), playlist (read what ffmpeg wrote, write the master), early_playlist (a clip
that is still being made).
"""
