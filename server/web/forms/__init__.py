"""Forms of pages: the token that says that they are ours, and those that came too late."""
