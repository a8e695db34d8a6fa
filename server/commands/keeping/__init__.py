"""Commands that keep a library: weike backup, restore and move."""
