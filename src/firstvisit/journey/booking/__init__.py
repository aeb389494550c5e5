"""Booking as the journey does it: what a lead needs, what is offered, and every change of a visit."""
