"""Reading the lists that others bring: reader asks a process of its own, which a kind of list makes of child,
and message is what the two say to each other.
"""
