"""学习档案: the books of members, their self-study and practice, and by what is counted."""
