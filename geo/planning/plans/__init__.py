"""Plans as a project stores them: made, read, marked, compared, for one day or for several."""
