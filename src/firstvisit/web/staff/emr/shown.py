"""The copy-card and the tellings in words. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from firstvisit.steps.booking.emr.registration import DISCIPLINES, Cover, Doctor, Registration, Visit
from firstvisit.web.ui import words

KEYS: Final = "1234567890abcdfghilmnopqrstvwxyz"
"""One key a field, but for those that every page has and E, which says "entered"; fields beyond have their button."""


class Field(NamedTuple):
    """One value to be copied, as EMRs ask for it."""

    label: str
    value: str
    key: str = ""


class Part(NamedTuple):
    """Fields that stand together in an EMR."""

    title: str
    fields: tuple[Field, ...]


def parts(about: Registration, *, narrative: bool) -> tuple[Part, ...]:
    """The card: what is known, in the order in which an EMR asks for it, each value with its key."""
    zone = about.site.tz
    raw = [
        ("Patient", _patient(about)),
        *(("Contact" if not one.guardian else "Guardian", [
            ("Last name", one.name.last), ("First name", one.name.first), ("Relationship", one.relationship),
            ("Phone", _phone(one.phone)), ("E-mail", one.email),
        ]) for one in about.relatives),
        *((_rank(n), _cover(cover)) for n, cover in enumerate(about.covers)),
        ("Coverage", [("Note", "Pays in full; their plan is told nothing (45 CFR 164.522)")
                      if about.plan_told_nothing else ("", "")]),
        ("Who refers", _doctor(about.referrer)),
        ("Who ordered", _doctor(about.orderer) if about.orderer != about.referrer else []),
        ("Order", [
            ("Order", about.order), ("Frequency", about.frequency),
            *(("Diagnosis", " ".join(part for part in (each.code, each.words if narrative else "") if part))
              for each in about.diagnoses),
            *((kind.capitalize(), _day(on)) for kind, on in about.events),
            ("Reason", about.reason if narrative else ""),
        ]),
        ("Visit", _visit(about.visit, about, zone) if about.visit is not None else []),
    ]  # fmt: skip
    return _keyed((title, [(label, value) for label, value in fields if value]) for title, fields in raw)


def _keyed(raw: Iterable[tuple[str, list[tuple[str, str]]]]) -> tuple[Part, ...]:
    found, keys = [], iter(KEYS)
    for title, fields in raw:
        if fields:
            found.append(Part(title, tuple(Field(label, value, next(keys, "")) for label, value in fields)))
    return tuple(found)


def _patient(about: Registration) -> list[tuple[str, str]]:
    return [
        ("Last name", " ".join(part for part in (about.patient.last, about.patient.suffix) if part)),
        ("First name", about.patient.first), ("Middle name", about.patient.middle),
        ("Called", about.preferred_name), ("Date of birth", _day(about.born)), ("Sex", about.sex),
        ("Phone", _phone(about.phone)), ("Extension", about.extension), ("E-mail", about.email),
        ("Street", about.street), ("City", about.city), ("State", about.state), ("ZIP", about.postal_code),
        ("Language", about.language), ("Interpreter", "needed" if about.interpreter else ""),
        ("Access", about.access), ("Our number", about.code),
    ]  # fmt: skip


def _cover(cover: Cover) -> list[tuple[str, str]]:
    return [
        ("Payer", cover.name), ("Payer id", cover.id), ("Member id", cover.member_id), ("Group", cover.group),
        ("Held by", cover.holder.full), ("Holder born", _day(cover.holder_born)),
        ("Authorization", cover.authorization), ("From", _day(cover.authorized_from)),
        ("Through", _day(cover.authorized_through)), ("Claim", cover.claim), ("Adjuster", cover.adjuster.full),
        ("Adjuster's phone", _phone(cover.adjuster_phone)),
    ]  # fmt: skip


def _doctor(who: Doctor) -> list[tuple[str, str]]:
    name = ", ".join(part for part in (who.name.full, who.name.credential) if part)
    return [
        ("Name", name), ("Office", who.organization), ("NPI", who.npi), ("Phone", _phone(who.phone)),
        ("Fax", _phone(who.fax)),
    ]  # fmt: skip


def _visit(visit: Visit, about: Registration, zone: ZoneInfo) -> list[tuple[str, str]]:
    begins = visit.starts.astimezone(zone)
    return [
        ("State", visit.status if visit.status != "booked" else ""), ("Day", _day(begins.date())),
        ("Time", f"{begins:%H:%M}"), ("Minutes", str(visit.minutes)), ("Kind", visit.kind_name),
        ("Therapy", DISCIPLINES.get(about.discipline, about.discipline)), ("Program", about.program_name),
        ("With", visit.clinician_name.full), ("Site", about.site.name),
        ("Room", ", ".join(name for _, name in visit.rooms)),
        ("Device", ", ".join(name for _, name in visit.devices)), ("Why", visit.why_words),
    ]  # fmt: skip


def _rank(number: int) -> str:
    return ("Coverage", "Second coverage", "Third coverage")[number] if number < 3 else "Further coverage"


def _day(day: date | None) -> str:
    """As EMRs of the United States ask for it."""
    return f"{day:%m/%d/%Y}" if day is not None else ""


def _phone(number: str) -> str:
    return words.phone(number) if number else ""
