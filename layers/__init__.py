"""How things look on a map: painted with a QPainter, without a window."""
