"""Commands of the study loop: gatherings, the ledger of evidence, books, grades."""
