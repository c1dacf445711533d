"""What an office has, read from its project as a problem to plan: sites, teams, rules and the ways between them."""
