"""Pictures of a lecture and of a clip."""
