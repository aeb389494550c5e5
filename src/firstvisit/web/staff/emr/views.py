"""The EMR: what it was told, what waits, what it refused; and the copy-card of one lead."""

from __future__ import annotations

import uuid
from collections import Counter
from contextlib import suppress
from typing import Any, Final

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from firstvisit.documents.made import pdf
from firstvisit.journey.booking import entering
from firstvisit.journey.verbs import noted_view
from firstvisit.kernel import clock
from firstvisit.kernel.errors import Conflict, NotAllowed
from firstvisit.leads import scope
from firstvisit.leads.models import Lead
from firstvisit.leads.queries import by_code
from firstvisit.leads.queries import code as code_of
from firstvisit.people.queries import identities
from firstvisit.practice.models import User
from firstvisit.practice.queries import policy
from firstvisit.steps.booking.emr.owed import OF_TWO
from firstvisit.steps.booking.emr.rules import Emr
from firstvisit.steps.booking.models import Outgoing
from firstvisit.web.middleware import actor_of
from firstvisit.web.staff.emr import shown
from firstvisit.web.staff.screen import screen, staff
from firstvisit.web.ui import naming, tellings, words
from firstvisit.web.ui.context import site_of

WAYS: Final = {
    "none": "Nothing is told to the EMR.",
    "copy_card": "A person enters each booked patient from the copy-card.",
    "csv": "Booked patients and visits go into the EMR's folder as files.",
    "hl7": "Booked patients and visits go to the EMR as HL7 messages.",
}
_SHAPES: Final = {"wanted": "waiting", "sent": "waiting", "acknowledged": "yes", "refused": "no", "failed": "late"}


@require_GET
@screen("insurance.see", at_desk=True)
def emr(request: HttpRequest) -> HttpResponse:
    """What stands, oldest first, and what is done, newest first."""
    user, lead = staff(request), None
    if asked := request.GET.get("lead", ""):
        lead = _lead(request, asked)
    found = entering.tellings(user, lead=lead)
    rows = (*found.mend, *found.enter, *found.waiting, *found.done)
    noted_view(actor_of(request), "emr", list(dict.fromkeys(row.lead_id for row in rows)))
    said = entering.emr_words(found.mend) if user.may("identity.see") else {}
    people = _people(user, rows)
    rules = policy().section(Emr)

    held = {row.lead_id for row in found.mend}

    def lines(some: tuple[Outgoing, ...]) -> list[dict[str, Any]]:
        return [{**_line(request, user, row, people, said), "behind": row.lead_id in held} for row in some]

    context = {
        "way": WAYS[rules.way],
        "lead": asked,
        "mend": lines(found.mend),
        "enter": lines(found.enter),
        "waiting": lines(found.waiting),
        "done": lines(found.done),
    }
    return render(request, "staff/emr/emr.html", context)


@require_POST
@screen("insurance.see", at_desk=True)
def emr_verb(request: HttpRequest, telling: uuid.UUID) -> HttpResponse:
    """Say something again, or note that somebody typed it in."""
    user = staff(request)
    row = Outgoing.objects.select_related("lead").filter(id=telling).first()
    if row is None or not scope.sees(user, row.lead, now=clock.now()):
        raise NotAllowed("leads.see")
    with suppress(Conflict):  # pressed twice, or by two: what they wanted is so
        if request.POST.get("do") == "again":
            entering.say_again(row, by=user, actor=actor_of(request))
        else:
            entering.entered(row.lead, [row.id], by=user, actor=actor_of(request))
    return HttpResponseRedirect(reverse("emr"), status=303)


