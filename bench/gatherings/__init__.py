"""What gatherings cost."""
