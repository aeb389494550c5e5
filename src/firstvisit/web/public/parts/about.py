"""Who an answer behind one of our links is about, so that it finds the same people again."""

from __future__ import annotations

from firstvisit.kernel import seal
from firstvisit.leads.models import Lead
from firstvisit.people.identity import Identity
from firstvisit.people.models import Person
from firstvisit.people.records import opened


def about(lead: Lead) -> dict[str, dict[str, str]]:
    """Who it is about and whom we write to, as far as it is known."""
    found: dict[str, dict[str, str]] = {}
    patient, contact = _identity(lead.patient), _identity(lead.contact)
    if patient is not None:
        found["patient"] = _said(patient, "first_name", "middle_name", "last_name", "date_of_birth")
    to = contact or patient
    if to is not None:
        name = {"name": to.name} if to.first_name or to.last_name else {}
        found["contact"] = {**name, **_said(to, "phone", "email")}
        if contact is None:
            found["contact"]["relationship"] = "self"
    return found


def _identity(person: Person | None) -> Identity | None:
    return opened(person, seal.open_key(person.key)) if person is not None else None


def _said(who: Identity, *names: str) -> dict[str, str]:
    return {name: value for name in names if (value := getattr(who, name))}