@require_http_methods(["GET", "POST"])
@screen("insurance.see", at_desk=True)
def emr_card(request: HttpRequest, code: str) -> HttpResponse:
    """The copy-card: one key a field; "entered" ends the task."""
    user, lead = staff(request), _lead(request, code)
    if not user.may("identity.see"):
        raise NotAllowed("identity.see")
    found = entering.card(lead)
    about, waiting, narrative = found.about, found.waiting, user.may("narrative.see")
    if request.method == "POST":
        chosen = [uuid.UUID(each) for each in request.POST.getlist("row") if _is_id(each)]
        with suppress(Conflict):  # pressed twice, by two, or something was put right or moved meanwhile: see the card
            entering.entered(
                lead, chosen or [row.id for row in waiting], by=user, actor=actor_of(request),
                seen=request.POST.get("seen", ""),
            )  # fmt: skip
        where = "emr_card" if scope.sees(user, lead, now=clock.now()) else "emr"
        return HttpResponseRedirect(reverse(where, args=[code] if where == "emr_card" else []), status=303)
    noted_view(actor_of(request), "emr_card", [lead.id])
    parts = shown.parts(about, found.visits, narrative=narrative, corrected=found.corrected)
    context = {
        "code": code,
        "name": about.patient.full or code,
        "parts": parts,
        "two_keys": any(len(field.key) > 1 for part in parts for field in part.fields),
        "waiting": [row.id for row in waiting],
        "to_enter": _to_enter(waiting),
        "seen": found.mark,
    }
    return render(request, "staff/emr/card.html", context)


@require_GET
@screen("insurance.see")
def emr_card_pdf(request: HttpRequest, code: str) -> HttpResponse:
    """The same as a printed packet."""
    user, lead = staff(request), _lead(request, code)
    if not user.may("identity.see"):
        raise NotAllowed("identity.see")
    found = entering.card(lead)
    about = found.about
    now, zone = clock.now(), site_of(request, user).tz
    noted_view(actor_of(request), "emr_card", [lead.id])
    local = now.astimezone(zone)
    data = {
        "title": about.patient.full or code,
        "when": f"{words.day(local.date())}, {words.clock_time(now, zone)} {local:%Z}",
        "sentence": "Registration for the EMR.",
        "alarms": [],
        "read_out": [],
        "sections": [
            {
                "title": part.title,
                "lines": [{"label": one.label, "text": one.value or "stands no more"} for one in part.fields],
            }
            for part in shown.parts(
                about, found.visits, narrative=user.may("narrative.see"), corrected=found.corrected
            )
        ],
        "foot": f"Registration of {code}, printed by {user.name}. Names and health: shred it after use.",
    }
    answer = HttpResponse(pdf("packet", data), content_type="application/pdf")
    answer["Content-Disposition"] = f'inline; filename="registration-{code}.pdf"'
    return answer


def _to_enter(waiting: tuple[Outgoing, ...]) -> list[str]:
    """What waits in words, each once with how many there are of it."""
    said = Counter(tellings.named(row.what, row.corrects if row.what in OF_TWO else ()) for row in waiting)
    return [f"{what} ({count} times)" if count > 1 else what for what, count in said.items()]


def _lead(request: HttpRequest, code: str) -> Lead:
    lead = by_code(code)
    if lead is None or not scope.sees(staff(request), lead, now=clock.now()):
        raise NotAllowed("leads.see")
    return lead


def _is_id(text: str) -> bool:
    try:
        uuid.UUID(text)
    except ValueError:
        return False
    return True


def _people(user: User, rows: tuple[Outgoing, ...]) -> dict[uuid.UUID | None, Any]:
    if not user.may("identity.see"):
        return {}
    who = {each for row in rows for each in (row.lead.patient_id, row.lead.contact_id) if each}
    return {person: identity for person, (identity, _) in identities(who).items()}


def _line(
    request: HttpRequest, user: User, row: Outgoing, people: dict[Any, Any], said: dict[uuid.UUID, str]
) -> dict[str, Any]:
    code, site, now = code_of(row.lead.number), site_of(request, user), clock.now()
    named = naming.called(people.get(row.lead.patient_id), people.get(row.lead.contact_id), None, code)
    ended = row.ended_at or row.wanted_at
    return {
        "id": row.id,
        "code": code,
        "name": named if people else code,
        "what": tellings.named(row.what, row.corrects),
        "kind": tellings.KINDS.get(row.kind, row.kind.upper()),
        "state": words.Sign(_SHAPES.get(row.status, ""), tellings.STATES[row.status]),
        "since": words.moment(row.wanted_at, site.tz, now),
        "ended": words.moment(ended, site.tz, now),
        "why": row.why,
        "said": said.get(row.id, ""),
        "tries": row.tries,
        "by": row.by.name if row.by is not None else "",
    }
