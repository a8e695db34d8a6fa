"""征集: calls for works, their judging, honours and certificates."""
