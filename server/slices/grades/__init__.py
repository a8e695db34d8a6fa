"""Grades: one's own, a branch's month and year, the rule sets, and what 减负 says of them."""
