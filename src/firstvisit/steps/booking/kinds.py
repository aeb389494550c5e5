"""Which appointment kind a visit is, and what it asks for."""

from __future__ import annotations

from firstvisit.steps.booking.policy import Booking, Kind, Service


def kind_for(booking: Booking, service: Service, program: str, setting: str) -> Kind | None:
    """The appointment kind: one that names the program goes before one for all."""
    fits = [
        kind
        for kind in booking.kinds
        if kind.service == service
        and kind.video == (setting == "telehealth")
        and (not kind.programs or program in kind.programs)
    ]
    return min(fits, key=lambda kind: not kind.programs, default=None)
