"""What inspections found: status of a site, findings, figures."""
