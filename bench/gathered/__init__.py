"""What gatherings bear: screens that are killed."""
