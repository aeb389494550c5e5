"""Leads as FHIR R4 resources. Rows in, JSON out; nothing here asks the database."""

from __future__ import annotations

import uuid
from typing import Any, Final

from firstvisit.journey.endings import FILED_BY_MISTAKE
from firstvisit.leads.models import Lead
from firstvisit.leads.queries import code
from firstvisit.referral.record import Diagnosis, Frequency, Patient, Payer, Referral
from firstvisit.steps.intake.models import Item

Json = dict[str, Any]
ICD: Final = "http://hl7.org/fhir/sid/icd-10-cm"
NPI: Final = "http://hl7.org/fhir/sid/us-npi"
INTERPRETER: Final = "http://hl7.org/fhir/StructureDefinition/patient-interpreterRequired"
_STATUS: Final = {"booked": "accepted", "evaluated": "completed", "received": "received"}
"""Task.status by our stage; anything between is in progress, a closed lead that was not evaluated is cancelled."""


def patient(person: uuid.UUID, who: Patient) -> Json:
    """A patient, as far as was stated."""
    name = _kept(
        {
            "use": "official",
            "family": who.last_name,
            "given": _some(who.first_name, who.middle_name),
            "suffix": _some(who.suffix),
        }
    )
    names = [name] if who.last_name or who.first_name else []
    if who.preferred_name:
        names.append({"use": "nickname", "given": [who.preferred_name]})
    home = {"line": _some(who.street), "city": who.city, "state": who.state, "postalCode": who.postal_code}
    telecom = [
        {"system": system, "value": value}
        for system, value in (("phone", _dialled(who)), ("email", who.email))
        if value
    ]
    interpreter = [{"url": INTERPRETER, "valueBoolean": who.interpreter}] if who.interpreter is not None else None
    return _resource(
        "Patient",
        person,
        extension=interpreter,
        name=names,
        birthDate=who.date_of_birth.isoformat() if who.date_of_birth else None,
        gender=who.sex,
        telecom=telecom,
        address=[_kept(home)] if any(home.values()) else None,
        communication=[{"language": {"text": who.language}}] if who.language else None,
    )


def service_request(lead: Lead, said: Referral, program: str, *, urgent: bool) -> Json:
    """What was asked for: an order where one is on file, else a proposal; `program` is the name of ours that it is for,
    `urgent` whether we call it time-critical."""
    ordered = "order" in (said.documents or ())
    reasons = [
        _kept({"coding": [{"system": ICD, "code": each.code}] if each.code else None, "text": _told(each)})
        for each in said.diagnoses or ()
    ]
    dates = [
        {"display": " ".join(_some(each.kind, each.date.isoformat() if each.date else None, each.words))}
        for each in said.events or ()
    ]
    sides = dict.fromkeys(each.side for each in said.diagnoses or () if each.side)
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
        status=_ended(lead, "completed") if lead.closed_at else "active",
        intent="order" if ordered else "proposal",
        priority="urgent" if urgent or said.timing == "asap" else "routine",
        category=[{"text": program}] if program else None,
        code={"text": ", ".join(called[each] for each in said.disciplines or ()) or "Therapy"},
        subject=_subject(lead),
        authoredOn=lead.received_at.isoformat(),
        requester=requester or None,
        reasonCode=reasons,
        bodySite=[{"text": each} for each in sides],
        orderDetail=[{"text": _often(each)} for each in said.frequencies or ()],
        supportingInfo=dates,
        insurance=[{"reference": f"Coverage/{_number(lead, n)}"} for n, _ in enumerate(said.payers or ())],
    )


def task(lead: Lead) -> Json:
    """How far it has come, in the shape of a BSeR referral task."""
    closed = lead.closed_at is not None
    done = lead.stage == "evaluated" or lead.closed_how == "evaluated"
    status = "completed" if done else _ended(lead, "cancelled") if closed else _STATUS.get(lead.stage, "in-progress")
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


