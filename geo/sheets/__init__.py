"""Paper: data to Typst to PDF."""
