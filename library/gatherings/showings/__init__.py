"""放映: lessons on the screen of a room: what ran and when, who saw how much of it, and its one view."""
