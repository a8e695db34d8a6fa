"""The dictionary that staff teach the search."""
