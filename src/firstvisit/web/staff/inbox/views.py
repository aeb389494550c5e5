"""Inbox: documents to confirm; the page on one side, what was read from it on the other, doubtful values first."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any, Final
from urllib.parse import urlencode
from uuid import UUID

from django.db.models import Q
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from firstvisit.documents.services import body
from firstvisit.journey import items
from firstvisit.journey.booking import end_settled
from firstvisit.journey.inbox import holding, seeing, signed, unfiling
from firstvisit.journey.inbox.restricted import restricted
from firstvisit.journey.inbox.worked import Worked, worked_of
from firstvisit.kernel import audit, clock
from firstvisit.kernel.errors import BadInput, Conflict, NotAllowed, Problem
from firstvisit.kernel.seal import open_key
from firstvisit.practice.models import User
from firstvisit.practice.queries import practice
from firstvisit.practice.shape import Site
from firstvisit.steps.intake import deliveries
from firstvisit.steps.intake.models import Item, ItemPage, Part
from firstvisit.steps.intake.services import original
from firstvisit.web.middleware import actor_of
from firstvisit.web.readable import names_fields, problems_of, start_of
from firstvisit.web.staff.inbox.ends import page_of
from firstvisit.web.staff.inbox.posted import VERBS
from firstvisit.web.staff.inbox.shown import line_of, shown
from firstvisit.web.staff.screen import screen, staff
from firstvisit.web.ui import words
from firstvisit.web.ui.context import site_of

KEYS: Final = (
    ("Enter", "confirm the field one is at"),
    ("2 to 9", "take the other reading of that number"),
    ("E", "correct it"),
    ("O", "use what is on file"),
    ("N", "not stated"),
    ("U", "unreadable, ask the sender"),
    ("Tab", "next doubt; J and K go down and up"),
    ("A", "confirm all of this person that is clear or likely"),
    ("Z", "take back the last answer, or what was filed a moment ago"),
    ("+ -", "zoom the page"),
    ("R", "turn the page"),
    ("X", "cut before this page: another person begins"),
    ("M", "move a page to another person"),
    ("F", "file what reads like a referral"),
    ("G", "say which lead it joins"),
    ("W", "it is answered, or note the end of a visit that it tells"),
    ("D", "sign it as no referral"),
    ("H", "hand it over"),
    ("T", "note"),
    ("S", "skip to the next document"),
    ("Esc", "out of a field, so that the keys act"),
)
END_KEYS: Final = tuple((key, said) for key, said in KEYS if key in ("W", "D", "H", "T", "S", "Esc"))
"""Of what tells the end of a visit and nothing else."""
ENDS: Final = {
    "opened": "It opened",
    "joined": "It joined",
    "answered": "It was answered",
    "not_a_lead": "It was signed as no referral",
}
LIST_KEYS: Final = (("J", "next row"), ("K", "row before"), ("Enter", "open the row"))
FILED_KEYS: Final = (("Z", "take back what was filed a moment ago"),)


@require_GET
@screen()
def inbox(request: HttpRequest) -> HttpResponse:
    """The documents that wait, red flags first, then the oldest promise, fifty a page."""
    user, now, start = _comer(request), clock.now(), start_of(request)
    ids = seeing.order(user)
    rows = seeing.rows_of_items(ids[start : start + seeing.SHOWN], user)
    audit.note(actor_of(request), "viewed", "inbox", [row.item.id for row in rows])
    site = site_of(request, user)
    end = start + len(rows)
    values = {
        "lines": [line_of(row, site, now, on=n == 0) for n, row in enumerate(rows)],
        "keys": (*LIST_KEYS, *FILED_KEYS),
        "screen_undoes": True,
        "reads": seeing.reads(user),
        "total": len(ids),
        "from": start + 1,
        "to": end,
        "next": f"?{urlencode({'from': end})}" if len(ids) > end else "",
        "signs": seeing.may_open(user),
        **_done(request, user),
        **_changes(user, "inbox"),
    }
    return render(request, "staff/inbox/list.html", values)


@require_GET
@screen("items.resolve")
def inbox_signed(request: HttpRequest) -> HttpResponse:
    """What was signed as no referral, newest first; each opens its document, where it can be taken back."""
    user, now, start = staff(request), clock.now(), start_of(request)
    found, more = signed.signed(user, start=start)
    audit.note(actor_of(request), "viewed", "inbox", [each.row.item.id for each in found])
    site = site_of(request, user)
    lines = [
        {
            **line_of(each.row, site, now),
            "by": each.by,
            "at": words.moment(each.at, site.tz, now),
            "why": items.NOT_A_LEAD.get(each.reason, each.reason),
            "whole": each.whole,
        }
        for each in found
    ]
    after = f"?{urlencode({'from': start + len(found)})}" if more else ""
    values = {"lines": lines, "reads": seeing.reads(user), "next": after, "keys": LIST_KEYS}
    return render(request, "staff/inbox/signed.html", values)


@require_GET
@screen()
def inbox_item(request: HttpRequest, item: UUID) -> HttpResponse:
    """One document; opening it holds it."""
    user = _comer(request)
    found = seeing.item_for(item, user, now=clock.now())
    if not deliveries.is_document(found):
        return HttpResponseRedirect(reverse("item", args=[found.id]))
    if found.status != "settled":
        holding.hold(found, user, now=clock.now())
    return _page(request, found)


@names_fields
@require_POST
@screen()
def inbox_verb(request: HttpRequest, item: UUID, verb: str) -> HttpResponse:
    """Answer, arrange, file and the rest; each answers with what the document shows next."""
    user, actor = _comer(request), actor_of(request)
    found = seeing.item_for(item, user, now=clock.now())
    act = VERBS.get(verb)
    if act is None:
        raise NotAllowed(verb)
    try:
        if lost := problems_of(request, {}):
            raise BadInput(lost)
        to = act(request, found, user, actor)
    except BadInput as bad:
        return _page(request, found, problems=bad.problems, status=422)
    except Conflict as error:
        return _page(request, found, said=str(error), status=409)
    return HttpResponseRedirect(to, status=303)


@require_POST
@screen("items.resolve")
def inbox_undo_filing(request: HttpRequest, item: UUID) -> HttpResponse:
    """Undo, within seconds, that one filed a document; then show it. The lead may have gone out of one's scope."""
    waits = unfiling.undo(item, staff(request), actor=actor_of(request))
    return HttpResponseRedirect(reverse("inbox_item", args=[waits.id]), status=303)


