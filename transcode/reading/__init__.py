"""What a recording is: facts, read without trusting the file."""
