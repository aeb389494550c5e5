"""How a referral stands, for whoever sent it: by a signed link, without a login, without a word of what it says."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from django.http import HttpRequest, HttpResponse

from firstvisit.journey.by_itself import Apart, stands_apart
from firstvisit.journey.own_referral import told_of
from firstvisit.journey.own_visit import scheduled_at
from firstvisit.journey.queries import place_named
from firstvisit.journey.receiving import Receipt, receipt_of
from firstvisit.journey.status_links import link_opens
from firstvisit.kernel import audit, clock
from firstvisit.leads.models import Lead
from firstvisit.leads.queries import code
from firstvisit.people.identity import sender_of
from firstvisit.practice.queries import policy, practice
from firstvisit.practice.shape import Site
from firstvisit.referral.record import Referral
from firstvisit.steps.intake.models import Item
from firstvisit.steps.intake.readings import reading_of
from firstvisit.steps.intake.status_links import Status, TooOld, status_behind
from firstvisit.web.middleware import actor_of
from firstvisit.web.public.parts import opening, soon
from firstvisit.web.public.parts.door import public_page
from firstvisit.web.public.parts.frame import Frame, draw, frame_of
from firstvisit.web.public.status.ask import ask_page
from firstvisit.web.public.status.standing import Seen, Step, may_know, standing

_CLOSED: Final = (
    "unable_to_reach",
    "patient_declined",
    "out_of_scope",
    "out_of_area",
    "not_covered",
    "other_provider",
    "not_a_match",
)
"""Reasons that a partner is told; of any other they are asked to call."""


@public_page
def status(request: HttpRequest, mark: str) -> HttpResponse:
    """What we need of them first, then the steps. One audit row a view."""
    now = clock.now()
    try:
        found = status_behind(mark, now=now)
    except TooOld:
        return ask_page(request, "old", status=410)
    if found is None:
        return ask_page(request, "nowhere", status=404)
    told, referral = receipt_of(found.item), _sent(found.item)
    lead = None if told.neutral else _lead_of(found.item)
    if lead is not None and not link_opens(lead, sender_of(referral), given_at=found.given_at):
        return ask_page(request, "old", status=410)
    own = told.code if told.apart is not None else None
    if lead is not None:  # what became of the family's lead is nobody's who was not known to belong to it
        told = replace(told, apart=stands_apart(found.item, lead, practice(), policy()))
        lead = None if told.apart is not None else lead
    if lead is not None:
        audit.note(actor_of(request), "viewed", "lead", [lead.id], why="status")
    return _page(request, found, lead, referral, told, own)


def _page(
    request: HttpRequest, found: Status, lead: Lead | None, referral: Referral, told: Receipt, own: str | None
) -> HttpResponse:
    """Whom a restriction names, and who joined a lead of people they were not known to belong to, is told how the
    request stood by itself when it came. `own` is the reference that they were given, where it is not the lead's."""
    frame, shape, now = frame_of(request), practice(), clock.now()
    apart, unjudged = told.apart, told.neutral and told.apart is None
    site = shape.sites.get(lead.site if lead else apart.site if apart else "") or shape.sites[shape.identity.home_site]
    words, language = frame.words("status"), frame.language
    seen = _seen(found.item, lead, apart)
    allowed = lead is not None and told_of(found.item, lead)
    stands = standing(referral, seen, allowed=allowed)
    about = "_enquiry" if referral.lead_kind == "organization" else ""  # no word of a referral or a patient
    reference = own or (told.code if apart else code(lead.number) if lead else "") or ""
    tells = (allowed or may_know(referral)) and not unjudged
    received = opening.dated_words(found.item.received_at, site, language)
    until = opening.day_words(found.until.astimezone(site.tz).date(), language)
    values = {
        "t": words,
        "title": words[f"title{about}"].format(code=reference),
        "not_yours": words[f"not_yours{about}"],
        "who": _who(words, referral),
        "sent_by": words["sent_by"].format(by=_by(referral), at=received),
        "judged": lead is not None or apart is not None,
        "needs": [words[f"need_{need}"] for need in stands.needs],
        "needs_title": _needs_title(words, len(stands.needs)),
        "send_it": words["send_it"].format(fax=site.fax or site.phone, code=reference, phone=site.phone),
        "order_welcome": words["order_welcome"].format(fax=site.fax or site.phone) if stands.order_welcome else "",
        "steps": [_step(frame, step, site, about) for step in stands.steps],
        "place": words["another_place"].format(place=stands.place) if stands.place else "",
        "tell": words[f"tell_{_told_by(referral)}"] if tells else "",
        "until": words[f"until{about}"].format(day=until, now=opening.dated_words(now, site, language)),
    }
    if tells and not about:
        values |= soon.of_lead(frame, lead, told="partner_full")
    return draw(request, "public/status/status.html", values, frame=frame, private=True)


def _seen(item: Item, lead: Lead | None, apart: Apart | None) -> Seen:
    if lead is None:
        blockers, order_state = (apart.blockers, apart.order_state) if apart else ((), "unknown")
        return Seen(item.received_at, blockers, None, None, None, "", order_state)
    return Seen(
        received_at=item.received_at,
        blockers=tuple((what, whom) for what, whom, *_ in lead.blockers),
        reached_at=lead.first_reached_at,
        agreed_at=scheduled_at(lead),
        closed_at=lead.closed_at,
        closed_how=lead.closed_how,
        order_state=lead.facts.order_state,
        place=place_named(lead),
    )


def _step(frame: Frame, step: Step, site: Site, about: str) -> dict[str, Any]:
    words = frame.words("status")
    at = opening.dated_words(step.at, site, frame.language) if step.at else words["not_yet"]
    if step.what == "waiting":
        at = words["since"].format(at=at)
    if step.what == "closed":
        why = step.why if step.why in _CLOSED else "other"
        at = f"{at}: {words.get(f'closed_{why}{about}', words[f'closed_{why}'])}"
    return {"shape": step.state, "word": words[step.what], "at": at, "now": step.state == "waiting"}


def _lead_of(item: Item) -> Lead | None:
    part = item.parts.select_related("lead__facts").first()
    return part.lead if part else None


def _sent(item: Item) -> Referral:
    """What they themselves sent; what others said of the same patient is nobody's to learn here."""
    return reading_of(item, practice().program_words).referral


def _who(words: dict[str, str], referral: Referral) -> str:
    """Initials and the year of birth: enough to tell one's own patients apart."""
    patient = referral.patient
    names = (patient.first_name, patient.last_name)
    initials = " ".join(f"{name[0].upper()}." for name in names if name)
    if not initials:
        return ""
    born = words["born"].format(year=patient.date_of_birth.year) if patient.date_of_birth else ""
    return words["about_patient"].format(who=initials + born)


def _told_by(referral: Referral) -> str:
    """How we tell them: as they wished, else by e-mail, else by hand; by this page alone where they left no way."""
    sender = referral.referrer
    if sender.updates_by:
        return sender.updates_by
    return "email" if sender.email else "phone" if sender.phone else "fax" if sender.fax else "page"


def _by(referral: Referral) -> str:
    return referral.referrer.organization or referral.referrer.name or "–"


def _needs_title(words: dict[str, str], number: int) -> str:
    return words["need_title"] if number == 1 else words["needs_title"].format(n=number)
