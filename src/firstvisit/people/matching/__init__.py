"""Are these two the same person? Pure: weights per field, guards for families, a verdict with reasons."""
