"""The index in tantivy."""
