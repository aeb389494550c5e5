"""Setting up events and guides, and taking them back."""

from __future__ import annotations

import json
import secrets
import uuid
from datetime import date, timedelta
from typing import Final
from urllib.parse import urlsplit

from django.core import signing
from django.db import transaction
from django.utils.dateparse import parse_date

from firstvisit.documents.services import body as body_of
from firstvisit.documents.services import kept
from firstvisit.kernel import audit, clock, seal, writes
from firstvisit.kernel.audit import Actor
from firstvisit.kernel.errors import BadInput, NotAllowed, Problem
from firstvisit.practice.models import User
from firstvisit.practice.queries import practice, user_scope
from firstvisit.referral.text import one_line
from firstvisit.steps.intake.models import CommunityEvent, Guide, Item
from firstvisit.steps.intake.services import original

LARGEST_GUIDE: Final = 10_000_000
"""Bytes of a guide's PDF."""
_PDF: Final = b"%PDF-"
SHEET_WITHIN: Final = timedelta(days=60)
"""An event may be set up so long after its day, for whoever comes back with a list on paper."""


def make_event(
    *, name: str, on: str, site: str, program: str, welcome_en: str, welcome_es: str, by: User, actor: Actor
) -> CommunityEvent:
    """Set up an event; its public address is made here. BadInput names each field. NotAllowed."""
    _may(by)
    shape, problems = practice(), list[Problem]()
    day = _day(on, problems)
    event = CommunityEvent(
        slug=_slug(),
        name=_line("name", name, 120, problems, "Enter the name of the event."),
        on=day or date.min,
        site=site,
        program=program,
        welcome_en=_line("welcome_en", welcome_en, 500, problems),
        welcome_es=_line("welcome_es", welcome_es, 500, problems),
        made_at=clock.now(),
        made_by=by,
    )
    if day is not None and day < clock.now().date() - SHEET_WITHIN:
        problems.append(Problem("on", "This day is long past; check the year."))
    scope = user_scope(by)
    if site not in shape.sites or (scope is not None and site not in scope):
        problems.append(Problem("site", "Choose a site of ours." if scope is None else "Choose a site of yours."))
    if program and program not in shape.programs:
        problems.append(Problem("program", "Choose a program of ours, or none."))
    if problems:
        raise BadInput(problems)
    with transaction.atomic():
        writes.insert([event, audit.row(actor, "event_made", "event", [event.id])])
    return event


def make_guide(
    *, title: str, language: str, pdf: bytes | None, address: str, by: User, actor: Actor
) -> Guide:
    """Offer a guide: a PDF, kept sealed, or an https address. BadInput names each field. NotAllowed."""
    _may(by)
    problems: list[Problem] = []
    guide = Guide(
        slug=_slug(),
        title=_line("title", title, 120, problems, "Enter the title of the guide."),
        language=language,
        made_at=clock.now(),
        made_by=by,
    )
    if language not in ("en", "es"):
        problems.append(Problem("language", "Choose English or Spanish."))
    address = address.strip()
    if bool(pdf) == bool(address):
        problems.append(Problem("pdf", "Give a PDF or an address, one of the two."))
    elif pdf and (len(pdf) > LARGEST_GUIDE or not pdf.startswith(_PDF)):
        problems.append(Problem("pdf", "This is no PDF, or one of more than 10 MB; choose another file."))
    elif address and not _is_address(address):
        problems.append(Problem("address", "Enter an address that begins with https:// and is at most 300 letters."))
    if problems:
        raise BadInput(problems)
    rows: list[object] = []
    if pdf:
        key_row, key = seal.new_key()
        guide.document = kept(key=key, body=pdf, media_type="application/pdf")
        rows += [key_row, guide.document]
    guide.address = address
    with transaction.atomic():
        writes.insert([*rows, guide, audit.row(actor, "guide_made", "guide", [guide.id])])  # type: ignore[list-item]
    return guide


@transaction.atomic
def end_offer(offer: CommunityEvent | Guide, *, by: User, actor: Actor) -> None:
    """Take an event or a guide back: its form closes, what came through it stays. NotAllowed."""
    _may(by)
    if isinstance(offer, CommunityEvent) and not may_see(by, offer):
        raise NotAllowed("outreach.edit")
    if offer.ended_at is None:
        offer.ended_at = clock.now()
        offer.save(update_fields=["ended_at"])
        kind = "event" if isinstance(offer, CommunityEvent) else "guide"
        audit.note(actor, f"{kind}_ended", kind, [offer.id])


def may_see(user: User, event: CommunityEvent) -> bool:
    """Whether an event is of one of their sites: whoever signs up there becomes a lead of that site's people."""
    scope = user_scope(user)
    return scope is None or event.site in scope


def sign_ups(event: CommunityEvent) -> list[uuid.UUID]:
    """The items of whoever signed up, on a phone or on paper, in their order. What they said is opened for the event's
    mark alone."""
    came = Item.objects.filter(source="event", received_at__gte=event.made_at).select_related("key", "document")
    return [item.id for item in came.order_by("received_at") if _of_event(item) == event.slug]


def _of_event(item: Item) -> str:
    return str(json.loads(original(item))["event"].get("slug", ""))


def guide_mark(item: uuid.UUID) -> str:
    """The signed part of the address at which a downloaded guide is had again."""
    return signing.Signer(salt="request.guide_ready").sign(item.hex)


def pdf_of(guide: Guide) -> bytes:
    """The guide's PDF. ValueError for one that is an address."""
    if guide.document is None:
        raise ValueError(f"guide {guide.id} is an address")
    return body_of(guide.document, seal.open_key(guide.document.key))


def _may(by: User) -> None:
    if not by.may("outreach.edit"):
        raise NotAllowed("outreach.edit")


def _slug() -> str:
    """Short enough to type from a sheet of paper: eight letters and digits without look-alikes."""
    return "".join(secrets.choice("abcdefghjkmnpqrstuvwxyz23456789") for _ in range(8))


def _line(field: str, text: str, limit: int, problems: list[Problem], needed: str = "") -> str:
    try:
        said = one_line(text.strip(), limit) if text.strip() else ""
    except ValueError as error:
        problems.append(Problem(field, str(error)))
        return ""
    if needed and not said:
        problems.append(Problem(field, needed))
    return said


def _day(text: str, problems: list[Problem]) -> date | None:
    try:
        day = parse_date(text.strip())
    except ValueError:
        day = None
    if day is None or not 2020 <= day.year <= clock.now().year + 5:
        problems.append(Problem("on", "Enter the day of the event."))
        return None
    return day


def _is_address(text: str) -> bool:
    try:
        parts = urlsplit(text)
        return parts.scheme == "https" and bool(parts.hostname) and len(text) <= 300 and text.isprintable()
    except ValueError:
        return False
