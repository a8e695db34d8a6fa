"""What keeps the ledgers: that of deeds, and that of evidence."""
