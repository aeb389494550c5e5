"""The people of one referral, found or made, and what is known of whoever asks."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.db import models

from firstvisit.people.authority import Doubt
from firstvisit.people.identity import Identity
from firstvisit.people.marks import Marks
from firstvisit.people.models import Organization, OrganizationPerson, Person, PossibleMatch
from firstvisit.people.records import Known


@dataclass(slots=True)
class Resolved:
    """The people of one referral. `rows` are new rows in insertable order, not yet written.

    `instead_of` is the record made for the first step of a form whose second step names somebody known: it is
    now the same as `patient`.
    """

    patient: Known | None
    contact: Known | None
    organization: Organization | None
    referrer: OrganizationPerson | None
    rows: list[models.Model] = field(default_factory=list)
    instead_of: Person | None = None
    possible: list[PossibleMatch] = field(default_factory=list)
    """Pairs of the patient and somebody known, which a person compares."""
    marks: Marks | None = None
    who_decides: Doubt = ""
    """Why a person finds out who may decide for the patient, where what was said contradicts what is on file."""
    known_by: tuple[str, ...] = ()
    """What the machine took the patient for the same as somebody known by: fields and how they agree, no values."""
    speaks: Identity | None = None
    """Whoever asks for a patient who is somebody else, in their own words or as somebody who refers."""
    present: tuple[Identity, ...] = ()
    """Whoever stands at the window beside them, by the names of whom restrictions name."""
    itself: bool = False
    """The patient asks for themselves."""
    other_ways: bool = False
    """The patient is known and reachable, and whoever asked in their name states only other phones and addresses: the
    ones on file stay, and a person asks which hold."""
    by_staff: bool = False
    barred: bool = False
    """Whoever asks is somebody whom a restriction about the patient names: nothing they say completes the patient."""
    barred_anywhere: bool = False
    """They would be so whichever patient they name."""
    stranger: bool = False
    """Nothing but their own word says that whoever asks belongs to the patient, who is known (`people.strangers`)."""
    before: Identity | None = None
    """The patient as known before this request completed them."""
    beside: Known | None = None
    """Whoever takes themselves for a patient who is reached otherwise, by the ways they state: what answers their own
    request goes there."""

    @property
    def asking(self) -> tuple[Identity, ...]:
        """Everybody who is held against restrictions: whoever asks, and whoever stands there with them."""
        return (*((self.speaks,) if self.speaks is not None else ()), *self.present)

    @property
    def reachable(self) -> Known | None:
        """Whom to write to: the contact, else the patient."""
        return self.contact or self.patient

    @property
    def any_known(self) -> bool:
        """Whether patient or contact was here before; newcomers have nothing yet that could be looked for."""
        return any(known is not None and not known.new for known in (self.patient, self.contact))
