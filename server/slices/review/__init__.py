"""What waits for the staff.

To publish and to take back are buttons of a lesson's page, and what is refused brings that page back as it
was filled in: their routes stand in server/slices/lessons, what they do in library/review.
"""
