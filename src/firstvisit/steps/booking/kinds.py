"""Which appointment kind a visit is, and what it asks for."""

from __future__ import annotations

from firstvisit.steps.booking.policy import Booking, Kind, Service


def kind_for(booking: Booking, service: Service, program: str, setting: str) -> Kind | None:
    """The appointment kind: one that names the program goes before one for all. Treatment by video has the kind of
    treatment at the clinic where none of its own is entered."""
    video = setting == "telehealth"
    fits = [
        kind
        for kind in booking.kinds
        if kind.service == service
        and (kind.video == video or (video and service == "treatment"))
        and (not kind.programs or program in kind.programs)
    ]
    return min(fits, key=lambda kind: (kind.video != video, not kind.programs), default=None)
