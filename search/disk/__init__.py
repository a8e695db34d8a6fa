"""How an index lies on a disk, whichever engine writes it.

generations (one build beside the other, and which is in use), manifest (what a finished commit leaves:
how far it came, how long its files are), files (written whole or not at all), locks (between processes).
"""
