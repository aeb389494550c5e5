"""The facts of a person that a telling carries, each under its name: for the copy-card, and to see what has been
corrected since the EMR was told. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Final

from firstvisit.referral.vocabulary import as_read
from firstvisit.steps.booking.emr.registration import Cover, Doctor, Registration

Fields = list[tuple[str, str]]
REFERS: Final = "Who refers"
ORDERS: Final = "Who ordered"
ORDER: Final = "Order"
CAUSE: Final = "Order: Cause"
DIAGNOSIS: Final = "Order: Diagnosis"
CLAIM: Final = "Claim"
NARRATIVE: Final = frozenset({"Order: Reason", DIAGNOSIS})
"""Facts that say more than who somebody is."""
PATIENT: Final = "Patient"


def groups(about: Registration, *, narrative: bool = True) -> list[tuple[str, Fields]]:
    """What is known of the person, in the order in which an EMR asks for it; without what nobody stated."""
    raw = [
        (PATIENT, _patient(about)),
        *(("Guardian" if one.guardian else "Contact", [
            ("Last name", one.name.last), ("First name", one.name.first), ("Relationship", one.relationship),
            ("Phone", _phone(one.phone)), ("Extension", one.extension), ("E-mail", one.email),
        ]) for one in about.relatives),
        *((rank(n), _cover(cover)) for n, cover in enumerate(about.covers)),
        ("Coverage", [("Note", "Pays in full; their plan is told nothing (45 CFR 164.522)")
                      if about.plan_told_nothing else ("", "")]),
        (REFERS, _doctor(about.referrer)),
        (ORDERS, _doctor(about.orderer) if about.orderer != about.referrer else []),
        (ORDER, [
            ("Order", about.order), ("Frequency", about.frequency),
            *(("Diagnosis", " ".join(part for part in (each.code, each.words if narrative else "") if part))
              for each in about.diagnoses),
            ("Cause", about.cause),
            *((kind.capitalize(), day(on)) for kind, on in about.events),
            ("Reason", about.reason if narrative else ""),
        ]),
    ]  # fmt: skip
    kept = [(title, [(label, value) for label, value in fields if value]) for title, fields in raw]
    return [(title, fields) for title, fields in kept if fields]


def carried(about: Registration) -> dict[str, str]:
    """The same as one flat table, by "Patient: Date of birth"; what stands several times under a name is joined."""
    found: dict[str, str] = {}
    for title, fields in groups(about):
        for label, value in fields:
            name = f"{title}: {label}"
            found[name] = f"{found[name]}; {value}" if name in found else value
    found.pop(f"{PATIENT}: Our number", None)
    return found


def differing(told: Mapping[str, str], now: Mapping[str, str]) -> tuple[str, ...]:
    """The names of facts that are other than they were told, in the order of the card; what was taken out last."""
    return (*(name for name, value in now.items() if told.get(name) != value), *taken_out(told, now))


def taken_out(told: Iterable[str], now: Mapping[str, str]) -> tuple[str, ...]:
    """The names of facts that were told and stand no more."""
    return tuple(name for name in told if name not in now)


def day(on: date | None) -> str:
    """A day as EMRs of the United States ask for it."""
    return f"{on:%m/%d/%Y}" if on is not None else ""


def _patient(about: Registration) -> Fields:
    return [
        ("Last name", about.patient.last), ("First name", about.patient.first),
        ("Middle name", about.patient.middle), ("Suffix", about.patient.suffix),
        ("Called", about.preferred_name), ("Date of birth", day(about.born)), ("Sex", about.sex),
        ("Phone", _phone(about.phone)), ("Extension", about.extension), ("E-mail", about.email),
        ("Street", about.street), ("City", about.city), ("State", about.state), ("ZIP", about.postal_code),
        ("Language", about.language), ("Interpreter", "needed" if about.interpreter else ""),
        ("Access", about.access), ("Our number", about.code),
    ]  # fmt: skip


def _cover(cover: Cover) -> Fields:
    return [
        ("Payer", cover.name), ("Payer id", cover.id), ("Member id", cover.member_id), ("Group", cover.group),
        ("Held by", cover.holder.full), ("Holder born", day(cover.holder_born)),
        ("Authorization", cover.authorization), ("From", day(cover.authorized_from)),
        ("Through", day(cover.authorized_through)), (CLAIM, cover.claim), ("Adjuster", cover.adjuster.full),
        ("Adjuster's phone", _phone(cover.adjuster_phone)),
    ]  # fmt: skip


def _doctor(who: Doctor) -> Fields:
    name = ", ".join(part for part in (who.name.full, who.name.credential) if part)
    return [
        ("Name", name), ("Office", who.organization), ("NPI", who.npi), ("Phone", _phone(who.phone)),
        ("Fax", _phone(who.fax)),
    ]  # fmt: skip


def rank(number: int) -> str:
    """What a coverage is called by its place, from 0."""
    return ("Coverage", "Second coverage", "Third coverage")[number] if number < 3 else "Further coverage"


def _phone(number: str) -> str:
    return as_read(number) if number else ""
