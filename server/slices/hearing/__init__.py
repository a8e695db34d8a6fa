"""What a machine hears: asking for it, how far it is, and what is said in a lesson, for programs."""
