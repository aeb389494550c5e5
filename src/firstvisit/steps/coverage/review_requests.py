"""What is asked of a payer that has to authorize: a 278 request for review (005010X217) written, and read again. Pure.

Checked against the published request samples beside the repository (../shared/data/x12) and the envelope counts of
pyx12, which has no map of this guide; no payer has taken one of ours in yet.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from typing import Final, Literal

from firstvisit.kernel.errors import BadInput, Problem
from firstvisit.steps.coverage.inquiries import Insured
from firstvisit.steps.coverage.x12.dates import dated
from firstvisit.steps.coverage.x12.levels import (
    DEPENDENT,
    EVENT,
    PAYER,
    PROVIDER,
    SERVICE,
    SUBSCRIBER,
    Level,
    levels,
)
from firstvisit.steps.coverage.x12.parties import Party, party
from firstvisit.steps.coverage.x12.transactions import Segment, Transaction, at
from firstvisit.steps.coverage.x12.writing import SEPARATORS, Element, Envelope, free, interchange

VERSION: Final = "005010X217"
Kind = Literal["initial", "extension"]
KINDS: Final[dict[Kind, str]] = {"initial": "I", "extension": "4"}
"""UM02."""
PLACES: Final = {"clinic": "11", "home": "12", "school": "03", "telehealth": "10"}
"""UM04: the place of service (CMS list) by the setting of the visits."""
_LONGEST_NAME: Final = 60
_MESSAGE: Final = 264
"""Characters of an MSG."""
MOST_DIAGNOSES, MOST_PROCEDURES = 12, 99
_CPT: Final = re.compile(r"[0-9A-Z]\d{3}[0-9A-Z]")
_ICD: Final = re.compile(r"[A-Z]\d[0-9A-Z]{1,5}")

_Written = list[tuple[str, *tuple[Element, ...]]]


@dataclass(frozen=True, slots=True)
class Orderer:
    """Who ordered the therapy, as far as it was stated; "" where it was not."""

    last: str
    first: str = ""
    npi: str = ""


@dataclass(frozen=True, slots=True)
class ReviewRequest:
    """One request for one therapy of one patient. `trace` and `origin` are ours, and the reply repeats them.

    `service` is the service type (PT, AD, AF), `place` the place of service, `diagnoses` ICD-10-CM codes without their
    dot, the first the principal one. `visits` in all, `begins` to `ends` the days asked for. `procedures` are CPT codes
    of the group, asked for once a visit each. `number` is that of the authorization that an extension goes on from.
    `papers` is how what belongs to it travels (FX by fax, BM by mail, EL with the electronic request; "" nothing does).
    """

    trace: str
    origin: str
    payer: str
    payer_id: str
    provider: str
    npi: str
    subscriber: Insured
    service: str
    dependent: Insured | None = None
    relationship: str = ""
    taxonomy: str = ""
    phone: str = ""
    kind: Kind = "initial"
    urgent: bool = False
    place: str = "11"
    begins: dt.date | None = None
    ends: dt.date | None = None
    diagnoses: tuple[str, ...] = ()
    visits: int | None = None
    procedures: tuple[str, ...] = ()
    number: str = ""
    papers: str = ""
    orderer: Orderer | None = None
    words: str = ""


def write(asked: ReviewRequest, envelope: Envelope) -> bytes:
    """The 278. Raises BadInput with every field that keeps it from being asked."""
    if problems := [Problem(field, message) for field, message in missing(asked)]:
        raise BadInput(problems)
    moment = envelope.moment
    body: _Written = [
        ("BHT", "0007", "13", asked.trace, moment.strftime("%Y%m%d"), moment.strftime("%H%M"), "RU"),
        ("HL", "1", "", PAYER, "1"),
        ("NM1", "X3", "2", free(asked.payer)[:_LONGEST_NAME], "", "", "", "", "PI", asked.payer_id),
        ("HL", "2", "1", PROVIDER, "1"),
        ("NM1", "1P", "2", free(asked.provider)[:_LONGEST_NAME], "", "", "", "", "XX", asked.npi),
    ]
    if asked.phone:
        body.append(("PER", "IC", "", "TE", asked.phone))
    if asked.taxonomy:
        body.append(("PRV", "PE", "PXC", asked.taxonomy))
    body += [("HL", "3", "2", SUBSCRIBER, "1"), *_insured("IL", asked.subscriber)]
    above = 3
    if asked.dependent is not None:
        above = 4
        body += [("HL", "4", "3", DEPENDENT, "1"), *_insured("QC", asked.dependent)]
        if asked.relationship:
            body.append(("INS", "N", asked.relationship))
    event = above + 1
    body.append(("HL", str(event), str(above), EVENT, "1" if asked.procedures else "0"))
    body += _event(asked)
    for number, code in enumerate(asked.procedures, 1):
        body += [
            ("HL", str(event + number), str(event), SERVICE, "0"),
            ("SV1", ("HC", code), "", "UN", str(asked.visits or 1)),
        ]
    return interchange(envelope, [("278", body)])


def _event(asked: ReviewRequest) -> _Written:
    level = "U" if asked.urgent else ""
    body: _Written = [
        ("TRN", "1", asked.trace, asked.origin),
        ("UM", "HS", KINDS[asked.kind], asked.service, (asked.place, "B"), "", level, "", "", "Y"),
    ]
    if asked.number:
        body.append(("REF", "BB", asked.number))
    if asked.begins is not None:
        body.append(("DTP", "AAH", *_days(asked.begins, asked.ends)))
    if asked.diagnoses:
        first, *others = asked.diagnoses
        codes: list[Element] = [("ABK", first), *(("ABF", each) for each in others)]
        body.append(("HI", *codes))
    if asked.visits is not None:
        body.append(("HSD", "VS", str(asked.visits)))
    if asked.papers:
        body.append(("PWK", "77", asked.papers, "", "", "AC", asked.trace))
    if words := free(asked.words):
        body.append(("MSG", words[:_MESSAGE]))
    if asked.orderer is not None:
        of = asked.orderer
        known = ("XX", of.npi) if of.npi else ("", "")
        body.append(
            ("NM1", "DK", "1", free(of.last)[:_LONGEST_NAME], free(of.first)[:35], "", "", "", *known)
        )
    return body


def _days(begins: dt.date, ends: dt.date | None) -> tuple[str, str]:
    if ends is None or ends == begins:
        return "D8", f"{begins:%Y%m%d}"
    return "RD8", f"{begins:%Y%m%d}-{ends:%Y%m%d}"


def missing(asked: ReviewRequest) -> list[tuple[str, str]]:
    """What keeps a payer from knowing who is meant and what is asked: fields and what to enter there."""
    patient = asked.dependent or asked.subscriber
    whose = "dependent" if asked.dependent else "subscriber"
    said = [
        (not 0 < len(asked.trace) <= 50, "trace", "enter a number of 1 to 50 characters"),
        (len(asked.origin) != 10, "origin", "enter an id of ten characters"),
        (not free(asked.payer), "payer", "enter the payer's name"),
        (not asked.payer_id, "payer_id", "enter the payer's id at the clearinghouse"),
        (not free(asked.provider), "provider", "enter the practice's name"),
        (len(asked.npi) != 10 or not asked.npi.isdigit(), "npi", "enter the practice's NPI, ten digits"),
        (
            not asked.subscriber.member_id,
            "subscriber.member_id",
            "enter the member id as it stands on the card",
        ),
        (not free(asked.subscriber.last), "subscriber.last", "enter the subscriber's last name"),
        (not free(patient.last), f"{whose}.last", "enter the last name as it stands on the card"),
        (patient.birth is None, f"{whose}.birth", "enter the birth date"),
        *(
            (
                bool(set(text) & set(SEPARATORS)) or not text.isascii(),
                field,
                f"correct {name}: it holds a character that no such number has",
            )
            for field, name, text in (
                ("payer_id", "the payer's id at the clearinghouse", asked.payer_id),
                ("subscriber.member_id", "the member id", asked.subscriber.member_id),
                ("number", "the number of the authorization so far", asked.number),
                ("orderer.npi", "the NPI of who ordered it", asked.orderer.npi if asked.orderer else ""),
            )
        ),
        (not asked.service, "service", "enter the therapy"),
        (
            asked.kind == "extension" and not asked.number,
            "number",
            "enter the number of the authorization so far",
        ),
        (asked.visits is not None and not 0 < asked.visits <= 999, "visits", "enter 1 to 999 visits"),
        (
            asked.ends is not None and (asked.begins is None or asked.ends < asked.begins),
            "ends",
            "enter a last day that is not before the first",
        ),
        (len(asked.diagnoses) > MOST_DIAGNOSES, "diagnoses", f"enter at most {MOST_DIAGNOSES} codes"),
        (
            any(not _ICD.fullmatch(each) for each in asked.diagnoses),
            "diagnoses",
            "enter ICD-10-CM codes without dots",
        ),
        (len(asked.procedures) > MOST_PROCEDURES, "procedures", f"enter at most {MOST_PROCEDURES} codes"),
        (
            any(not is_procedure(each) for each in asked.procedures),
            "procedures",
            "enter codes of five characters",
        ),
    ]
    return list(dict.fromkeys((field, message) for wrong, field, message in said if wrong))


def is_procedure(text: str) -> bool:
    """Whether it is written as a CPT or HCPCS code is."""
    return _CPT.fullmatch(text) is not None


def _insured(role: str, who: Insured) -> _Written:
    member = ("MI", who.member_id) if who.member_id else ("", "")
    names = (free(who.last)[:_LONGEST_NAME], free(who.first)[:35], free(who.middle)[:25])
    found: _Written = [("NM1", role, "1", *names, "", "", *member)]
    if who.birth is not None:
        found.append(("DMG", "D8", who.birth.strftime("%Y%m%d"), who.sex))
    return found


def read(transaction: Transaction) -> list[ReviewRequest]:
    """The requests of a 278, one for each event, so that a test or a payer of ours can answer them."""
    tree = levels(transaction.segments, transaction.delimiters.element)
    return [_read(transaction, tree, level) for level in tree if level.code == EVENT]


def _read(transaction: Transaction, tree: list[Level], event: Level) -> ReviewRequest:
    own = [transaction.elements(n) for n in range(event.start + 1, event.end)]
    payer, provider = _party(transaction, event, PAYER), _party(transaction, event, PROVIDER)
    subscriber, dependent = _party(transaction, event, SUBSCRIBER), _party(transaction, event, DEPENDENT)
    trace, um = _first(own, "TRN"), _first(own, "UM")
    when = _first(own, "DTP", "AAH")
    days = dated("AAH", at(when, 2), at(when, 3))
    component = transaction.delimiters.component
    orders = _first(own, "NM1", "DK")
    lines = [
        transaction.elements(n)
        for below in tree
        if below.code == SERVICE and below.parent is event
        for n in range(below.start + 1, below.end)
    ]
    if payer is None or provider is None or subscriber is None:
        payer, provider, subscriber = (each or party(0, ["NM1"]) for each in (payer, provider, subscriber))
    phones = [each.number for each in provider.contacts if each.kind == "phone"]
    visits = at(_first(own, "HSD", "VS"), 2)
    codes = [at(each, 1).split(component) for each in lines if each[0] == "SV1"]
    return ReviewRequest(
        trace=at(trace, 2), origin=at(trace, 3), payer=payer.last, payer_id=payer.id, provider=provider.last,
        npi=provider.id, subscriber=_of(subscriber), service=at(um, 3),
        dependent=_of(dependent) if dependent else None, relationship=dependent.relationship if dependent else "",
        taxonomy=provider.taxonomy, phone=phones[0] if phones else "",
        kind="extension" if at(um, 2) == KINDS["extension"] else "initial", urgent=at(um, 6) == "U",
        place=at(um, 4).split(component)[0], begins=days.begin,
        ends=days.end if days.is_period else None,
        diagnoses=tuple(each.split(component)[1] for each in _first(own, "HI")[1:] if component in each),
        visits=int(visits) if visits.isdecimal() else None,
        procedures=tuple(each[1] for each in codes if len(each) > 1),
        number=at(_first(own, "REF", "BB"), 2), papers=at(_first(own, "PWK"), 2),
        orderer=Orderer(at(orders, 3), at(orders, 4), at(orders, 9)) if orders else None,
        words=at(_first(own, "MSG"), 1),
    )  # fmt: skip


def _first(segments: list[Segment], name: str, qualifier: str = "") -> Segment:
    """The first segment of that name (and first element); an empty one where there is none."""
    return next((s for s in segments if s[0] == name and (not qualifier or at(s, 1) == qualifier)), [])


def _of(who: Party) -> Insured:
    return Insured(who.last, who.first, who.birth, who.id, who.sex, who.middle)


def _party(transaction: Transaction, level: Level, code: str) -> Party | None:
    """Who is named on the level of that code above this one."""
    above = level.above(code)
    named: Party | None = None
    for n in range(above.start + 1, above.end) if above else ():
        segment = transaction.elements(n)
        if segment[0] == "NM1" and named is None:
            named = party(n, segment)
        elif named is not None:
            named.take(n, segment)
    return named
