"""What a planner does to the map by hand: new, moved and deleted sites, drawn closures and areas, as edits."""
