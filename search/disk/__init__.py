"""How an index lies on a disk: generations, seals, whole files."""
