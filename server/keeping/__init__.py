"""Keeping a library: copies of it beside, one brought back, all of it moved elsewhere.

What is decided stands in `rules`; a folder of backups is a `shelf.Shelf`; `backup`, `restore` and `moving`
do the work, `rows` and `files` are what they copy, `alone` sees that nobody else is at it.
"""
