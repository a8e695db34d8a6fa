"""Health and the API's documentation."""
