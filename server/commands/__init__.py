"""The command line, one module per group of commands, one room per kind; what they print is a contract (docs/cli.md)."""
