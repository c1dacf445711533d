"""The project file: every change is an Edit, written at once and whole."""
