"""What a gathering is shown on the big screen, and its record."""
