"""The product: lessons, clips, people, plays. Vertical slices over one small core."""
