"""Everything that the page of one request shows, opened once; and the requests of one lead."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from firstvisit.journey.authorization import composing, replies
from firstvisit.journey.authorization.composing import Wished
from firstvisit.journey.authorization.papers import Kept, kept_for
from firstvisit.kernel.seal import open_key
from firstvisit.leads import services
from firstvisit.leads.models import Lead, LeadReferral
from firstvisit.leads.queries import code
from firstvisit.practice.queries import practice
from firstvisit.practice.shape import Payer, Site
from firstvisit.referral.record import Referral
from firstvisit.steps.coverage import requests, review_requests
from firstvisit.steps.coverage.determinations import Review
from firstvisit.steps.coverage.models import AuthorizationRequest, Check
from firstvisit.steps.coverage.review_requests import ReviewRequest


@dataclass(frozen=True, slots=True)
class Replied:
    """One reply of the payer: when it was kept (None where nobody noted that), its `text` as it came, what stands in
    it, and what became of it (`requests.Kept`)."""

    at: datetime | None
    text: str
    reviews: tuple[Review, ...]
    became: str


@dataclass(frozen=True, slots=True)
class RequestFile:
    """One request, opened. `lacks` is what keeps it from being written as a 278 or a PAS bundle. `replies` are the
    payer's, the oldest first; `after` is the request for more."""

    row: AuthorizationRequest
    lead: Lead
    site: Site
    payer: Payer | None
    reading: Referral
    details: dict[str, Any]
    wish: Wished
    asked: ReviewRequest
    lacks: tuple[str, ...]
    papers: tuple[Kept, ...]
    replies: tuple[Replied, ...]
    after: AuthorizationRequest | None
    today: date


def request_file(row: AuthorizationRequest, *, now: datetime) -> RequestFile:
    """Open one request."""
    lead, shape = row.lead, practice()
    site = shape.sites.get(lead.site, shape.sites[shape.identity.home_site])
    reading_row = LeadReferral.objects.select_related("key").get(lead=lead)
    key = open_key(reading_row.key)
    reading, details = services.read(reading_row, key), requests.details(row, key)
    papers, today = kept_for(lead, site), now.astimezone(site.tz).date()
    ids = [each.id for each in papers]
    if row.status == "needed":
        wish = composing.first_wish(row, reading, ids, today)
    else:
        wish = composing.wished(row, details)
    before = row.extends
    number = str(requests.details(before, key).get("number", "")) if before is not None else ""
    asked = composing.request_of(row, reading, shape, wish, number=number, today=today)
    after = row.extensions.exclude(status__in=["cancelled", "not_needed"]).order_by("needed_at").first()
    return RequestFile(
        row=row,
        lead=lead,
        site=site,
        payer=shape.payers.get(row.payer),
        reading=reading,
        details=details,
        wish=wish,
        asked=asked,
        lacks=tuple(f"{message[:1].upper()}{message[1:]}." for _, message in review_requests.missing(asked)),
        papers=tuple(papers),
        replies=tuple(_replied(each) for each in requests.kept_replies(row, key)),
        after=after,
        today=today,
    )


def _replied(kept: requests.Kept) -> Replied:
    at = datetime.fromisoformat(kept.at) if kept.at else None
    return Replied(at, kept.body.decode("utf-8", "replace"), tuple(replies.opened(kept.body)), kept.became)


def packet_of(file: RequestFile) -> bytes:
    """The packet: what was sent, where it was sent as one; else as it stands now."""
    if (sent := _sent(file, "pdf")) is not None:
        return sent
    return composing.packet(
        file.lead, file.row, file.reading, practice(), file.wish, file.asked, file.site, code=code(file.lead.number),
        today=file.today,
    )  # fmt: skip


def as_278(file: RequestFile, *, now: datetime) -> bytes:
    """The 278: what was sent, where it was sent as one; else as it stands now. BadInput names what it lacks."""
    return _sent(file, "x12") or composing.as_278(file.asked, moment=now.astimezone(file.site.tz))


def as_pas(file: RequestFile, *, now: datetime) -> bytes:
    """The PAS bundle, likewise."""
    return _sent(file, "fhir") or composing.as_pas(
        file.lead, file.asked, file.wish, practice(), created=now.astimezone(file.site.tz)
    )


def _sent(file: RequestFile, form: str) -> bytes | None:
    kept = {"x12": "x12", "fhir": "fhir"}.get(file.row.way, "pdf" if file.row.way else "")
    if kept != form:
        return None
    key = open_key(LeadReferral.objects.select_related("key").get(lead=file.lead).key)
    return requests.opened(file.row, key, "request")


@dataclass(frozen=True, slots=True)
class TreatmentOnly:
    """The payer's answer of that day says that this therapy must be authorized, its rule that the first evaluation
    need not be; where the rule stands written, and as of when."""

    discipline: str
    day: date
    source: str
    as_of: date


def treatment_only(lead: Lead, site: Site) -> TreatmentOnly | None:
    """What the first payer's newest answers say of authorization that its rule narrows to treatment; None where they
    ask for none, or no rule narrows it."""
    payer = practice().payers.get(lead.facts.payer or "")
    if payer is None or payer.authorization_before_evaluation != "no":
        return None
    answers = Check.objects.filter(lead=lead, rank=0, payer=payer.slug, status="answered").order_by("answered_at")
    newest = {of: (at, needed) for of, at, needed in answers.values_list("discipline", "answered_at", "authorization")}
    said = [(at, of) for of, (at, needed) in newest.items() if needed and at is not None]
    if not said:
        return None
    at, of = max(said)
    return TreatmentOnly(of, at.astimezone(site.tz).date(), payer.source, payer.as_of)


def of_lead(lead: Lead) -> list[AuthorizationRequest]:
    """The requests of a lead in the order they were needed; what was never asked for and is not needed is left
    out."""
    rows = AuthorizationRequest.objects.filter(lead=lead).defer("details", "request", "reply")
    return list(rows.exclude(status="not_needed", decided_at__isnull=True).order_by("needed_at", "id"))
