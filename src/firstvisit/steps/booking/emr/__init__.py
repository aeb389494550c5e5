"""Ways in which a booked patient reaches the practice's EMR: one file a way, one line in the register."""
