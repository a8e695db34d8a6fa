"""How text is folded, cut into words and read aloud."""
