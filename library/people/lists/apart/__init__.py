"""Reading the lists of people that others bring: reader asks a process of its own (child), and message is
what the two say to each other.
"""
