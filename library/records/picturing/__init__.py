"""Photos of gatherings: files of strangers, read and drawn anew in a bounded child process."""
