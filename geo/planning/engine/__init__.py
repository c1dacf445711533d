"""The search for good routes: PyVRP, and what makes its routes keep every rule on the exact schedule."""
