"""Questions about whole tables and arrays: one estimate, the matrix of all pairs of columns."""
