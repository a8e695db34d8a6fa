"""What is kept for a time and then goes: histories, lists of people, suggestions."""
