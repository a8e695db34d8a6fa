"""What takes space, what is at work, and whose parts this is made of: for whoever looks after the machine."""
