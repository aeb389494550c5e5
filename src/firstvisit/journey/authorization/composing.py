"""From a lead to what its payer is asked: the 278 request, the PAS bundle, the packet that is faxed or uploaded."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Final

from firstvisit.documents.made import pdf
from firstvisit.documents.merging import Sheet, merged
from firstvisit.journey.authorization.papers import pictures
from firstvisit.journey.endings import BOOKED
from firstvisit.kernel.errors import BadInput, Problem
from firstvisit.leads.models import ContactAttempt, Lead
from firstvisit.practice.queries import practice
from firstvisit.practice.shape import Practice, Site
from firstvisit.reference.facts import fact
from firstvisit.referral.names import person_name
from firstvisit.referral.record import Clinician, Payer, Referral, Referrer
from firstvisit.referral.vocabulary import as_read
from firstvisit.steps.coverage import cards, pas, review_requests
from firstvisit.steps.coverage.inquiries import Inquiry, Insured, service_of
from firstvisit.steps.coverage.models import AuthorizationRequest
from firstvisit.steps.coverage.review_requests import VERSION, Orderer, ReviewRequest
from firstvisit.steps.coverage.x12.writing import Envelope

_DIGITS: Final = re.compile(r"\D")
_ICD: Final = re.compile(r"[A-Z]\d[0-9A-Z](\.?[0-9A-Z]{1,4})?")
SERVICES: Final = {"evaluation": "Evaluation", "treatment": "Treatment"}
THERAPIES: Final = {"PT": "physical therapy", "OT": "occupational therapy", "SLP": "speech therapy", "": "therapy"}
SERVICE_TYPES: Final = {each: service_of(each) for each in ("PT", "OT", "SLP")}
_ORDER: Final = frozenset({"physician", "hospital"})


@dataclass(frozen=True, slots=True)
class Wished:
    """What is asked for, as somebody prepared it."""

    units: int | None
    procedures: tuple[str, ...]
    urgent: bool
    begins: date | None
    ends: date | None
    words: str
    papers: tuple[str, ...]


def may_be_told(reading: Referral) -> None:
    """BadInput where the patient pays in full and the plan is to hear nothing (45 CFR 164.522(a)(1)(vi))."""
    if reading.withhold_from_plan:
        raise BadInput([Problem("way", "They pay in full and asked us to tell their plan nothing: nothing is sent.")])


def wished(row: AuthorizationRequest, details: Mapping[str, Any]) -> Wished:
    """What was prepared."""
    return Wished(
        row.asked_units, tuple(details.get("asked_procedures", ())), row.urgent, _day(details.get("asked_begins")),
        _day(details.get("asked_ends")), str(details.get("words", "")), tuple(details.get("papers", ())),
    )  # fmt: skip


def first_wish(row: AuthorizationRequest, reading: Referral, papers: Sequence[str], today: date) -> Wished:
    """What is offered to begin with: one visit for an evaluation and the codes among which its level is chosen after
    it, what was ordered for treatment, from today on, treatment from the day agreed for the evaluation where that is
    later; with every paper that is kept."""
    if row.service == "evaluation":
        codes = dict(fact("evaluation_codes").value)  # type: ignore[call-overload]
        return Wished(1, tuple(codes.get(row.discipline, ())), False, today, None, "", tuple(papers))
    begins = max(today, _agreed_day(row.lead) or today)
    return Wished(_ordered(reading, row.discipline), (), False, begins, None, "", tuple(papers))


def _agreed_day(lead: Lead) -> date | None:
    """The day of the first visit, where the latest try agreed on one."""
    last = ContactAttempt.objects.filter(lead=lead).order_by("-at").first()
    if last is None or last.outcome != BOOKED or last.again_at is None:
        return None
    return last.again_at.astimezone(practice().sites[lead.site].tz).date()


def _ordered(reading: Referral, discipline: str) -> int | None:
    """The visits that were ordered of this therapy, where one plain number says so."""
    for each in reading.frequencies or ():
        if each.discipline not in (None, discipline):
            continue
        if each.total_visits:
            return each.total_visits
        week, weeks = each.visits_per_week, each.weeks
        if isinstance(week, int | float) and isinstance(weeks, int) and (week * weeks).is_integer():
            return int(week * weeks) or None
    return None


def request_of(
    row: AuthorizationRequest, reading: Referral, shape: Practice, wish: Wished, *, number: str = "", today: date
) -> ReviewRequest:
    """What is asked of the payer; what nobody stated is empty, and `review_requests.missing` names it. `number` is
    that of the authorization so far."""
    who = asked_about(row, reading, shape, today)
    return ReviewRequest(
        trace=row.trace,
        origin=origin(shape),
        payer=who.payer,
        payer_id=who.payer_id,
        provider=who.provider,
        npi=who.npi,
        subscriber=who.subscriber,
        service=who.service,
        dependent=who.dependent,
        relationship=who.relationship,
        phone=_DIGITS.sub("", shape.identity.phone),
        kind="extension" if row.extends_id else "initial",
        urgent=wish.urgent,
        place=review_requests.PLACES.get(reading.setting or "clinic", "11"),
        begins=wish.begins,
        ends=wish.ends,
        diagnoses=codes_of(reading),
        visits=wish.units,
        procedures=wish.procedures,
        number=number,
        orderer=_orderer(reading),
        words=wish.words,
    )


def origin(shape: Practice) -> str:
    """Our own id in a trace (TRN03, ten characters): 1 and the employer identification number, else 9 and the first
    nine digits of the NPI."""
    tax = _DIGITS.sub("", shape.identity.tax_id)
    return f"1{tax}" if len(tax) == 9 else f"9{shape.identity.npi[:9]:0<9}"


def codes_of(reading: Referral) -> tuple[str, ...]:
    """The diagnoses that are codes, without their dot, as they were stated; each once."""
    stated = (each.code.upper() for each in reading.diagnoses or () if each.code)
    found = dict.fromkeys(code.replace(".", "") for code in stated if _ICD.fullmatch(code))
    return tuple(found)[: review_requests.MOST_DIAGNOSES]


def asked_about(row: AuthorizationRequest, reading: Referral, shape: Practice, today: date) -> Inquiry:
    """Payer, practice, subscriber and patient, as a question about benefits has them."""
    service = SERVICE_TYPES.get(row.discipline, "")
    try:
        found = cards.inquiry(
            reading, shape, rank=row.rank, discipline=row.discipline or "PT", service_date=today, trace=row.trace,
            origin=origin(shape),
        )  # fmt: skip
        return replace(found, service=service)
    except (ValueError, IndexError):  # a payer that is not in our list: what was stated of it
        payer = (reading.payers or (Payer(),))[0]
        patient, identity = reading.patient, shape.identity
        own = Insured(
            patient.last_name or "", patient.first_name or "", patient.date_of_birth,
            payer.member_id or payer.claim_number or "", {"female": "F", "male": "M"}.get(patient.sex or "", ""),
        )  # fmt: skip
        return Inquiry(
            trace=row.trace, origin=origin(shape), payer=payer.name or "", payer_id="", provider=identity.legal_name,
            npi=identity.npi, subscriber=own, service=service, service_date=today,
        )  # fmt: skip


def _orderer(reading: Referral) -> Orderer | None:
    """Who ordered it, or the physician who refers."""
    for of in (reading.ordering, reading.referrer):
        if of.name and (isinstance(of, Clinician) or of.role in _ORDER):
            try:
                parts = person_name(of.name)
            except ValueError:
                continue
            if parts.last or parts.first:
                return Orderer(parts.last or parts.first or "", (parts.first or "") if parts.last else "", of.npi or "")
    return None


def as_278(asked: ReviewRequest, *, moment: datetime) -> bytes:
    """The request as X12; BadInput names what keeps it from being one. `moment` is in the practice's zone."""
    control = int(asked.trace[-7:], 16) % 999_999_999 + 1
    envelope = Envelope(asked.npi or "0", asked.payer_id[:15] or "0", control, moment, "HI", VERSION)
    return review_requests.write(asked, envelope)


