"""心得体会: what members write or say about a lesson, and what their branch publishes of it."""
