"""A file of leads on its way in: read, matched, judged, and written in the order of the file, never half a row."""
