"""The people of a lead: who may decide and be told, and what must not happen."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from firstvisit.journey import guarding
from firstvisit.kernel import audit, clock
from firstvisit.kernel.errors import BadInput, NotAllowed, Problem
from firstvisit.leads import scope
from firstvisit.leads.models import Lead
from firstvisit.people.guarding import AUTHORITIES, PAPERS, RESTRICTIONS, Said, in_words, since, standing
from firstvisit.people.models import Guardian
from firstvisit.people.queries import identities
from firstvisit.practice.models import User
from firstvisit.practice.queries import practice
from firstvisit.web.middleware import actor_of
from firstvisit.web.readable import names_fields, problems_of
from firstvisit.web.staff.screen import screen, staff
from firstvisit.web.ui import words
from firstvisit.web.ui.authority import may_decide

LABELS = {
    "reason": "Why", "address": "Phone or e-mail", "kind": "What", "person": "Who", "authority": "May decide",
    "first_name": "First name", "last_name": "Last name", "relation": "Related how", "phone": "Their phone",
    "email": "Their e-mail", "since": "Since when", "paper": "The paper",
}  # fmt: skip
FIELDS = ("kind", "person", "address", "reason")
NAMED = ("first_name", "last_name", "relation", "phone", "email", "since", "paper")
"""Whom a restriction names who does not speak for the patient, and what it rests on."""


@names_fields
@require_http_methods(["GET", "POST"])
@screen("leads.work")
def lead_people(request: HttpRequest, code: str) -> HttpResponse:
    """Show who speaks for the patient; write a restriction, lift one, or note authority."""
    user = staff(request)
    lead = _lead(user, code)
    if request.method == "GET":
        return _page(request, lead)
    if lost := problems_of(request, LABELS):
        return _page(request, lead, lost)
    try:
        _write(request, lead, user)
    except BadInput as bad:
        return _page(request, lead, bad.problems)
    return HttpResponseRedirect(reverse("lead_people", args=[code]), status=303)


def _lead(user: User, code: str) -> Lead:
    number = code.removeprefix("L-")
    found = scope.leads_for(user).filter(number=int(number)).select_related("patient") if number.isdecimal() else ()
    lead = next(iter(found), None)
    if lead is None or lead.patient is None or not (user.may("identity.see") and user.may("narrative.see")):
        raise NotAllowed("leads.see")
    return lead


def _write(request: HttpRequest, lead: Lead, user: User) -> None:
    actor, said = actor_of(request), request.POST
    match said.get("do"):
        case "restrict":
            values = {name: said.get(name, "") for name in FIELDS}
            named = guarding.Named(**{name: said.get(name, "") for name in NAMED})
            if named.last_name and not values["person"]:
                values["person"] = guarding.ANOTHER  # named below, and not chosen above
            guarding.restrict(lead, user, actor=actor, named=named, **values)
        case "lift":
            restriction = _id(said.get("restriction", ""))
            guarding.lift(lead, user, restriction=restriction, reason=said.get("reason", ""), actor=actor)
        case "authority":
            guarding.authorize(
                lead,
                user,
                guardian=_id(said.get("guardian", "")),
                authority=said.get("authority", ""),
                told=said.get("told", ""),
                actor=actor,
            )
        case _:
            raise NotAllowed("people")


def _id(text: str) -> uuid.UUID:
    try:
        return uuid.UUID(text)
    except ValueError:
        raise NotAllowed("people") from None


def _page(request: HttpRequest, lead: Lead, problems: list[Problem] | tuple[Problem, ...] = ()) -> HttpResponse:
    assert lead.patient is not None
    pairs = list(Guardian.objects.filter(patient=lead.patient).order_by("id"))
    found = standing([lead.patient.id]).get(lead.patient.id, [])
    who = identities([lead.patient_id or uuid.UUID(int=0), *(p.guardian_id for p in pairs)])
    who |= identities(each.person for each in found if each.person and each.person not in who)
    shape, now = practice(), clock.now()
    home = shape.sites.get(lead.site) or shape.sites[shape.identity.home_site]
    ordered = any(each.kind == "court_order" for each in found)
    speakers: list[dict[str, Any]] = [
        {
            "id": pair.guardian_id,
            "name": who[pair.guardian_id][0].name,
            "relation": words.relation(pair.relationship),
            "authority": pair.authority,
            "said": may_decide(found_said, home.tz, now, ordered=ordered)
            if (found_said := Said.of(pair)) is not None and found_said.source
            else "",
            "told": {True: "yes", False: "no", None: ""}[pair.may_be_told],
        }
        for pair in pairs
        if pair.guardian_id in who
    ]
    restrictions = [
        {
            "id": each.id,
            "text": RESTRICTIONS[each.kind],
            "who": who[each.person][0].name if each.person in who else "",
            "address": each.address if "@" in each.address else words.phone(each.address),
            "relation": each.relation,
            "words": each.words,
            "by": ", ".join(part for part in (since(each), PAPERS.get(each.paper, ""), each.by) if part),
        }
        for each in found
    ]
    household = [each for each in in_words([lead.patient.id]).get(lead.patient.id, ()) if each.whose]
    shown = dict.fromkeys([lead.id, lead.patient.id, *(each.whose for each in household if each.whose)])
    audit.note(actor_of(request), "viewed", "lead", list(shown))
    values = {
        "code": f"L-{lead.number}",
        "name": who[lead.patient_id][0].name if lead.patient_id in who else f"L-{lead.number}",
        "speakers": speakers,
        "restrictions": restrictions,
        "household": household,
        "authorities": AUTHORITIES,
        "kinds": RESTRICTIONS,
        "problems": problems,
        "typed": {name: request.POST.get(name, "")[:500] for name in (*FIELDS, *NAMED)},
        "wrong": {problem.field: problem.message for problem in reversed(problems)},
        "another": guarding.ANOTHER,
        "papers": {"": "nobody asked", **{k: v for k, v in PAPERS.items() if k}},
    }
    return render(request, "staff/people/people.html", values, status=422 if problems else 200)
