"""The fields of a form and their readers. Pure."""

from __future__ import annotations

from typing import Final

from firstvisit.steps.intake.understanding.forms.values.care import (
    event_of,
    read_availability,
    read_concern,
    read_service,
    read_setting,
    read_timing,
    read_visits,
)
from firstvisit.steps.intake.understanding.forms.values.codes import read_diagnoses, read_npi
from firstvisit.steps.intake.understanding.forms.values.cover import (
    number_at,
    read_authorization,
    read_claim,
    read_insurance,
    read_member_and_group,
    read_referral_number,
)
from firstvisit.steps.intake.understanding.forms.values.papers import read_documents
from firstvisit.steps.intake.understanding.forms.values.particulars import (
    read_age,
    read_born_and_age,
    read_born_and_sex,
    read_language,
    read_sex,
)
from firstvisit.steps.intake.understanding.forms.values.people import (
    part_of_name,
    read_contact,
    read_from,
    read_organization,
    read_patient_name,
    read_referrer,
    read_relationship,
    read_signer,
)
from firstvisit.steps.intake.understanding.forms.values.reach import (
    read_address,
    read_email,
    read_fax,
    read_phone,
    read_place,
    read_state,
    read_zip,
)
from firstvisit.steps.intake.understanding.forms.values.said import Reads, owned_by

READERS: Final[dict[str, Reads]] = {
    "patient_name": read_patient_name,
    "first_name": part_of_name("patient.first_name"),
    "last_name": part_of_name("patient.last_name"),
    "dob": read_born_and_age,
    "age": read_age,
    "sex": read_sex,
    "dob_sex": read_born_and_sex,
    "phone": read_phone,
    "phone_fax": read_phone,
    "patient_phone": owned_by(read_phone, "patient"),
    "contact_phone": owned_by(read_phone, "contact"),
    "referrer_phone": owned_by(read_phone, "referrer"),
    "referrer_phone_fax": owned_by(read_phone, "referrer"),
    "fax": read_fax,
    "referrer_fax": owned_by(read_fax, "referrer"),
    "email": read_email,
    "address": read_address,
    "place": read_place,
    "state": read_state,
    "zip": read_zip,
    "language": read_language,
    "contact": read_contact,
    "relationship": read_relationship,
    "referrer": read_referrer,
    "organization": read_organization,
    "from": read_from,
    "npi": read_npi,
    "diagnosis": read_diagnoses,
    "concern": read_concern,
    "service": read_service,
    "setting": read_setting,
    "timing": read_timing,
    "frequency": read_visits,
    "surgery": event_of("surgery"),
    "injury": event_of("injury"),
    "onset": event_of("onset"),
    "discharge": event_of("discharge"),
    "iep": event_of("iep"),
    "insurance": read_insurance,
    "member": number_at("payers.0.member_id"),
    "member_group": read_member_and_group,
    "group": number_at("payers.0.group_number"),
    "authorization": read_authorization,
    "authorization_number": number_at("payers.0.authorization_number"),
    "referral_number": read_referral_number,
    "signed_by": read_signer,
    "claim": read_claim,
    "documents": read_documents,
    "availability": read_availability,
}
"""By the keys of `labels.toml`; those that are missing there are known so that nobody takes them for something else."""
