"""Who the patient is and whom one talks to, as it stands on the lead's page. Pure.

Of two requests of one person the reading keeps what was stated last; the records of people keep what stands, with the
rest beside it ("also stated"). An EMR is told what stands.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from firstvisit.kernel.folding import folded
from firstvisit.people.identity import Identity
from firstvisit.referral.names import without_generation
from firstvisit.referral.record import Contact, Patient, Referral

_HOME: Final = ("street", "city", "state", "postal_code")


def with_patient(stated: Referral, who: Identity) -> Referral:
    """What is stated, with the patient as their record says who they are; what nobody stated here is not added."""
    return stated.model_copy(update={"patient": stated.patient.model_copy(update=_patient(stated, who))})


def _patient(stated: Referral, who: Identity) -> dict[str, Any]:
    said, own = stated.patient, _own(stated)
    found: dict[str, Any] = {}
    if who.is_named:
        last = without_generation(who.last_name or "")
        suffix = (who.last_name or "")[len(last) :].strip()
        found |= {"first_name": who.first_name, "last_name": last or None, "suffix": suffix or None}
    if said.middle_name and who.middle_name:
        found["middle_name"] = who.middle_name
    if who.born is not None:
        found["date_of_birth"] = who.born
    if said.sex and who.sex:
        found["sex"] = who.sex
    if (said.phone or own.phone) and who.phone:
        found |= {"phone": who.phone, "extension": who.extension}
    if (said.email or own.email) and who.email:
        found["email"] = who.email
    if _says_home(said) and (who.street or who.postal_code):
        found |= {name: getattr(who, name) for name in _HOME}
    return found


def with_contact(stated: Referral, who: Identity, relationship: str, *, decides: bool) -> Referral:
    """What is stated, with the contact whom one talks to: where the newest request names somebody else, the one who
    stands, who may decide for the patient or not; where it names them, the ways by which they are reached."""
    said = stated.contact
    if said.relationship == "self" or not said.name:
        return stated
    reached: Mapping[str, Any] = {"phone": who.phone, "extension": who.extension, "email": who.email}
    if folded(said.name) == folded(who.name):
        changed = {
            name: value for name, value in reached.items()
            if value and (getattr(said, name) or (name == "extension" and said.phone))
        }  # fmt: skip
    else:
        changed = {
            **reached, "name": who.name, "relationship": relationship or None,
            "authority": "guardian" if decides else None,
        }  # fmt: skip
    return stated.model_copy(update={"contact": said.model_copy(update=changed)})


def _own(stated: Referral) -> Contact:
    """The ways that were given as the contact's, who is the patient."""
    return stated.contact if stated.contact.relationship == "self" else Contact()


def _says_home(said: Patient) -> bool:
    return any(getattr(said, name) for name in _HOME)
