"""每周学习: a week of a branch as one thing: theme, lesson, gathering, reflections, and who may catch up.

It owns no rows: everything is read from the slices below.
"""
