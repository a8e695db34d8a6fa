"""What was watched, on pages and to take along."""
