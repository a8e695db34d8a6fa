"""The dictionary of party terms: words and synonyms that staff teach the search, and what ships with it."""
