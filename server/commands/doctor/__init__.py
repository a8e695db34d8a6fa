"""weike doctor: what is missing and what to do about it (checks), also on the way of an upload (uploads)."""
