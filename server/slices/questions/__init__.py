"""提问 as pages and programs see it."""
