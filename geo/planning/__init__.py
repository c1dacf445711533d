"""Which team visits which site, in what order and at what time."""
