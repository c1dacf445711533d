"""Doubtful rows: finding them, in a project and before an import, and mending them in bulk."""
