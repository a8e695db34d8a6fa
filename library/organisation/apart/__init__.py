"""Reading the lists of organisations that others bring in a process of its own (library.core.lists.apart)."""
