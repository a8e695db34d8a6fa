"""The organisation tree as staff see it and administrators change it."""
