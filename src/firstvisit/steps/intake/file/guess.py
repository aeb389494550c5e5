"""What the columns of a file probably mean, by their headings alone. Pure. A person confirms every guess."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from firstvisit.steps.intake.file.targets import LEFT_OUT, targets

_SAID: Final[dict[str, str]] = {
    "patient.name": "patient name|patient|full name|name|client|client name|child name|child|nombre|nombre completo",
    "patient.first_name": "first name|first|given name|patient first name|patient first|fname|child first name|nombre",
    "patient.middle_name": "middle name|middle|middle initial|mi",
    "patient.last_name": "last name|last|surname|family name|patient last name|patient last|lname|apellido|apellidos",
    "patient.suffix": "suffix|jr sr",
    "patient.preferred_name": "preferred name|goes by|nickname",
    "patient.date_of_birth": "dob|date of birth|birth date|birthdate|birthday|patient dob|born|fecha de nacimiento",
    "patient.age_years": "age|age years|patient age|edad",
    "patient.sex": "sex|gender|patient sex|sexo",
    "patient.phone": "phone|phone number|patient phone|mobile|cell|cell phone|home phone|telephone|tel|telefono",
    "patient.email": "email|e mail|email address|patient email|mail|correo",
    "patient.street": "street|address|street address|address 1|address line 1|patient address|direccion",
    "patient.city": "city|town|ciudad",
    "patient.state": "state|st|estado",
    "patient.postal_code": "zip|zip code|postal code|postcode|zipcode|patient zip|codigo postal",
    "patient.language": "language|preferred language|primary language|idioma",
    "patient.interpreter": "interpreter|interpreter needed|needs interpreter",
    "contact.name": "contact|contact name|parent|parent name|guardian|guardian name|caregiver|caregiver name|"
    "responsible party|parent guardian|parent guardian name|mother|mother name",
    "contact.relationship": "relationship|relation|relationship to patient|contact relationship|parentesco",
    "contact.phone": "contact phone|parent phone|guardian phone|caregiver phone|contact phone number",
    "contact.email": "contact email|parent email|guardian email|caregiver email",
    "contact.preferred_method": "preferred contact|preferred contact method|contact by|best way to reach",
    "referrer.name": "referrer|referred by|referring provider|referring physician|referring doctor|provider|physician",
    "referrer.organization": "referring organization|referring practice|referring office|practice|organization|"
    "referring facility|facility|clinic",
    "referrer.npi": "npi|referrer npi|referring npi|provider npi|referring provider npi",
    "referrer.phone": "referrer phone|referring phone|provider phone|referring provider phone|office phone",
    "referrer.fax": "referrer fax|referring fax|fax|provider fax|referring provider fax|office fax",
    "referrer.email": "referrer email|referring email|provider email|office email",
    "referrer.role": "referrer role|referrer type",
    "ordering.name": "ordering provider|ordering physician|ordered by",
    "ordering.npi": "ordering npi|ordering provider npi",
    "payer.name": "insurance|payer|insurance name|insurance company|primary insurance|carrier|plan|coverage|seguro",
    "payer.kind": "payer kind|payer type|insurance type|coverage type",
    "payer.member_id": "member id|member number|policy number|insurance id|subscriber id|member|id number",
    "payer.group_number": "group|group number|group id",
    "payer.claim_number": "claim|claim number|claim no",
    "payer.authorization_number": "auth number|authorization number|authorization|auth",
    "payer.authorization_status": "auth status|authorization status",
    "second_payer.name": "secondary insurance|second insurance|secondary payer",
    "second_payer.member_id": "secondary member id|secondary id",
    "discipline": "discipline|disciplines|therapy|service type|therapy type|ot pt st|terapia",
    "program": "program|service|programa",
    "diagnoses": "diagnosis|diagnoses|dx|icd|icd 10|icd10|icd code|icd 10 code|diagnosis code|diagnosis codes|codes|"
    "diagnostico",
    "concern": "concern|reason|reason for referral|chief complaint|complaint|notes|comments|description|motivo",
    "lead_kind": "lead kind|lead type|kind",
    "setting": "setting|place of service|location type",
    "timing": "timing|when|urgency|timeframe",
    "cause": "cause|accident type",
    "order_signed": "order signed|signed order|signed|order",
    "documents": "documents|papers|attachments|files",
    "availability": "availability|available|preferred times|preferred days|best times|times",
    "event.kind": "event|event type",
    "event.date": "event date",
    "event.surgery": "surgery|surgery date|date of surgery|dos surgery|op date",
    "event.injury": "injury date|date of injury|doi|accident date|date of accident|injury",
    "event.discharge": "discharge date|date of discharge|discharge",
    "event.onset": "onset|onset date|date of onset",
    "event.iep": "iep date|iep",
    "consent.email": "may email|email ok|email consent|ok to email",
    "consent.sms": "may text|text ok|sms consent|sms ok|ok to text|text consent",
    "consent.phone": "may call|phone consent|ok to call",
    "consent.voicemail": "voicemail ok|may leave voicemail|ok to leave voicemail",
    "attribution.heard_of_us": "how did you hear|how did you hear about us|heard of us|lead source|source",
    "received_at": "received|received at|received on|date received|created|created at|created on|created date|"
    "referral date|date of referral|inquiry date|date|timestamp|submitted|fecha",
    "asks": "asks|question|questions",
}


def _plain(heading: str) -> str:
    spaced = re.sub(r"([a-z])([A-Z])", r"\1 \2", heading)
    return " ".join(re.findall(r"[a-z0-9]+", spaced.replace("'s", "").replace("’s", "").lower()))


_BY_HEADING: Final[dict[str, list[str]]] = {}
for _target, _headings in _SAID.items():
    for _heading in _headings.split("|"):
        _BY_HEADING.setdefault(_heading, []).append(_target)


def guess(headings: Iterable[str]) -> dict[str, str]:
    """A target (or "" for left out) for each heading; no target is given twice."""
    known, found, taken = targets(), dict[str, str](), set[str]()
    listed = list(headings)
    plain = {heading: _plain(heading) for heading in listed}
    both_parts = any(text in _SAID["patient.last_name"].split("|") for text in plain.values())
    for heading in dict.fromkeys(listed):
        text = plain[heading]
        own = heading.strip().lower().replace(" ", "_")
        choices = [own] if own in known else list(_BY_HEADING.get(text, ()))
        if both_parts:
            # "Name" beside "Last name" is the first name; alone it is the whole.
            choices = [
                "patient.first_name" if one == "patient.name" and text in ("name", "nombre") else one
                for one in choices
            ]
        target = next((one for one in choices if one not in taken), LEFT_OUT)
        found[heading] = target
        if target:
            taken.add(target)
    return found
