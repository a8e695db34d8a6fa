"""Rights: who may see what and why, who holds which role where, and how a role is handed over."""