def _ended(lead: Lead, otherwise: str) -> str:
    """The status of a closed lead; what was filed by mistake was never asked."""
    return "entered-in-error" if lead.closed_how == FILED_BY_MISTAKE else otherwise


def coverages(lead: Lead, said: Referral) -> list[Json]:
    """Who is expected to pay, the first before the second, as stated; nothing of it was verified."""
    return [_coverage(lead, payer, n) for n, payer in enumerate(said.payers or ())]


def _coverage(lead: Lead, payer: Payer, place: int) -> Json:
    group = {"type": {"coding": [{"code": "group"}]}, "value": payer.group_number}
    claim = {"type": {"text": "claim number"}, "value": payer.claim_number}
    adjuster = {"display": " ".join(_some(payer.adjuster_name, payer.adjuster_phone))}
    return _resource(
        "Coverage",
        _number(lead, place),
        identifier=[claim] if payer.claim_number else None,
        status="draft",
        type={"text": payer.kind} if payer.kind else None,
        order=place + 1,
        subscriber={"display": payer.subscriber_name} if payer.subscriber_name else None,
        beneficiary=_subject(lead),
        payor=[{"display": payer.name or payer.kind or "not stated"}, *([adjuster] if adjuster["display"] else [])],
        subscriberId=payer.member_id,
        **{"class": [group] if payer.group_number else None},
    )


def lead_of(number: str) -> str:
    """The id of the lead in the id of one of its coverages."""
    return number.partition(".")[0]


def _number(lead: Lead, place: int) -> str:
    """The id of a coverage: that of its lead, and after the first which one it is."""
    return f"{lead.id}.{place + 1}" if place else str(lead.id)


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


def found(resources: list[Json], total: int | None, link: str, more: str | None) -> Json:
    """A page of a search; `total` None where nobody counted."""
    links = [{"relation": "self", "url": link}, *([{"relation": "next", "url": more}] if more else [])]
    entries = [{"resource": each, "search": {"mode": "match"}} for each in resources]
    counted = {} if total is None else {"total": total}
    return {"resourceType": "Bundle", "type": "searchset", **counted, "link": links, "entry": entries}


def several(resources: list[Json]) -> Json:
    """Resources that belong to one delivery."""
    return {"resourceType": "Bundle", "type": "collection", "entry": [{"resource": each} for each in resources]}


def outcome(code: str, said: str, *where: str) -> Json:
    """An OperationOutcome with one issue."""
    issue = {"severity": "error", "code": code, "diagnostics": said, "expression": list(where)}
    return {"resourceType": "OperationOutcome", "issue": [_kept(issue)]}


def _subject(lead: Lead) -> Json | None:
    return {"reference": f"Patient/{lead.patient_id}"} if lead.patient_id else None


def _told(diagnosis: Diagnosis) -> str:
    return ", ".join(_some(diagnosis.words, diagnosis.side))


def _often(asked: Frequency) -> str:
    """ "SLP 2-3 a week for 6 weeks, 12 visits"."""
    week = f"{asked.visits_per_week:g}" if isinstance(asked.visits_per_week, float) else asked.visits_per_week
    weeks, visits = asked.weeks and f"for {asked.weeks} weeks", asked.total_visits and f"{asked.total_visits} visits"
    said = _some(asked.discipline, f"{week} a week" if week else None, weeks or None)
    return ", ".join(_some(" ".join(said), visits or None))


def _dialled(who: Patient) -> str | None:
    """A phone with what is dialled after it, as RFC 3966 writes it."""
    return f"{who.phone};ext={who.extension}" if who.phone and who.extension else who.phone


def _resource(kind: str, number: uuid.UUID | str, **fields: Any) -> Json:
    return {"resourceType": kind, "id": str(number), **_kept(fields)}


def _kept(fields: Json) -> Json:
    return {name: value for name, value in fields.items() if value not in (None, "", [], {})}


def _some(*values: str | None) -> list[str]:
    return [value for value in values if value]
