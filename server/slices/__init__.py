"""The nouns of the product as people meet them: a folder each, blind to the others."""
