"""The slice rights."""
