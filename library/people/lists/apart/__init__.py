"""Reading the lists of people that others bring in a process of its own (library.core.lists.apart)."""
