"""The question about benefits: a 270 written, and read again. Pure.

One question asks for one service type: payers that know several are few, and the others fall back to the plan as a
whole. The trace number is ours and decides whose answer comes back; it names nobody.
"""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import asdict, dataclass
from typing import Final

from firstvisit.kernel.errors import BadInput, Problem
from firstvisit.steps.coverage.answers import SERVICES
from firstvisit.steps.coverage.x12.dates import dated
from firstvisit.steps.coverage.x12.levels import DEPENDENT, PAYER, PROVIDER, SUBSCRIBER, Level, levels
from firstvisit.steps.coverage.x12.parties import Party, party
from firstvisit.steps.coverage.x12.transactions import Transaction, at
from firstvisit.steps.coverage.x12.writing import SEPARATORS, Element, Envelope, free, interchange, plain

VERSION: Final = "005010X279A1"
_LONGEST_NAME: Final = 60
_LONGEST_TRACE: Final = 50


@dataclass(frozen=True, slots=True)
class Insured:
    """The subscriber or the dependent as the card has them. `sex` is F, M or "" (not sent)."""

    last: str
    first: str
    birth: dt.date | None
    member_id: str = ""
    sex: str = ""
    middle: str = ""


@dataclass(frozen=True, slots=True)
class Inquiry:
    """One question. `origin` is our own id of ten characters (TRN03), which the payer repeats with `trace`.

    `dependent` is the patient where they have no member id of their own; else the subscriber is the patient.
    `relationship` is INS02 of a dependent (01 spouse, 19 child ...), "" where it is not known.
    """

    trace: str
    origin: str
    payer: str
    payer_id: str
    provider: str
    npi: str
    subscriber: Insured
    service: str
    service_date: dt.date
    dependent: Insured | None = None
    relationship: str = ""
    taxonomy: str = ""


def service_of(discipline: str) -> str:
    """The service type that is asked for: PT for PT, AD for OT, AF for SLP. KeyError for another discipline."""
    return SERVICES[discipline][0]


def checked(inquiry: Inquiry) -> Inquiry:
    """The question, where a payer can know who is meant. Raises BadInput with every field that keeps it from being
    asked."""
    problems = [Problem(field, message) for field, message in _missing(inquiry)]
    if problems:
        raise BadInput(problems)
    return inquiry


def as_json(inquiry: Inquiry) -> bytes:
    """The question as it is kept, whichever connector asked it."""
    return json.dumps(asdict(inquiry), default=str, separators=(",", ":")).encode()


def write(inquiry: Inquiry, envelope: Envelope) -> bytes:
    """The 270. Raises BadInput with every field that keeps it from being asked."""
    checked(inquiry)
    moment = envelope.moment
    body: list[tuple[str, *tuple[Element, ...]]] = [
        ("BHT", "0022", "13", inquiry.trace, moment.strftime("%Y%m%d"), moment.strftime("%H%M")),
        ("HL", "1", "", PAYER, "1"),
        ("NM1", "PR", "2", plain(inquiry.payer)[:_LONGEST_NAME], "", "", "", "", "PI", inquiry.payer_id),
        ("HL", "2", "1", PROVIDER, "1"),
        ("NM1", "1P", "2", plain(inquiry.provider)[:_LONGEST_NAME], "", "", "", "", "XX", inquiry.npi),
    ]
    if inquiry.taxonomy:
        body.append(("PRV", "PE", "PXC", inquiry.taxonomy))
    trace = ("TRN", "1", inquiry.trace, inquiry.origin)
    body.append(("HL", "3", "2", SUBSCRIBER, "1" if inquiry.dependent else "0"))
    if inquiry.dependent is None:
        body.append(trace)
    body += _insured("IL", inquiry.subscriber)
    if inquiry.dependent is not None:
        body += [("HL", "4", "3", DEPENDENT, "0"), trace, *_insured("03", inquiry.dependent)]
        if inquiry.relationship:
            body.append(("INS", "N", inquiry.relationship))
    body += [("DTP", "291", "D8", inquiry.service_date.strftime("%Y%m%d")), ("EQ", inquiry.service)]
    return interchange(envelope, [("270", body)])


