"""A year of records from a list: read (`lists`), understood (`record`, `names`), written (`writing`)."""
