"""Leads as FHIR R4 resources. Rows in, JSON out; nothing here asks the database."""

from __future__ import annotations

import uuid
from typing import Any, Final

from firstvisit.leads.models import Lead
from firstvisit.leads.queries import code
from firstvisit.referral.record import Patient, Referral
from firstvisit.steps.intake.models import Item

Json = dict[str, Any]
ICD: Final = "http://hl7.org/fhir/sid/icd-10-cm"
NPI: Final = "http://hl7.org/fhir/sid/us-npi"
_STATUS: Final = {"booked": "accepted", "evaluated": "completed", "received": "received"}
"""Task.status by our stage; anything between is in progress, a closed lead that was not evaluated is cancelled."""


def patient(person: uuid.UUID, who: Patient) -> Json:
    """A patient, as far as was stated."""
    name = {"use": "official", "family": who.last_name, "given": _some(who.first_name, who.middle_name)}
    home = {"line": _some(who.street), "city": who.city, "state": who.state, "postalCode": who.postal_code}
    telecom = [
        {"system": system, "value": value} for system, value in (("phone", who.phone), ("email", who.email)) if value
    ]
    return _resource(
        "Patient",
        person,
        name=[_kept(name)] if who.last_name or who.first_name else None,
        birthDate=who.date_of_birth.isoformat() if who.date_of_birth else None,
        gender=who.sex,
        telecom=telecom,
        address=[_kept(home)] if any(home.values()) else None,
        communication=[{"language": {"text": who.language}}] if who.language else None,
    )


def service_request(lead: Lead, said: Referral) -> Json:
    """What was asked for: an order where one is on file, else a proposal."""
    ordered = "order" in (said.documents or ())
    reasons = [
        _kept({"coding": [{"system": ICD, "code": each.code}] if each.code else None, "text": each.words})
        for each in said.diagnoses or ()
    ]
    called = {"OT": "Occupational therapy", "PT": "Physical therapy", "SLP": "Speech-language therapy"}
    who = said.ordering if said.ordering.name else said.referrer
    requester = _kept(
        {
            "display": who.name or who.organization,
            "identifier": {"system": NPI, "value": who.npi} if who.npi else None,
        }
    )
    return _resource(
        "ServiceRequest",
        lead.id,
        identifier=[{"value": code(lead.number)}],
        status="completed" if lead.closed_at else "active",
        intent="order" if ordered else "proposal",
        priority="urgent" if said.timing == "asap" else "routine",
        code={"text": ", ".join(called[each] for each in said.disciplines or ()) or "Therapy"},
        subject=_subject(lead),
        authoredOn=lead.received_at.isoformat(),
        requester=requester or None,
        reasonCode=reasons,
        insurance=[{"reference": f"Coverage/{lead.id}"}] if said.payers else None,
    )


def task(lead: Lead) -> Json:
    """How far it has come, in the shape of a BSeR referral task."""
    closed = lead.closed_at is not None
    done = lead.stage == "evaluated" or lead.closed_how == "evaluated"
    status = "completed" if done else "cancelled" if closed else _STATUS.get(lead.stage, "in-progress")
    return _resource(
        "Task",
        lead.id,
        identifier=[{"value": code(lead.number)}],
        status=status,
        businessStatus={"text": lead.stage},
        intent="order",
        focus={"reference": f"ServiceRequest/{lead.id}"},
        **{"for": _subject(lead)},
        authoredOn=lead.received_at.isoformat(),
    )


def coverage(lead: Lead, said: Referral) -> Json | None:
    """Who is expected to pay first, as stated; nothing of it was verified."""
    if not said.payers:
        return None
    first = said.payers[0]
    group = {"type": {"coding": [{"code": "group"}]}, "value": first.group_number}
    return _resource(
        "Coverage",
        lead.id,
        status="draft",
        beneficiary=_subject(lead),
        payor=[{"display": first.name or first.kind or "not stated"}],
        subscriberId=first.member_id,
        **{"class": [group] if first.group_number else None},
    )


def document(item: Item, lead: Lead, title: str) -> Json:
    """Something that arrived for a lead: what it is and how large, not its bytes."""
    kind, size = item.document.media_type, item.document.size
    attachment = {"contentType": kind, "size": size, "title": title or None, "creation": item.received_at.isoformat()}
    return _resource(
        "DocumentReference",
        item.id,
        status="current",
        subject=_subject(lead),
        date=item.received_at.isoformat(),
        content=[{"attachment": _kept(attachment)}],
        context={"related": [{"reference": f"ServiceRequest/{lead.id}"}]},
    )


def found(resources: list[Json], total: int, link: str, more: str | None) -> Json:
    """A page of a search."""
    links = [{"relation": "self", "url": link}, *([{"relation": "next", "url": more}] if more else [])]
    entries = [{"resource": each, "search": {"mode": "match"}} for each in resources]
    return {"resourceType": "Bundle", "type": "searchset", "total": total, "link": links, "entry": entries}


def several(resources: list[Json]) -> Json:
    """Resources that belong to one delivery."""
    return {"resourceType": "Bundle", "type": "collection", "entry": [{"resource": each} for each in resources]}


def outcome(code: str, said: str, *where: str) -> Json:
    """An OperationOutcome with one issue."""
    issue = {"severity": "error", "code": code, "diagnostics": said, "expression": list(where)}
    return {"resourceType": "OperationOutcome", "issue": [_kept(issue)]}


def _subject(lead: Lead) -> Json | None:
    return {"reference": f"Patient/{lead.patient_id}"} if lead.patient_id else None


def _resource(kind: str, number: uuid.UUID, **fields: Any) -> Json:
    return {"resourceType": kind, "id": str(number), **_kept(fields)}


def _kept(fields: Json) -> Json:
    return {name: value for name, value in fields.items() if value not in (None, [], {})}


def _some(*values: str | None) -> list[str]:
    return [value for value in values if value]
