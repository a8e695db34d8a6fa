"""Which terms a query asks for, which documents fit, and in what order."""
