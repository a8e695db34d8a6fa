"""Making a clip's files."""
