"""The command line, a room per kind of command; what they print is a contract (docs/cli.md)."""
