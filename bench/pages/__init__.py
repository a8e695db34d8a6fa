"""Pages that everybody opens, with as many lessons and plays as a province has."""
