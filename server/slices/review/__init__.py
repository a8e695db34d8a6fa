"""What waits for the staff."""
