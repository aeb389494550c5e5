"""What a lead said before somebody noted something on it, kept for undoing: sealed under the lead's own key, and put
back only while nothing else has changed what the lead says."""

from __future__ import annotations

import hashlib
from typing import Any, Final

from firstvisit.journey.deriving import derived
from firstvisit.kernel import seal
from firstvisit.kernel.errors import Conflict
from firstvisit.leads import services
from firstvisit.leads.models import FactsRow, Lead, LeadReferral, UndoStep
from firstvisit.people.models import Person
from firstvisit.people.records import known
from firstvisit.people.services import compare_again
from firstvisit.practice.queries import practice
from firstvisit.referral.record import Referral

TABLE: Final = "leads_undostep"


def reading_of(lead: Lead) -> Referral:
    """What the lead says now."""
    return services.read(LeadReferral.objects.select_related("key").get(lead=lead))


def keep_before(step: UndoStep, before: Referral) -> None:
    """Remember what the lead said before, and what it says now by its digest; the step is not written yet."""
    row = LeadReferral.objects.select_related("key").get(lead=step.lead)
    plain = before.model_dump_json(exclude_none=True, exclude_defaults=True).encode()
    step.sealed = seal.seal(seal.open_key(row.key), TABLE, "sealed", step.id, plain)
    step.written = _digest(row)


def patient_of(lead: Lead) -> Person | None:
    """The record that stands for the patient of a lead."""
    return None if lead.patient is None else lead.patient.same_as or lead.patient


def keep_patient(step: UndoStep, before: Person) -> None:
    """Remember the patient's record, sealed as it was, where the step changed it."""
    now = Person.objects.get(id=before.id)
    if bytes(now.sealed) != bytes(before.sealed):
        step.before["patient"] = {
            "id": str(before.id),
            "sealed": bytes(before.sealed).hex(),
            "blocks": before.blocks,
            "finders": before.finders,
            "written": hashlib.sha256(bytes(now.sealed)).hexdigest(),
        }


def put_back(step: UndoStep, lead: Lead) -> None:
    """The lead, locked, says again what it said before the step; its facts follow. Conflict where something else has
    changed it since."""
    if step.sealed is None:
        return
    row = LeadReferral.objects.select_related("key").get(lead=lead)
    if _digest(row) != step.written:
        raise Conflict("what is known of this lead has changed since, so it stays as it is now")
    key = seal.open_key(row.key)
    plain = seal.unseal(key, TABLE, "sealed", step.id, step.sealed)
    before, facts = Referral.model_validate_json(plain), services.facts_of_row(FactsRow.objects.get(lead=lead))
    services.replace_reading(lead, key, before, derived(lead, before, practice(), before=facts))
    if patient := step.before.get("patient"):
        _put_patient_back(patient, before)


def _put_patient_back(was: dict[str, Any], referral: Referral) -> None:
    """The patient's record as it was, compared again with those it may be."""
    person = Person.objects.select_for_update(of=("self",)).get(id=was["id"])
    if hashlib.sha256(bytes(person.sealed)).hexdigest() != was["written"]:
        raise Conflict("what is known of this patient has changed since, so it stays as it is now")
    person.sealed, person.blocks, person.finders = bytes.fromhex(was["sealed"]), was["blocks"], was["finders"]
    person.save(update_fields=["sealed", "blocks", "finders"])
    compare_again(known(person), referral)


def _digest(row: LeadReferral) -> str:
    return hashlib.sha256(bytes(row.sealed)).hexdigest()
