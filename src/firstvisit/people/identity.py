"""What is sealed of a person. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final

from firstvisit.kernel.folding import folded
from firstvisit.referral.names import crossed, with_generation, without_generation
from firstvisit.referral.record import Referral
from firstvisit.referral.vocabulary import person_name

AGE_SLACK = 2
"""Years by which a stated age may be off the year of birth: birthdays, and people who round."""
NAMING: Final = ("first_name", "middle_name", "last_name", "preferred_name", "date_of_birth")
"""What a person is told by; where something else was said of it, both are kept."""
Stated = tuple[str, str]
"""One of the fields `NAMING`, and what was said of it."""
ALSO_KEPT: Final = 8
"""Values of names and birth date beside those that stand that are remembered, the latest ones."""
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
    middle_name: str | None = None
    preferred_name: str | None = None
    also_stated: tuple[Stated, ...] | None = None
    """What was said otherwise of names and birth date, the latest last."""

    def __post_init__(self) -> None:
        if self.former_homes is not None:  # JSON keeps lists
            homes = tuple((home[0], home[1], home[2], home[3]) for home in self.former_homes)
            object.__setattr__(self, "former_homes", homes or None)
        if self.also_stated is not None:
            object.__setattr__(self, "also_stated", tuple((name, said) for name, said in self.also_stated) or None)

    @property
    def home(self) -> Home:
        return self.street, self.city, self.state, self.postal_code

    @property
    def name(self) -> str:
        parts = (self.first_name, self.middle_name, self.last_name)
        return " ".join(part for part in parts if part) or "Name not stated"

    @property
    def is_named(self) -> bool:
        return bool(self.first_name or self.last_name)

    @property
    def born(self) -> date | None:
        return date.fromisoformat(self.date_of_birth) if self.date_of_birth else None

    def as_json(self) -> dict[str, Any]:
        return {name: value for name in self.__slots__ if (value := getattr(self, name)) is not None}

    def completed_by(self, newer: Identity, *, keeps: bool = False) -> Identity:
        """The same person with what was newly stated; nothing known is lost, nor is Jr or Sr of the same name, nor are
        first and last name exchanged by somebody who wrote each in the other's field.

        A name written more carefully stays, and one of which less is said now. `keeps`: the name and the birth date
        known stay whatever is said now. Whichever does not stand is kept beside it (`also_stated`).
        """
        stated = newer.as_json()
        if crossed(self.first_name, self.last_name, newer.first_name, newer.last_name):
            del stated["first_name"], stated["last_name"]
        if self.last_name and newer.last_name == without_generation(self.last_name):
            stated["last_name"] = self.last_name
        if newer.middle_name and _within(newer.middle_name, self.first_name):
            del stated["middle_name"]
        said = tuple((name, stated[name]) for name in NAMING if name in stated)
        for name in NAMING:
            if name in stated and self._stands(name, stated[name], keeps=keeps):
                stated[name] = getattr(self, name)
        whole = Identity(**{**self.as_json(), **stated})
        if newer.phone is not None and newer.phone != self.phone:
            whole = replace(whole, extension=newer.extension)  # the old one belongs to the old number
        if _moved(self, whole):
            whole = replace(whole, former_homes=_left_behind(self, whole))
        also = whole.beside((*(self.also_stated or ()), *(newer.also_stated or ()), *self.naming, *said))
        return whole if also == (whole.also_stated or ()) else replace(whole, also_stated=also or None)

    def filled_by(self, whole: Identity) -> Identity:
        """The same person with what nobody had said of them, of `whole`, which somebody else completed. A home and a
        phone are one thing each; what was said otherwise of names and birth date stays beside."""
        mine, theirs = self.as_json(), whole.as_json()
        home = ("street", "city", "state", "postal_code")
        for together in (home, ("phone", "extension"), ("age_years", "stated_in")):
            if any(name in mine and mine[name] != theirs.get(name) for name in together):
                theirs = {name: value for name, value in theirs.items() if name not in together}
        theirs.pop("former_homes", None)  # nobody moved because a stranger says so
        kept = Identity(**{**theirs, **mine})
        return replace(kept, also_stated=kept.beside((*(whole.also_stated or ()), *whole.naming)) or None)

    def _stands(self, name: str, theirs: str, *, keeps: bool) -> bool:
        """Whether a name or birth date known stands against what is said now."""
        mine: str | None = getattr(self, name)
        if mine is None or mine == theirs:
            return mine is not None
        if folded(mine) == folded(theirs):
            return _care(mine) > _care(theirs)
        if name == "first_name":
            return keeps or _begins(theirs, f"{mine} {self.middle_name or ''}")
        if name == "middle_name" and len(folded(mine)) == 1:
            return not folded(theirs).startswith(folded(mine))
        return keeps and name != "preferred_name"

    @property
    def naming(self) -> tuple[Stated, ...]:
        """Names and birth date as far as stated, by field."""
        return tuple((name, said) for name in NAMING if (said := getattr(self, name)) is not None)

    def beside(self, stated: Iterable[Stated]) -> tuple[Stated, ...]:
        """Of what was stated of names and birth date what this identity does not say itself, each once, the latest
        last."""
        known = f"{self.first_name or ''} {self.middle_name or ''}"
        left: dict[tuple[str, str], str] = {}
        for name, said in stated:
            mine = getattr(self, name) or ""
            names = name in ("first_name", "preferred_name")
            here = name != "date_of_birth" and folded(without_generation(said)) == folded(without_generation(mine))
            if said == mine or here or (names and (_within(said, known) or _within(said, self.preferred_name))):
                continue
            if name == "middle_name" and (_begins(said, mine) or _within(said, known)):
                continue
            left.pop((name, folded(said)), None)
            left[name, folded(said)] = said
        return tuple((name, said) for (name, _), said in left.items())[-ALSO_KEPT:]

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


def _words(name: str | None) -> list[str]:
    return [word for part in (name or "").replace("-", " ").split() if (word := folded(part))]


def _within(name: str, known: str | None) -> bool:
    """Whether every word of a name is one of those known."""
    return set(_words(name)) <= set(_words(known))


def _begins(name: str, known: str) -> bool:
    """Whether a name says no more than the beginning of the one known: its initial, or its first words."""
    words, whole = _words(name), _words(known)
    initial = len(words) == 1 and len(words[0]) == 1 and bool(whole) and whole[0].startswith(words[0])
    return initial or words == whole[: len(words)]


def _care(name: str) -> tuple[int, bool]:
    """How carefully a name is written: with its accents, apostrophes and hyphens, and not in one size of letters."""
    marks = sum(not (letter.isascii() and letter.isalpha()) for letter in name)
    return marks, not (name.isupper() or name.islower())


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
        middle_name=patient.middle_name,
        preferred_name=patient.preferred_name,
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
    return refers(who.name, who.phone, who.email, extension=who.extension)


def refers(
    name: str | None, phone: str | None, email: str | None, *, extension: str | None = None
) -> Identity | None:
    """Somebody who refers; None where nothing says who."""
    if not (name or phone or email):
        return None
    first, last = _split(name) if name else (None, None)
    return Identity(first_name=first, last_name=last, phone=phone, extension=extension, email=email)


def _split(name: str) -> tuple[str | None, str | None]:
    """First and last name; a name that cannot be split is kept whole, so that nothing stated is lost."""
    try:
        return person_name(name)
    except ValueError:
        return None, name