@require_GET
@screen()
def inbox_page(request: HttpRequest, item: UUID, number: int) -> HttpResponse:
    """The picture of one page, made by whoever read it; one row in the log for each look."""
    user = _reader(request)
    found = seeing.item_for(item, user, now=clock.now())
    page = ItemPage.objects.select_related("document").filter(item=found, number=number).first()
    if page is None or page.document is None:
        raise NotAllowed("items.resolve")
    audit.note(actor_of(request), "viewed", "item page", [found.id, number])
    return _kept(body(page.document, open_key(found.key)), "image/png")


@require_GET
@screen()
def inbox_original(request: HttpRequest, item: UUID) -> HttpResponse:
    """What was sent, as it came: a recording to be played, anything else to be saved and never shown by us."""
    user = _reader(request)
    found = seeing.item_for(item, user, now=clock.now())
    audit.note(actor_of(request), "viewed", "item original", [found.id])
    kind = found.document.media_type
    plays = kind.startswith("audio/")
    answer = _kept(original(found), kind if plays else "application/octet-stream")
    if not plays:
        answer["Content-Disposition"] = 'attachment; filename="document"'
    return answer


def _done(request: HttpRequest, user: User) -> dict[str, Any]:
    """What became of the document before this one, for links: its leads, or itself where it was signed as none; and for
    how long filing it can be undone at once."""
    codes = [code for code in request.GET.get("filed", "").split(",") if re.fullmatch(r"L-\d{1,18}", code)]
    signed_off, filed = _id(request, "signed"), _id(request, "document")
    left = unfiling.seconds_left(filed, user, now=clock.now()) if filed is not None else 0
    said: dict[str, Any] = {"filed": codes, "document": filed, "signed_off": signed_off}
    if left:
        url = reverse("inbox_undo_filing", args=[filed])
        said["just_done"] = {"url": url, "what": "Filed", "seconds": left, "key": "Z"}
    return said


def _id(request: HttpRequest, name: str) -> UUID | None:
    try:
        return UUID(request.GET.get(name, ""))
    except ValueError:
        return None


def _changes(user: User, name: str) -> dict[str, str]:
    """What the page asks every few seconds: whether something came, was read anew or tells of danger; the list
    ("inbox") also whether something went, which one document ("document") does not interrupt anybody for."""
    asks = {name: seeing.mark(user, counts=name == "inbox")}
    said = "The Inbox has changed." if name == "inbox" else "Something came to the Inbox, or was read anew."
    return {"changes": f"{reverse('changes')}?{urlencode(asks)}", "changed_words": said}


def _kept(content: bytes, kind: str) -> HttpResponse:
    """Bytes for this person alone; that nothing of a staff page is stored stands in the middleware."""
    answer = HttpResponse(content, content_type=kind)
    answer["X-Content-Type-Options"] = "nosniff"
    return answer


