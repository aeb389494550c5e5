"""Lines to others whom intake asks: one file each."""
