"""How a secretary lets a branch in: sheets, a code on the wall, who asks with it, resets in person."""
