"""A file is a question: its `QUESTION` (dashboard.screens.table.question) says how it is asked and what the answer looks like."""
