"""What a request may bring: how large a body, a field, a header; docs/limits.md lists all of them."""