def _comer(request: HttpRequest) -> User:
    user = staff(request)
    if not (seeing.may_open(user) or user.may("clinical.review")):
        raise NotAllowed("items.resolve")
    return user


def _reader(request: HttpRequest) -> User:
    user = _comer(request)
    if not seeing.reads(user):
        raise NotAllowed("narrative.see")
    return user


def _page(
    request: HttpRequest,
    found: Item,
    *,
    problems: list[Problem] | None = None,
    said: str = "",
    status: int = 200,
) -> HttpResponse:
    user, now = staff(request), clock.now()
    site = site_of(request, user)
    ids = seeing.order(user)
    place = ids.index(found.id) if found.id in ids else -1
    start = max(place, 0) // seeing.SHOWN * seeing.SHOWN
    rows = seeing.rows_of_items(ids[start : start + seeing.SHOWN], user)
    context: dict[str, Any] = {
        **_done(request, user),
        **_changes(user, "document"),
        "asked": "asked" in request.GET,
        "item": found,
        "keys": KEYS,
        "screen_undoes": True,
        "reads": seeing.reads(user),
        "works": seeing.may_open(user) and seeing.reads(user) and found.status != "settled",
        "said": f"{said[:1].upper()}{said[1:]}." if said else "",
        "problems": problems or [],
        "rows": [line_of(row, site, now, on=row.item.id == found.id) for row in rows],
        "waiting": len(ids),
        "next": _after(ids, found),
    }
    if context["reads"]:
        seen = seeing.opened(found, user, now=now)
        at = request.POST.get("key", "") if problems else request.GET.get("at", "")
        page = request.GET.get("page", "")
        number = int(page) if page.isascii() and page.isdecimal() and len(page) < 5 else 0
        context |= shown(seen, user, site, now, at=at, page=number, place=_place(place, ids))
        ends = list(found.parts.select_related("lead", "signed_by").order_by("at", "id"))
        context["may_take_back"] = seeing.may_open(user) and user.may("leads.work")
        context["restricted"] = restricted(seen.kept_parts, user)
        context["ended"] = [(f"L-{part.lead.number}" if part.lead else "", _end_of(part)) for part in ends]
        context["comes_back"] = any(part.end == "not_a_lead" for part in ends)
        context["filed_here"] = found.status == "settled" and any(part.end in ("opened", "joined") for part in ends)
        context["worked"] = [_worked(each, site, now) for each in worked_of(found.id)] if context["filed_here"] else []
        context["colleagues"] = _colleagues(user)
        if (told := end_settled.asked(found, user, actor=actor_of(request), now=now)) is not None:
            context["told_end"] = page_of(told, seen, user, site, now, request.POST if problems else {})
            context["keys"] = END_KEYS
        context["wrong"] = {each.field: each.message for each in problems or []}
        context["typed"] = request.POST.get("text", "") if problems else ""
        audit.note(actor_of(request), "viewed", "item", [found.id, *seeing.leads_named(seen)])
    page = "staff/inbox/end.html" if "told_end" in context else "staff/inbox/item.html"
    return render(request, page, context, status=status)


def _place(place: int, ids: list[UUID]) -> str:
    """Where a document stands in the list, in words; "" where it waits no more."""
    return f" Document {place + 1} of {len(ids)}, red flags first, then the oldest promise." if place >= 0 else ""


def _end_of(part: Part) -> str:
    said = ENDS.get(part.end, part.end)
    if part.end != "not_a_lead" or part.signed_by is None:
        return said
    return f"{said} by {part.signed_by.name} ({items.NOT_A_LEAD.get(part.reason, part.reason).lower()})"


def _worked(each: Worked, site: Site, now: datetime) -> dict[str, str]:
    """A lead that keeps its document filed, in words."""
    day = f" for {words.moment(each.visit_at, site.tz, now)}" if each.visit_at is not None else ""
    return {"code": each.code, "said": f"{each.what}{day} ({each.by}, {words.moment(each.at, site.tz, now)})"}


def _after(ids: list[UUID], found: Item) -> str:
    """The document after this one in the list, round to the first."""
    if not ids or ids == [found.id]:
        return reverse("inbox")
    place = ids.index(found.id) if found.id in ids else -1
    return reverse("inbox_item", args=[ids[(place + 1) % len(ids)]])


def _colleagues(user: User) -> list[User]:
    people = User.objects.filter(is_active=True, role__capabilities__contains=["items.resolve"]).exclude(id=user.id)
    near = people.select_related("role").filter(Q(sites__slug=practice().identity.home_site) | Q(sites__isnull=True))
    return list(near.distinct().order_by("name"))
