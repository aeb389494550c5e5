"""A file of leads: from bytes to rows, from rows to records. Pure; `sources/csv.py` reads a row that was kept."""
