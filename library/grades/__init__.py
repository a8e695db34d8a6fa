"""评定: proposed from the books of a month, decided by people, frozen, appealed, summed up in a year."""
