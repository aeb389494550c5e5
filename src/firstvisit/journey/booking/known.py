"""What is known of a booked patient and the visit, as every way to the EMR tells it."""

from __future__ import annotations

import uuid
from collections.abc import Iterable

from firstvisit.journey.booking.who_stands import with_contact, with_patient
from firstvisit.kernel import seal
from firstvisit.leads import services as leads
from firstvisit.leads.models import Lead, LeadReferral
from firstvisit.leads.queries import code
from firstvisit.people.models import Guardian
from firstvisit.people.queries import identities, same_people
from firstvisit.practice.models import Resource
from firstvisit.practice.queries import policy, practice
from firstvisit.practice.shape import Practice
from firstvisit.referral.record import Referral
from firstvisit.steps.booking import endings
from firstvisit.steps.booking.emr.carried import carried
from firstvisit.steps.booking.emr.registration import Name, Registration, Visit, name_of, registration
from firstvisit.steps.booking.models import Appointment, Outgoing
from firstvisit.steps.booking.policy import Booking
from firstvisit.steps.coverage.medicare import plain_number


def carried_now(reading: LeadReferral, key: seal.OpenKey, appointment: uuid.UUID | None) -> dict[str, str]:
    """The facts of the person as a telling would carry them now."""
    return carried(known(reading, key, appointment))


def known(reading: LeadReferral, key: seal.OpenKey, appointment: uuid.UUID | None) -> Registration:
    """Everything that is told of a lead's patient and one visit, as it stands now."""
    shape, lead = practice(), reading.lead
    visit = Appointment.objects.select_related("clinician").filter(id=appointment).first() if appointment else None
    facts = lead.facts
    program = (visit.program if visit is not None else "") or facts.program or ""
    return registration(
        _with_plain_numbers(_as_it_stands(leads.read(reading, key), lead)), shape,
        code=code(lead.number), number=patient_number(lead),
        site=visit.site if visit is not None else lead.site, program=program,
        discipline=visit.discipline if visit is not None else "",
        visit=visit_of(visit, shape) if visit is not None else None,
    )  # fmt: skip


def _as_it_stands(stated: Referral, lead: Lead) -> Referral:
    """What is stated, with patient and contact as the lead's page shows them."""
    who = identities(person for person in (lead.patient_id, lead.contact_id) if person is not None)
    if lead.patient_id in who:
        stated = with_patient(stated, who[lead.patient_id][0])
    if lead.contact_id in who:
        pair = Guardian.objects.filter(patient=lead.patient_id, guardian=lead.contact_id).first()
        decides = pair is not None and pair.authority == "may_consent"
        relationship = pair.relationship if pair is not None else ""
        stated = with_contact(stated, who[lead.contact_id][0], relationship, decides=decides)
    return stated


def _with_plain_numbers(stated: Referral) -> Referral:
    """What is stated, with a Medicare number as computers have it, however somebody typed it."""
    payers = [
        payer.model_copy(update={"member_id": plain_number(payer.member_id) or payer.member_id})
        for payer in stated.payers or ()
    ]
    return stated.model_copy(update={"payers": tuple(payers)}) if payers else stated


def patient_number(lead: Lead) -> str:
    """The number under which the EMR knows a patient of ours: that of their first lead, so that their next request is
    no new patient; of two who became one the number that stays, once the EMR has it so."""
    own = own_number(lead)
    if lead.patient_id is None:
        return own
    records = same_people([lead.patient_id])[lead.patient_id]
    if len(records) == 1:
        return own
    merged = Outgoing.objects.filter(what="merged", status="acknowledged", lead__patient__in=records)
    for row in merged.order_by("-ended_at"):
        if row.corrects[0] == own:
            return str(row.corrects[1])
    known_as = told_numbers(records)
    return own if own in known_as else next(iter(known_as), own)


def own_number(lead: Lead) -> str:
    """The number of the record of a lead's patient, whoever else's record is theirs."""
    first = lead.number
    if lead.patient_id is not None:
        found = Lead.objects.filter(patient=lead.patient_id).order_by("number").values_list("number", flat=True)
        first = found.first() or first
    return f"P-{first}"


def told_numbers(records: Iterable[uuid.UUID]) -> dict[str, Lead]:
    """The numbers of these records of people under which the EMR was told of a patient, the lowest first, each with the
    newest lead that told it."""
    rows = Outgoing.objects.filter(what="patient", lead__patient__in=list(records)).select_related("lead")
    told = rows.exclude(status__in=("withdrawn", "refused")).exclude(status="wanted", tries=0, payload__isnull=True)
    leads_told = sorted((row.lead for row in told), key=lambda each: each.number)
    found = {own_number(lead): lead for lead in leads_told}
    return dict(sorted(found.items(), key=lambda each: int(each[0].removeprefix("P-"))))


def visit_of(row: Appointment, shape: Practice) -> Visit:
    """An appointment as it is told."""
    slugs = dict(Resource.objects.filter(id__in=row.resources).values_list("id", "slug"))
    taken = [shape.resources[slug] for slug in slugs.values() if slug in shape.resources]
    kinds = {kind.slug: kind.name for kind in policy().section(Booking).kinds}
    clinician = row.clinician.slug if row.clinician is not None else ""
    who = shape.resources.get(clinician)
    return Visit(
        id=str(row.id), starts=row.starts_at, ends=row.ends_at, status=row.status, kind=row.kind,
        kind_name=kinds.get(row.kind, row.kind), site=row.site, setting=row.setting, sequence=row.sequence,
        clinician=clinician, clinician_name=name_of(who.name) if who is not None else Name(),
        rooms=tuple((each.slug, each.name) for each in taken if each.kind == "room"),
        devices=tuple((each.slug, each.name) for each in taken if each.kind == "device"),
        why=row.why, why_words=endings.reason(row.why).words if row.why else "",
    )  # fmt: skip
