"""The command line, one module per group of commands; what they print is a contract (docs/cli.md)."""
