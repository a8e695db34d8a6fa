"""Reading our own code: what is known of a value, and which rows are written where."""
