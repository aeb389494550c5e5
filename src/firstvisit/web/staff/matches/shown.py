"""Two records side by side in words: every field, how it agrees, and why."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from zoneinfo import ZoneInfo

from firstvisit.journey.matches import PairFile, PairLine, Side
from firstvisit.leads.models import Lead
from firstvisit.leads.queries import code
from firstvisit.people.identity import Home, Identity
from firstvisit.people.matching.shown import FieldWeight
from firstvisit.practice.models import User
from firstvisit.web.ui import words
from firstvisit.web.ui.words import Sign

LABELS: Final = {name: f"{label[0].upper()}{label[1:]}" for name, label in words.MATCHED.items()}
AGREEMENTS: Final = {
    "same": Sign("yes", "same"),
    "close": Sign("waiting", "nearly"),
    "differs": Sign("no", "differs"),
    "unknown": Sign("unknown", "cannot be compared"),
    "one_side": Sign("unknown", "stated on one side only"),
    "neither": Sign("unknown", "stated on neither side"),
}
STATUSES: Final = {"open": "open", "asking": "asked first", "same": "one person", "different": "two people"}


@dataclass(frozen=True, slots=True)
class Row:
    """One field of both records."""

    label: str
    known: str
    newcomer: str
    sign: Sign
    text: str
    bits: str


@dataclass(frozen=True, slots=True)
class LeadLink:
    """A lead of one side."""

    code: str
    note: str


@dataclass(frozen=True, slots=True)
class Line:
    """One pair on the list."""

    id: str
    known: str
    newcomer: str
    born: str
    why: str
    found: str
    leads: str
    status: str


def line_of(line: PairLine, tz: ZoneInfo, now: datetime) -> Line:
    """A pair of the list in words."""
    pair, dates = line.pair, [_born(who) for who in (line.known, line.newcomer)]
    by = f" by {pair.decided_by.name}" if pair.decided_by else ""
    agree = [code_ for code_ in pair.reasons if code_.endswith(":exact")]
    same = ", ".join(LABELS[name].lower() for name in LABELS if f"{name}:exact" in agree)
    doubts = ", ".join(DOUBTS[each[6:]] for each in pair.reasons if each[6:] in DOUBTS and each.startswith("doubt:"))
    why = (f"same {same}" if same else "", f"in doubt: {doubts}" if doubts else "not enough to be sure")
    return Line(
        id=str(pair.id),
        known=line.known.name if line.known else "does not open",
        newcomer=line.newcomer.name if line.newcomer else "does not open",
        born=dates[0] if dates[0] == dates[1] else " / ".join(dates),
        why="; ".join(part for part in why if part),
        found=words.moment(pair.found_at, tz, now),
        leads=", ".join(code(lead.number) for lead in line.leads),
        status=f"{STATUSES[pair.status]}{by}",
    )


DOUBTS: Final = {
    "suffix": "Jr or Sr",
    "first_name": "first name",
    "sex": "sex",
    "birth_date": "birth date",
    "last_name": "last name",
    "ways": "nothing else is the same",
}


def rows_of(file: PairFile, user: User) -> list[Row]:
    """Every field that was compared, and what else may help to tell."""
    rows = [_row(field, file.known, file.newcomer, user) for field in file.comparison.fields]
    known, newcomer = (words.stated(side.identity.also_stated or ()) for side in (file.known, file.newcomer))
    pairs = (
        *([("Also stated", known, newcomer)] if known or newcomer else []),
        ("Language", file.known.identity.language or "", file.newcomer.identity.language or ""),
        ("Speaks for them", _speakers(file.known), _speakers(file.newcomer)),
    )
    for label, one, two in pairs:
        sign = AGREEMENTS["same" if one == two else "differs"] if one and two else _unknown(one, two)
        rows.append(Row(label, one or "not stated", two or "not stated", sign, "does not count", ""))
    return rows


def leads_of(side: Side, tz: ZoneInfo, now: datetime) -> list[LeadLink]:
    """The leads of one side, in words."""
    return [LeadLink(code(lead.number), _lead(lead, tz, now)) for lead in side.leads]


def _lead(lead: Lead, tz: ZoneInfo, now: datetime) -> str:
    wish = " + ".join(lead.facts.disciplines) or "therapy not stated"
    tried, reached = lead.first_tried_at is not None, lead.first_reached_at is not None
    state = "closed" if lead.closed_at else words.stage(lead.stage, tried=tried, reached=reached).lower()
    return f"{wish}, received {words.moment(lead.received_at, tz, now)}, {state}"


def _row(field: FieldWeight, known: Side, newcomer: Side, user: User) -> Row:
    one, two = (_value(field.field, side) for side in (known, newcomer))
    counts = field.agreement != "unknown"
    sign = AGREEMENTS[field.agreement] if counts else _unknown(one, two)
    text, bits = (field.text, _weight(field.bits)) if counts else ("does not count", "")
    if field.field == "member_id" and not user.may("insurance.see"):
        one = two = "hidden from your role"
    return Row(LABELS[field.field], one or "not stated", two or "not stated", sign, text, bits)


def _unknown(one: str, two: str) -> Sign:
    """Why two values say nothing together."""
    return AGREEMENTS["unknown" if one and two else "one_side" if one or two else "neither"]


def _value(field: str, side: Side) -> str:
    who = side.identity
    match field:
        case "first_name":
            called = f" (called {who.preferred_name})" if who.preferred_name else ""
            return " ".join(part for part in (who.first_name, who.middle_name) if part) + called
        case "last_name":
            return who.last_name or ""
        case "birth_date":
            return _birth(who)
        case "phone":
            return ", ".join(words.phone(each) for each in _first(who.phone, side.described.phones))
        case "email":
            return ", ".join(_first(who.email and who.email.casefold(), side.described.emails))
        case "member_id":
            return ", ".join(sorted(each.upper() for each in side.described.member_ids))
        case "address":
            before = "; ".join(_place(home) for home in reversed(who.former_homes or ()))
            return f"{_place(who.home)}; before: {before}" if before else _place(who.home)
        case _:
            return who.sex or ""


def _place(home: Home) -> str:
    street, city, state, postal_code = home
    place = " ".join(part for part in (state, postal_code) if part)
    return ", ".join(part for part in (street, city, place) if part)


def _first(own: str | None, every: frozenset[str]) -> list[str]:
    """A person's own number or address, then those they were or are reached by besides."""
    return list(dict.fromkeys([*([own] if own else []), *sorted(every)]))


def _born(who: Identity | None) -> str:
    return (_birth(who) if who else "") or "not stated"


def _birth(who: Identity) -> str:
    if who.date_of_birth:
        return f"{date.fromisoformat(who.date_of_birth):%m/%d/%Y}"
    return f"about {who.birth_year}" if who.birth_year else ""


def _speakers(side: Side) -> str:
    said = ((who.name, words.relation(relation)) for who, relation in side.speakers)
    return ", ".join(f"{name} ({relation})" if relation else name for name, relation in said)


def _weight(bits: float) -> str:
    """A whole number with its sign; less than half is nothing."""
    whole = round(bits)
    return f"{whole:+}" if whole else "0"
