"""Which appointment kind a visit is, and what it asks for."""

from __future__ import annotations

from firstvisit.practice.shape import Program
from firstvisit.steps.booking.policy import Booking, Kind, Service
from firstvisit.steps.booking.shapes import Setting, Want


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


def first_visit(program: Program, discipline: str, setting: Setting, booking: Booking, sites: tuple[str, ...]) -> (
    Want | None
):
    """An evaluation as anybody needs it in this program; None where the rules have no kind for it."""
    kind = kind_for(booking, "evaluation", program.slug, setting)
    if kind is None:
        return None
    clinic = setting == "clinic"
    return Want(
        service="evaluation",
        kind=kind.slug,
        program=program.slug,
        discipline=discipline,
        setting=setting,
        minutes=kind.minutes or program.minutes,
        before=kind.minutes_before,
        after=kind.minutes_after,
        sites=sites,
        skills=frozenset((*program.skills, *kind.skills)),
        credentials=frozenset(kind.credentials),
        equipment=frozenset((*program.equipment, *kind.equipment)) if clinic else frozenset(),
        room=kind.room and clinic,
    )
