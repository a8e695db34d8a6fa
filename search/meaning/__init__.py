"""What a searcher meant, and where it is said."""
