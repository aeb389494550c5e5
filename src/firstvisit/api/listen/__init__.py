"""Doors that we watch, read, serve or ask ourselves: `firstvisit listen`. One leader a way in, over all machines."""
