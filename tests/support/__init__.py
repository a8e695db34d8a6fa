"""What several kinds of tests share: a browser without a screen, a server in a process of its own, media."""