def _missing(inquiry: Inquiry) -> list[tuple[str, str]]:
    """What keeps a payer from knowing who is meant."""
    patient = inquiry.dependent or inquiry.subscriber
    whose = "dependent" if inquiry.dependent else "subscriber"
    asked = [
        (
            not inquiry.trace or len(inquiry.trace) > _LONGEST_TRACE,
            "trace",
            "enter a number of 1 to 50 characters",
        ),
        (len(inquiry.origin) != 10, "origin", "enter an id of ten characters"),
        (not plain(inquiry.payer), "payer", "enter the payer's name"),
        (not inquiry.payer_id, "payer_id", "enter the payer's id at the clearinghouse"),
        (not plain(inquiry.provider), "provider", "enter the practice's name"),
        (len(inquiry.npi) != 10 or not inquiry.npi.isdigit(), "npi", "enter the NPI, ten digits"),
        (
            not inquiry.subscriber.member_id,
            "subscriber.member_id",
            "enter the member id as it stands on the card",
        ),
        (
            bool(set(inquiry.subscriber.member_id) & set(SEPARATORS)) or not inquiry.subscriber.member_id.isascii(),
            "subscriber.member_id",
            "the member id holds a character that no card has: look at the card again",
        ),
        (not free(patient.last), f"{whose}.last", "enter the last name as it stands on the card"),
        (patient.birth is None, f"{whose}.birth", "enter the birth date"),
    ]
    return [(field, message) for wrong, field, message in asked if wrong]


def _insured(role: str, who: Insured) -> list[tuple[str, *tuple[Element, ...]]]:
    member = ("MI", who.member_id) if who.member_id else ("", "")
    names = (free(who.last)[:_LONGEST_NAME], free(who.first)[:35], free(who.middle)[:25])
    found: list[tuple[str, *tuple[Element, ...]]] = [("NM1", role, "1", *names, "", "", *member)]
    if who.birth is not None:
        found.append(("DMG", "D8", who.birth.strftime("%Y%m%d"), who.sex))
    return found


def read(transaction: Transaction) -> list[Inquiry]:
    """The questions of a 270, one for each service type asked for, so that a test or a sandbox can answer them."""
    tree = levels(transaction.segments, transaction.delimiters.element)
    found = []
    for level in tree:
        if level.code not in (SUBSCRIBER, DEPENDENT):
            continue
        own = [transaction.elements(n) for n in range(level.start + 1, level.end)]
        dates = [dated(at(each, 1), at(each, 2), at(each, 3)).begin for each in own if each[0] == "DTP"]
        trace = next((each for each in own if each[0] == "TRN" and at(each, 1) == "1"), [])
        for asked in (each for each in own if each[0] == "EQ"):
            payer, provider = _party_of(transaction, level, PAYER), _party_of(transaction, level, PROVIDER)
            subscriber = _party_of(transaction, level, SUBSCRIBER)
            dependent = _party_of(transaction, level, DEPENDENT) if level.code == DEPENDENT else None
            found.append(
                Inquiry(
                    trace=at(trace, 2), origin=at(trace, 3), payer=payer.last, payer_id=payer.id,
                    provider=provider.last, npi=provider.id, subscriber=_read_insured(subscriber),
                    service=at(asked, 1), service_date=next((each for each in dates if each), dt.date.min),
                    dependent=_read_insured(dependent) if dependent else None,
                    relationship=dependent.relationship if dependent else "", taxonomy=provider.taxonomy,
                )
            )  # fmt: skip
    return found


def _read_insured(who: Party) -> Insured:
    return Insured(who.last, who.first, who.birth, who.id, who.sex, who.middle)


def _party_of(transaction: Transaction, level: Level, code: str) -> Party:
    """Who is named on this level or above it; nobody (empty names) where nobody is."""
    above = level.above(code)
    named: Party | None = None
    for n in range(above.start + 1, above.end) if above else ():
        segment = transaction.elements(n)
        if segment[0] == "NM1" and named is None:
            named = party(n, segment)
        elif named is not None:
            named.take(n, segment)
    return named or party(0, ["NM1"])
