"""The desk of those who handle lessons: a list of all of them, several at once, kept views, keys."""
