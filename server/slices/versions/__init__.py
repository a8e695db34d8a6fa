"""What was published of lessons, what waits to be, and the difference between any two."""
