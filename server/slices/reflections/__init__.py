"""心得体会: written beside a clip, read by the branch, published."""
