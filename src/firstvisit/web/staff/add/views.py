"""Add: a lead that somebody takes on the phone or at the window, in twenty seconds."""

from __future__ import annotations

from typing import Any, Final
from uuid import uuid4

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from firstvisit.journey.adding import HOWS, add_lead
from firstvisit.kernel import clock
from firstvisit.kernel.errors import BadInput, NotAllowed, Problem
from firstvisit.leads import scope
from firstvisit.leads.queries import by_code
from firstvisit.steps.intake.services import OtherBody
from firstvisit.web.middleware import actor_of
from firstvisit.web.readable import names_fields, problems_of, typed
from firstvisit.web.staff.screen import screen, staff

LONGEST: Final = {"concern": 4000}
LABELS: Final = {
    "caller": "Who",
    "phone": "Number to call back",
    "email": "E-mail",
    "concern": "What it is about",
    "who": "Who needs care",
    "first_name": "Patient's first name",
    "last_name": "Patient's last name",
    "birth_date": "Birth date",
    "therapy": "Therapy",
    "how": "How it reached you",
    "present": "Who is at the window",
}
"""The fields of the form, as it labels them."""
WHO: Final = {
    "self": "Themselves",
    "child": "Their child",
    "other": "Somebody they care for",
    "office": "A patient of their office",
}
THERAPIES: Final = {"": "Not said", "PT": "Physical", "OT": "Occupational", "SLP": "Speech and feeding"}
KEYS: Final = (("Enter", "add the lead"), ("Tab", "next field"))


@names_fields
@require_http_methods(["GET", "POST"])
@screen("leads.work")
def add(request: HttpRequest) -> HttpResponse:
    """The form, and what it makes: a lead by the same door as every other."""
    if not staff(request).may("identity.see"):
        raise NotAllowed("identity.see")
    if request.method == "GET":
        how = request.GET.get("how", "phone")
        return _page(request, {"how": how if how in HOWS else "phone", "token": str(uuid4())})
    said = typed(request, (*LABELS, "token"))
    if lost := problems_of(request, LABELS):
        return _page(request, said, lost)
    how, token = said.pop("how"), said.pop("token")
    answers = {name: text.strip() for name, text in said.items() if text.strip()}
    try:
        receipt = add_lead(
            staff(request), actor=actor_of(request), answers=answers, how=how, repeat_key=token or None
        )
    except BadInput as bad:
        return _page(request, {**said, "how": how, "token": token}, bad.problems)
    except OtherBody:
        again = [Problem("caller", "This form was sent before and has changed since; send it once more.")]
        return _page(request, {**said, "how": how, "token": str(uuid4())}, again)
    lead = by_code(receipt.code) if receipt.code else None
    if lead is not None and scope.sees(staff(request), lead, now=clock.now()):
        return HttpResponseRedirect(reverse("lead", args=[receipt.code]), status=303)
    return render(request, "staff/add/added.html", {"code": receipt.code})


def _page(request: HttpRequest, said: dict[str, Any], problems: list[Problem] | None = None) -> HttpResponse:
    context = {
        "said": said,
        "problems": problems or [],
        "wrong": {problem.field: problem.message for problem in problems or []},
        "hows": {key: label for key, (label, _) in HOWS.items()},
        "window": said.get("how") == "window",
        "who": WHO,
        "therapies": THERAPIES,
        "keys": KEYS,
    }
    return render(request, "staff/add/add.html", context, status=422 if problems else 200)
