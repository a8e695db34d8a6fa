"""我的学习 as pages and programs see it."""
