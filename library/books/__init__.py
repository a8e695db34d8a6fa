"""学时账: what the ledger of evidence comes to under the conversion tables of a day, and why."""
