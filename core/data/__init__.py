"""Data: tables, pictures, problems and what runs have learned; `references` says how a run names them."""
