"""Item: what arrived and could not be judged, and the two ways out."""

from __future__ import annotations

import json
from collections.abc import Iterator
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from firstvisit.journey import items
from firstvisit.kernel import audit
from firstvisit.kernel.errors import BadInput, Conflict, NotAllowed
from firstvisit.steps.intake.deliveries import about
from firstvisit.steps.intake.models import Item
from firstvisit.steps.intake.services import original
from firstvisit.web.middleware import actor_of
from firstvisit.web.staff.screen import screen, staff
from firstvisit.web.ui import words
from firstvisit.web.ui.context import site_of

MOST_LINES = 200


@require_GET
@screen("items.resolve")
def item(request: HttpRequest, item: UUID) -> HttpResponse:
    """Show an item; one row in the log says that it was seen."""
    found = items.waiting(item, staff(request))
    audit.note(actor_of(request), "viewed", "item", [found.id])
    return _page(request, found)


@require_POST
@screen("items.resolve")
def item_verb(request: HttpRequest, item: UUID, verb: str) -> HttpResponse:
    """Judge it again, or sign that it is no lead."""
    user, actor = staff(request), actor_of(request)
    found = items.waiting(item, user)
    try:
        if verb == "try-again":
            receipt = items.settle_again(found, user, actor=actor)
            to = reverse("lead", args=[receipt.code]) if receipt.code else reverse("today")
        elif verb == "not-a-lead":
            reason = request.POST.get("reason", "")
            items.sign_not_a_lead(found, user, actor=actor, reason=reason)
            to = reverse("today")
        else:
            raise NotAllowed(verb)
    except Conflict as error:
        return _page(request, items.waiting(item, user), said=str(error), status=409)
    except BadInput as bad:
        return _page(request, found, said=bad.problems[0].message, status=422)
    return HttpResponseRedirect(to, status=303)


def _page(request: HttpRequest, found: Item, *, said: str = "", status: int = 200) -> HttpResponse:
    user = staff(request)
    reads = user.may("narrative.see") and user.may("identity.see") and user.may("insurance.see")
    values = {
        "item": found,
        "arrived": words.moment(found.received_at, site_of(request, user).tz, found.received_at),
        "lines": list(_lines(_said(found)))[:MOST_LINES] if reads else [],
        "reads": reads,
        "reasons": items.NOT_A_LEAD,
        "said": said[:1].upper() + said[1:],
    }
    return render(request, "staff/item/item.html", values, status=status)


def _said(found: Item) -> object:
    """What was sent, where it is data; of a document what came with it."""
    body = original(found)
    if found.document.media_type == "application/json":
        return json.loads(body)
    return {**about(found), "kind": found.document.media_type, "bytes": len(body)}


def _lines(value: object, path: str = "") -> Iterator[tuple[str, str]]:
    """What was sent, one line a stated value."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from _lines(inner, f"{path} {name}".strip().replace("_", " "))
    elif isinstance(value, list):
        for inner in value:
            yield from _lines(inner, path)
    elif value not in (None, ""):
        yield path, str(value)
