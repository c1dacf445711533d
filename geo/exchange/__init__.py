"""What comes from and goes to other programs: one module per format."""
