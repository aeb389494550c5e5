"""What the page of a lead shows of authorizations."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.urls import reverse

from firstvisit.journey.authorization.seen import of_lead, treatment_only
from firstvisit.journey.authorization.verbs import in_force
from firstvisit.leads.models import Lead
from firstvisit.practice.models import User
from firstvisit.web.staff.authorization.shown import in_coverage, narrowed, on_lead
from firstvisit.web.staff.lead.shown import LeadPage


def authorizations_of(page: LeadPage, user: User) -> dict[str, Any]:
    """What the payer was or is to be asked to authorize, and what it said of that; nothing but the coverage as stated
    where that is nobody's matter, or hidden."""
    lead, site = page.file.lead, page.site
    if lead.kind == "organization" or not (user.may("insurance.see") and user.may("identity.see")):
        return {"coverage": page.coverage, "authorizations_asked": None}
    rows, said = of_lead(lead), treatment_only(lead, site)
    payers = tuple(page.file.referral.payers or ())
    return {
        "coverage": in_coverage(page.coverage or [], rows, said, payers),
        "authorizations_asked": on_lead(rows, lead),
        "narrowed": narrowed(said) if said else "",
        "treatment_asked": any(each.service == "treatment" for each in rows),
    }


def needs_of(lead: Lead, user: User, today: date) -> dict[str, Any]:
    """The therapies for which somebody may say that treatment wants an authorization, and those that have one already,
    with its address."""
    if not user.may("insurance.see") or lead.kind == "organization":
        return {"needs_of": [], "more_of": []}
    held = {each.discipline: each.id for each in in_force(lead, today)}
    more = [(each, reverse("authorization", args=[f"L-{lead.number}", held[each]])) for each in held]
    return {"needs_of": [each for each in lead.facts.disciplines if each not in held], "more_of": more}
