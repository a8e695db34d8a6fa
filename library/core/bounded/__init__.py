"""Child processes that answer within bounds: how they are asked, and the form of what they say."""
