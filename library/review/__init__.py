"""Publishing: who moved a lesson to which state, when and why. Append-only."""
