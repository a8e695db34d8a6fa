"""What of a text is like others: shown to its writer alone, before it is sent, and kept nowhere."""
