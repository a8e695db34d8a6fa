"""What programs subscribe to: calendars of the weeks, feeds and podcasts of lessons."""
