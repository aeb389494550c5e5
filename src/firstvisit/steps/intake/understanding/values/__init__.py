"""What a stretch of text says: one file a kind of value, each from a text to spans. English first, and the Spanish that
callers and families use. Nothing here knows who speaks or of whom."""
