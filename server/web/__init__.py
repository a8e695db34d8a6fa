"""What every page shares: who asks, the frame, words, errors."""
