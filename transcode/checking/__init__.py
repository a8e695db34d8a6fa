"""Whether files are whole and in step."""
