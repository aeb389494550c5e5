"""What becomes of an appointment: which status may follow which, and who cancelled and why."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final, Literal, NamedTuple

By = Literal["family", "practice", "system"]


class Reason(NamedTuple):
    """Why a visit was cancelled: whose doing it was, and in the words of the desk."""

    code: str
    by: By
    words: str


REASONS: Final = (
    Reason("ill", "family", "They are ill"),
    Reason("cannot_then", "family", "The time does not suit them any more"),
    Reason("no_ride", "family", "They have no way to come"),
    Reason("cost", "family", "The cost"),
    Reason("better", "family", "They are better"),
    Reason("elsewhere", "family", "They go elsewhere"),
    Reason("in_hospital", "family", "They are in hospital"),
    Reason("family_other", "family", "They cancelled, for another reason"),
    Reason("clinician_away", "practice", "The therapist is away"),
    Reason("clinician_left", "practice", "The therapist has left"),
    Reason("site_closed", "practice", "The site is closed"),
    Reason("no_authorization", "practice", "No authorization in time"),
    Reason("no_order", "practice", "No valid order in time"),
    Reason("by_mistake", "practice", "Booked by mistake"),
    Reason("booked_twice", "practice", "Booked twice"),
    Reason("practice_other", "practice", "We cancelled, for another reason"),
    Reason("lead_closed", "system", "Their request was closed"),
    Reason("another_time", "system", "They chose another time"),
)
"""What a cancellation is for. A late one is counted only where it was the family's (domain sheet, 8)."""

_REASONS: Final = {reason.code: reason for reason in REASONS}

FOLLOWS: Final[dict[str, frozenset[str]]] = {
    "booked": frozenset({"held"}),
    "arrived": frozenset({"booked", "missed"}),
    "completed": frozenset({"booked", "arrived", "missed", "left"}),
    "left": frozenset({"arrived"}),
    "missed": frozenset({"booked", "arrived"}),
    "cancelled": frozenset({"held", "booked"}),
}
"""Which statuses each may follow. Who was called missed and came after all arrives; an evaluation that the EMR reports
as done was done, whatever was clicked before."""


def reason(code: str) -> Reason:
    """The reason of a code. KeyError for one there is not."""
    return _REASONS[code]


def may_follow(status: str, before: str) -> bool:
    """Whether an appointment with the status `before` may get `status`."""
    return before in FOLLOWS[status]


def is_late(*, why: str, cancelled_at: datetime, starts_at: datetime, hours: int) -> bool:
    """Whether a cancellation was the family's and came less than `hours` before the visit."""
    return reason(why).by == "family" and cancelled_at > starts_at - timedelta(hours=hours)


def outcome(status: str, *, why: str = "", late: bool = False) -> str:
    """What a visit counts as (domain sheet, 8): arrived, late_cancel, cancel, no_show, left_before_seen; "" while it
    is to come."""
    match status:
        case "arrived" | "completed":
            return "arrived"
        case "missed":
            return "no_show"
        case "left":
            return "left_before_seen"
        case "cancelled" if reason(why).code != "another_time":
            return "late_cancel" if late else "cancel"
        case _:
            return ""
