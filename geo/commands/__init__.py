"""The verbs of the command line that work on a project's data, without map or window."""
