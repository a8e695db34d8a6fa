"""What every slice stands on: ids, clock, errors, paging, text, permits and the database transaction."""
