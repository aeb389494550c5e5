"""What fields of the record are called: in a sentence of the timeline, and as a label beside a value. Pure."""

from __future__ import annotations

import re
from typing import Final

CALLED: Final[dict[str, str]] = {
    "lead_kind": "who asks",
    "disciplines": "therapy",
    "service": "evaluation or treatment",
    "program": "program",
    "patient.first_name": "first name",
    "patient.middle_name": "middle name",
    "patient.last_name": "last name",
    "patient.suffix": "suffix of the name",
    "patient.preferred_name": "preferred name",
    "patient.date_of_birth": "birth date",
    "patient.age_years": "age",
    "patient.sex": "sex",
    "patient.phone": "phone",
    "patient.extension": "extension of the patient's phone",
    "patient.email": "e-mail",
    "patient.names_crossed": "first and last name stated the other way round (kept as they were: check them)",
    "patient.street": "street",
    "patient.city": "city",
    "patient.state": "state",
    "patient.postal_code": "ZIP",
    "patient.language": "language",
    "patient.interpreter": "interpreter",
    "patient.no_voicemail": "voicemail",
    "contact.name": "contact's name",
    "contact.relationship": "contact's relationship",
    "contact.phone": "contact's phone",
    "contact.extension": "extension of the contact's phone",
    "contact.email": "contact's e-mail",
    "contact.preferred_method": "how to reach the contact",
    "contact.authority": "what the contact may decide",
    "contact.no_voicemail": "contact's voicemail",
    "referrer.name": "referrer's name",
    "referrer.credential": "referrer's credential",
    "referrer.organization": "referrer's organization",
    "referrer.npi": "referrer's NPI",
    "referrer.phone": "referrer's phone",
    "referrer.extension": "extension of the referrer's phone",
    "referrer.fax": "referrer's fax",
    "referrer.email": "referrer's e-mail",
    "referrer.role": "referrer's role",
    "referrer.updates_by": "how the referrer hears from us",
    "referrer.may_be_told": "what the referrer may be told",
    "ordering": "who ordered it",
    "also_referred": "somebody else who sent something",
    "also_ordered": "somebody else who ordered",
    "organization": "what the organization asks for",
    "diagnoses": "diagnosis",
    "concern": "their words",
    "setting": "setting",
    "timing": "how soon",
    "not_before": "not before",
    "not_known": "what nobody knows",
    "events": "dates",
    "payers": "coverage",
    "documents": "documents",
    "order": "order",
    "order_signed": "order",
    "frequencies": "how often",
    "cause": "how it came about",
    "returning": "whether they were here before",
    "home_health": "home health",
    "therapy_elsewhere": "therapy elsewhere",
    "withhold_from_plan": "whether their plan may know",
    "access_needs": "access needs",
    "attribution": "how they found us",
    "availability": "times",
    "hours": "hours",
    "taken_at": "where it was taken",
    "asks": "what they ask",
    "consents": "consent",
    "not_a_referral": "whether it is a referral",
    "escalate": "wish for a person",
    "escalate_reason": "why a person should look",
}
"""Paths of the record as the timeline says them. Of a path inside ("frequency.weeks") the nearest one here."""
LABELS: Final[dict[str, str]] = {
    "patient.date_of_birth": "Date of birth",
    "patient.no_voicemail": "No voicemail",
    "diagnoses.code": "Diagnosis",
    "diagnoses.words": "Diagnosis in words",
    "diagnoses.side": "Side",
    "events.kind": "What happened",
    "events.date": "When",
    "events.words": "What happened, in words",
    "payers.name": "Payer",
    "payers.kind": "Kind of coverage",
    "payers.member_id": "Member number",
    "payers.group_number": "Group number",
    "payers.authorization_number": "Authorization number",
    "payers.authorization_status": "Authorization",
    "payers.claim_number": "Claim number",
    "payers.adjuster_name": "Adjuster",
    "payers.adjuster_phone": "Adjuster's phone",
    "payers.adjuster_extension": "Adjuster's extension",
    "payers.subscriber_name": "Who holds the plan",
    "payers.subscriber_date_of_birth": "Their date of birth",
    "frequencies.visits_per_week": "Visits a week",
    "frequencies.weeks": "For weeks",
    "frequencies.total_visits": "Visits in all",
    "frequencies.discipline": "Therapy of it",
    "order_signed": "Order signed",
    "disciplines": "Therapy",
    "asks": "What they ask",
    "ordering.name": "Who ordered it",
    "ordering.npi": "NPI of whoever ordered",
    "ordering.organization": "Office that ordered",
    "organization.needs": "What they need",
    "home_health": "Home health",
    "ordering.credential": "Credential of whoever ordered",
    "ordering.phone": "Phone of whoever ordered",
    "ordering.extension": "Extension of whoever ordered",
    "ordering.fax": "Fax of whoever ordered",
    "organization.size": "How many people",
    "organization.timeline": "When they need it",
    "organization.start_on": "Needed from",
    "organization.budget": "Budget",
    "organization.decision_maker": "Who decides",
    "organization.decision_path": "How they decide",
    "attribution.kind": "How they heard of us",
    "attribution.heard_of_us": "In their words",
    "order": "What is said of the order",
    "program": "Program",
}
"""Labels that need other words than the timeline's; paths of entries without their number."""
_NUMBER: Final = re.compile(r"\.(\d+)(?=\.)")


def label(path: str) -> str:
    """What a path is called beside its value; entries after the first carry their number."""
    plain = _NUMBER.sub("", path)
    number = _NUMBER.search(path)
    found = LABELS.get(plain) or CALLED.get(plain) or plain.replace(".", " ").replace("_", " ")
    which = f" {int(number[1]) + 1}" if number and number[1] != "0" else ""
    return f"{found[:1].upper()}{found[1:]}{which}"


def in_a_sentence(path: str) -> str:
    """The label as it stands within a sentence: "date of birth", "NPI of whoever ordered"."""
    found = label(path)
    return found if found[1:2].isupper() else f"{found[:1].lower()}{found[1:]}"
