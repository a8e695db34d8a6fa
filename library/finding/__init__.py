"""Finding what was said, as the one who asks may see it; the index beside the database."""
