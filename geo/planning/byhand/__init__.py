"""Plans bent by hand, before the day and while it goes on; nothing is forbidden, everything is marked."""
