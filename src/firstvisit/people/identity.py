"""What is sealed of a person. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final

from firstvisit.kernel.folding import folded
from firstvisit.referral.names import crossed, with_generation, without_generation
from firstvisit.referral.record import Referral
from firstvisit.referral.vocabulary import person_name

AGE_SLACK = 2
"""Years by which a stated age may be off the year of birth: birthdays, and people who round."""
HOMES_KEPT: Final = 4
"""Earlier homes of one person that are remembered, the latest ones."""
Home = tuple[str | None, str | None, str | None, str | None]
"""Street, city, state and ZIP of one home, as far as stated."""


@dataclass(frozen=True, slots=True)
class Identity:
    """A person as sealed in the database. Phones in E.164, dates ISO, `None` not stated; Jr or Sr stands at the end
    of the last name."""

    first_name: str | None = None
    last_name: str | None = None
    date_of_birth: str | None = None
    age_years: int | None = None
    stated_in: int | None = None
    """The year in which the age was stated."""
    sex: str | None = None
    language: str | None = None
    phone: str | None = None
    extension: str | None = None
    """What is dialled after the phone."""
    email: str | None = None
    street: str | None = None
    city: str | None = None
    state: str | None = None
    postal_code: str | None = None
    former_homes: tuple[Home, ...] | None = None
    """Where they lived before, as far as somebody said so, the latest last."""

    def __post_init__(self) -> None:
        if self.former_homes is not None:  # JSON keeps lists
            homes = tuple((home[0], home[1], home[2], home[3]) for home in self.former_homes)
            object.__setattr__(self, "former_homes", homes or None)

    @property
    def home(self) -> Home:
        return self.street, self.city, self.state, self.postal_code

    @property
    def name(self) -> str:
        return " ".join(part for part in (self.first_name, self.last_name) if part) or "Name not stated"

    @property
    def is_named(self) -> bool:
        return bool(self.first_name or self.last_name)

    @property
    def born(self) -> date | None:
        return date.fromisoformat(self.date_of_birth) if self.date_of_birth else None

    def as_json(self) -> dict[str, Any]:
        return {name: value for name in self.__slots__ if (value := getattr(self, name)) is not None}

    def completed_by(self, newer: Identity) -> Identity:
        """The same person with what was newly stated; nothing known is lost, nor is Jr or Sr of the same name, nor are
        first and last name exchanged by somebody who wrote each in the other's field."""
        stated = newer.as_json()
        if crossed(self.first_name, self.last_name, newer.first_name, newer.last_name):
            del stated["first_name"], stated["last_name"]
        if self.last_name and newer.last_name == without_generation(self.last_name):
            stated["last_name"] = self.last_name
        whole = Identity(**{**self.as_json(), **stated})
        if newer.phone is not None and newer.phone != self.phone:
            whole = replace(whole, extension=newer.extension)  # the old one belongs to the old number
        return replace(whole, former_homes=_left_behind(self, whole)) if _moved(self, whole) else whole

    def contradicts(self, other: Identity) -> bool:
        """True when both state a birth date and they differ, or their ages lie years apart: then they are two
        people, whatever else agrees."""
        if self.date_of_birth is not None and other.date_of_birth is not None:
            return self.date_of_birth != other.date_of_birth
        mine, theirs = self.birth_year, other.birth_year
        return mine is not None and theirs is not None and abs(mine - theirs) > AGE_SLACK

    @property
    def birth_year(self) -> int | None:
        """The year of birth as stated, or by the age and the year in which it was stated."""
        if self.date_of_birth is not None:
            return int(self.date_of_birth[:4])
        return self.stated_in - self.age_years if self.age_years is not None and self.stated_in else None


def _moved(before: Identity, after: Identity) -> bool:
    """Whether what is stated now is another home and not the same one written otherwise or completed."""
    if before.street and after.street and folded(before.street) != folded(after.street):
        return True
    return bool(before.postal_code and after.postal_code and before.postal_code[:5] != after.postal_code[:5])


def _left_behind(before: Identity, after: Identity) -> tuple[Home, ...] | None:
    homes = dict.fromkeys((*(before.former_homes or ()), before.home))
    return tuple(home for home in homes if home != after.home)[-HOMES_KEPT:] or None


def patient_of(referral: Referral, year: int) -> Identity | None:
    """The patient's identity, as stated in `year`; None for an enquiry without one (an organization's)."""
    patient = referral.patient
    if referral.lead_kind == "organization":
        return None
    first, last = patient.first_name, patient.last_name
    phone, email, extension = patient.phone, patient.email, patient.extension
    if referral.contact.relationship == "self":
        phone, email = phone or referral.contact.phone, email or referral.contact.email
        extension = patient.extension if patient.phone else referral.contact.extension
        if not (first or last) and referral.contact.name:
            first, last = _split(referral.contact.name)
    return Identity(
        first_name=first,
        last_name=with_generation(last, patient.suffix),
        date_of_birth=patient.date_of_birth.isoformat() if patient.date_of_birth else None,
        age_years=patient.age_years,
        stated_in=year if patient.age_years is not None else None,
        sex=patient.sex,
        language=patient.language,
        phone=phone,
        extension=extension,
        email=email,
        street=patient.street,
        city=patient.city,
        state=patient.state,
        postal_code=patient.postal_code,
    )


def contact_of(referral: Referral) -> Identity | None:
    """Whom to get back to when that is somebody else than the patient."""
    contact = referral.contact
    if contact.relationship == "self" or not (contact.name or contact.phone or contact.email):
        return None
    first, last = _split(contact.name) if contact.name else (None, None)
    return Identity(
        first_name=first,
        last_name=last,
        # The letters to a family go to the contact; what they read in is the family's language.
        language=referral.patient.language,
        phone=contact.phone,
        extension=contact.extension,
        email=contact.email,
    )


def sender_of(referral: Referral) -> Identity | None:
    """Who sends this about somebody else: the contact in their own words, or the person who refers. The contact whom an
    office names sends nothing."""
    if referral.lead_kind not in ("referral_partner", "organization"):
        return contact_of(referral)
    who = referral.referrer
    if not (who.name or who.phone or who.email):
        return None
    first, last = _split(who.name) if who.name else (None, None)
    return Identity(first_name=first, last_name=last, phone=who.phone, extension=who.extension, email=who.email)


def _split(name: str) -> tuple[str | None, str | None]:
    """First and last name; a name that cannot be split is kept whole, so that nothing stated is lost."""
    try:
        return person_name(name)
    except ValueError:
        return None, name
