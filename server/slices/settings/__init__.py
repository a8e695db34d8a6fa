"""What the machine is told and what an administrator chooses, and how the site looks."""
