"""Map tiles: how they are numbered, where they come from, and how they are kept; without Qt."""
