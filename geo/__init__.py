"""What is true: sites, teams, inspections, streets, routes, plans, files and sheets, without any Qt."""
