"""Who is who in a talk: every name that is said, what each sentence says of whoever bears it, and who is who by all of it."""
