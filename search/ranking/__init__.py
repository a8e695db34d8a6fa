"""Which terms a query asks for, which documents fit, and in what order. Pure, the same for every engine.

plan (from a query to terms), keys (terms for what is compared as a whole), weights (from a document to
weighted terms), leaf (a part of an index), said (which documents fit), partial (which fit in part), rank (how
well), order (by score, date or views), counts (the numbers beside the filters).
"""