def as_pas(lead: Lead, asked: ReviewRequest, wish: Wished, shape: Practice, *, created: datetime) -> bytes:
    """The request with its papers as a PAS bundle; BadInput names what keeps it from being one. Our numbers are
    unique under the domain of the practice's e-mail address."""
    if problems := review_requests.missing(asked):
        raise BadInput([Problem(field, message) for field, message in problems])
    sheets = [Sheet("png", each) for each in pictures(lead, wish.papers)]
    papers = [pas.Paper("Order and notes", "application/pdf", merged(sheets))] if sheets else []
    base = f"https://{shape.identity.email.rpartition('@')[2]}/fhir/"
    return json.dumps(pas.bundle(asked, papers, created=created, base=base), indent=1).encode()


def packet(
    lead: Lead, row: AuthorizationRequest, reading: Referral, shape: Practice, wish: Wished, asked: ReviewRequest,
    site: Site, *, code: str, today: date,
) -> bytes:  # fmt: skip
    """The form and the papers that go with it as one PDF."""
    papers = pictures(lead, wish.papers)
    form = pdf("request", _form(row, reading, shape, wish, asked, site, len(papers), code=code, today=today))
    return merged([Sheet("pdf", form), *(Sheet("png", each) for each in papers)])


def _form(
    row: AuthorizationRequest, reading: Referral, shape: Practice, wish: Wished, asked: ReviewRequest, site: Site,
    pages: int, *, code: str, today: date,
) -> dict[str, Any]:  # fmt: skip
    identity, patient = shape.identity, asked.dependent or asked.subscriber
    what = f"{SERVICES[row.service]}, {THERAPIES.get(row.discipline, 'therapy')}"
    stated = (reading.payers or (Payer(),))[0]
    days = ", ".join(
        part
        for part in (
            f"from {_written(wish.begins)}" if wish.begins else "",
            f"through {_written(wish.ends)}" if wish.ends else "",
        )
        if part
    )
    sections = [
        ("Payer", [("Name", asked.payer), ("Id", asked.payer_id)]),
        ("Practice", [
            ("Name", identity.legal_name), ("NPI", identity.npi), ("Tax id", identity.tax_id),
            ("Site", f"{site.name}, {site.street}, {site.city}, {site.state} {site.postal_code}"),
            ("Phone", site.phone), ("Fax", site.fax or ""),
        ]),
        ("Patient", [
            ("Name", f"{patient.first} {patient.last}".strip()), ("Born", _written(patient.birth)),
            ("Member id", asked.subscriber.member_id), ("Group", stated.group_number or ""),
            ("Claim", stated.claim_number or ""), ("Subscriber", _subscriber(asked)),
        ]),
        ("Asked for", [
            ("What", f"More {what[0].lower()}{what[1:]}" if row.extends_id else what),
            ("Visits", str(wish.units or "")), ("Days", days), ("Procedures", ", ".join(wish.procedures)),
            ("Authorization so far", asked.number), ("Diagnoses", ", ".join(_diagnoses(reading))),
            ("Place", f"place of service {asked.place}"),
        ]),
        ("Ordered by", _ordering(reading.ordering, reading.referrer)),
        ("Goes with it", [("Pages", str(pages) if pages else "none")]),
    ]  # fmt: skip
    return {
        "title": f"Request for authorization: {what.lower()}",
        "sentence": f"{identity.name}, {_written(today)}. Please answer with our number {asked.trace}.",
        "urgent": "URGENT: a delay could seriously harm the patient's health" if wish.urgent else "",
        "sections": [
            {"title": title, "lines": [{"label": label, "text": text} for label, text in lines if text]}
            for title, lines in sections
            if any(text for _, text in lines)
        ],
        "reason": wish.words,
        "pages": pages,
        "foot": f"{identity.name}, {identity.phone}. {code}. Health information: for the payer named above alone.",
    }


def _subscriber(asked: ReviewRequest) -> str:
    if asked.dependent is None:
        return ""
    of = asked.subscriber
    return ", ".join(part for part in (f"{of.first} {of.last}".strip(), _written(of.birth)) if part)


def _diagnoses(reading: Referral) -> list[str]:
    said = (" ".join(part for part in (each.code, each.words) if part) for each in reading.diagnoses or ())
    return [each for each in said if each]


def _ordering(ordering: Clinician, referrer: Referrer) -> list[tuple[str, str]]:
    of = ordering if ordering.name else referrer
    named = ", ".join(part for part in (of.name, of.credential) if part)
    ways = [("Phone", as_read(of.phone) if of.phone else ""), ("Fax", as_read(of.fax) if of.fax else "")]
    return [("Name", named), ("Office", of.organization or ""), ("NPI", of.npi or ""), *ways]


def _written(day: date | None) -> str:
    return f"{day:%b} {day.day}, {day.year}" if day is not None else ""


def _day(text: object) -> date | None:
    return date.fromisoformat(text) if isinstance(text, str) and text else None
