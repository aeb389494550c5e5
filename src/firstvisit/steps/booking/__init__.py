"""Booking: who can be seen when by whom, times offered, appointments made, moved and kept, and what the EMR is told."""
