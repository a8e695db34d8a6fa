"""The organisation tree."""
