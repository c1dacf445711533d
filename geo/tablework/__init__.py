"""What a table of very many rows needs: orders, searches, conditions, blocks of cells, totals."""
