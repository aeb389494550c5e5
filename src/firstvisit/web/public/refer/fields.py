"""The fields of "refer a patient" and of an organization's enquiry, and what they offer to choose."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from firstvisit.practice.shape import Practice
from firstvisit.steps.intake.sources.refer import ROLES
from firstvisit.web.public.parts.frame import Frame, choices
from firstvisit.web.public.parts.shown import Shown
from firstvisit.web.public.request import fields as request

REFERRER: Final = (
    "role",
    "referrer_name",
    "organization",
    "npi",
    "referrer_phone",
    "fax",
    "referrer_email",
    "updates_by",
)
"""What stays for the next patient."""
PATIENT: Final = (
    *REFERRER,
    "patient_last_name",
    "patient_first_name",
    "birth_date",
    "patient_phone",
    "contact_name",
    "contact_is",
    "contact_phone",
    "zip",
    "language",
    "concern",
    "program",
    "diagnosis",
    "side",
    "diagnosis_words",
    "event_kind",
    "event_date",
    "other_kind",
    "other_date",
    "order",
    "ordering_name",
    "ordering_office",
    "insurance",
    "member_id",
    "authority",
)
ENQUIRY: Final = (
    *REFERRER,
    "needs",
    "size",
    "timeline",
    "start_on",
    "budget",
    "decision_maker",
    "decision_path",
)
LISTS: Final = ("therapies",)
_UPDATES: Final = ("email", "fax", "phone", "none")
_CONTACTS: Final = ("parent", "guardian", "spouse", "child", "nurse", "other")
_SIDES: Final = ("left", "right", "both")
_ORDERS: Final = ("ask", "sent", "none")
_AUTHORITIES: Final = ("authorized", "received_only")


def referrer_choices(frame: Frame, page: Shown) -> dict[str, Any]:
    """What whoever refers can choose."""
    words, fields = frame.words("refer"), page.fields
    everywhere, chosen = frame.words("everywhere"), set(fields["therapies"].value or ())
    therapies = [(each, everywhere[f"therapy_{each}"], each in chosen) for each in request.THERAPIES]
    return {
        "roles": _named(words, "role", ROLES, fields["role"].value),
        "updates": _named(words, "updates", _UPDATES, fields["updates_by"].value),
        "therapies": therapies,
    }


def patient_choices(frame: Frame, page: Shown, shape: Practice) -> dict[str, Any]:
    """What can be chosen about a referred patient."""
    words, everywhere, fields = frame.words("refer"), frame.words("everywhere"), page.fields
    return {
        "contacts": _named(words, "contact", _CONTACTS, fields["contact_is"].value),
        "programs": request.programs(shape, fields["program"].value, frame.language),
        "sides": _named(words, "side", _SIDES, fields["side"].value),
        "events": request.events(everywhere, fields["event_kind"].value),
        "others": request.events(everywhere, fields["other_kind"].value),
        "orders": _named(words, "order", _ORDERS, fields["order"].value),
        "authorities": _named(words, "authority", _AUTHORITIES, fields["authority"].value),
    }


def _named(words: Mapping[str, str], prefix: str, values: Any, chosen: str) -> list[tuple[str, str, bool]]:
    return choices(((value, words[f"{prefix}_{value}"]) for value in values), chosen)
