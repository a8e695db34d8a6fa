"""Looking into the files that people bring, in child processes within bounds of time, memory and output."""
