"""The street network: from street lines to travel times and routes."""
