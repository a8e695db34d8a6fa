"""集中学习 and the other gatherings: planned, checked in to, kept."""
