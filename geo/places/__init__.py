"""Finding a place, offline, for rows that come without coordinates: by address or by name."""
