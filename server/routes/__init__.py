"""One file per slice of the product; each has `router`."""
