"""What people are told: the bell, the page behind it, and what each wants to be told."""
