"""Tables as people bring them, CSV or workbook, become rows; a hostile one ends in a sentence."""
