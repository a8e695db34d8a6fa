"""每周学习: the week of a branch, from theme to reflections, with its ring."""
