"""Lists that people bring, of whatever kind: kept in files from the upload until they are brought in."""
