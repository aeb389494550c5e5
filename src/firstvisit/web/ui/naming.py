"""How a lead is called on screen while the one who needs care has no name yet. Pure."""

from __future__ import annotations

from typing import Final

from firstvisit.people.identity import Identity

PARENTS: Final = ("mother", "father", "parent")


def named(who: Identity | None) -> bool:
    """Whether a first or a last name is known."""
    return who is not None and bool(who.first_name or who.last_name)


def called(patient: Identity | None, contact: Identity | None, organization: str | None, code: str) -> str:
    """The name that stands large: the patient's; while it is not known, that of whoever asks; else the code.

    An organization's enquiry has no patient and is called by the organization.
    """
    if patient is not None and named(patient):
        return patient.name
    if patient is None and organization:
        return organization
    if contact is not None and named(contact):
        return contact.name
    return organization or code


def not_named(patient: Identity | None, relationship: str | None) -> str:
    """ "child not named yet" of a parent's lead, "patient not named yet" of any other; empty once named."""
    if patient is None or named(patient):
        return ""
    return "child not named yet" if relationship in PARENTS else "patient not named yet"
