"""weike doctor: what is missing and what to do about it (checks), also of the way an upload takes (uploads)."""
