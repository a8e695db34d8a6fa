"""The people of the branches one staffs."""
