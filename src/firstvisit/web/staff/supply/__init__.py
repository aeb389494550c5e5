"""Supply: when each therapist, room and device can be booked, in sentences and bars, and how it is changed."""
