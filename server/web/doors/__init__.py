"""What stands at the doors: hashing in turn, where somebody comes from, what a token is for."""
