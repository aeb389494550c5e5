"""Whose page it is: the name that every page about one lead bears, so that nobody books or prints for another."""

from __future__ import annotations

import uuid
from collections.abc import Iterable

from firstvisit.leads.models import Lead
from firstvisit.leads.queries import code
from firstvisit.people.queries import identities
from firstvisit.practice.models import User
from firstvisit.web.ui import naming


def each_of(leads: Iterable[Lead], user: User) -> dict[uuid.UUID, str]:
    """The same of several leads, by their ids; "" where only the code may be seen, or is known. One question."""
    leads = list(leads)
    if not user.may("identity.see"):
        return {}
    found = identities(each for lead in leads for each in (lead.patient_id, lead.contact_id) if each)
    names = {}
    for lead in leads:
        patient, contact = (found[each][0] if each in found else None for each in (lead.patient_id, lead.contact_id))
        names[lead.id] = naming.called(patient, contact, None, "")
    return names


def whose(lead: Lead, user: User) -> str:
    """The patient's name, else that of whoever asks; the code where neither is known, or may be seen."""
    if not user.may("identity.see"):
        return code(lead.number)
    found = identities(each for each in (lead.patient_id, lead.contact_id) if each)
    patient, contact = (found[each][0] if each in found else None for each in (lead.patient_id, lead.contact_id))
    return naming.called(patient, contact, None, code(lead.number))
