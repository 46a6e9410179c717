"""Questions about whole arrays and tables: one estimate, and the matrix of all pairs of columns."""
