"""How a person works with it: the window and its panels."""
