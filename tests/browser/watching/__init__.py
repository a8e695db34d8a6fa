"""What members do on a phone: swipe, and go on without a network."""
