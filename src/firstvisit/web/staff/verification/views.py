"""Verification: what waits for whom before benefits are known, oldest promise first."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from firstvisit.journey import queries
from firstvisit.journey.coverage.waiting import PAGE, WHOM, Queue, Waits, queue
from firstvisit.journey.plan import task_words
from firstvisit.journey.verbs import noted_view
from firstvisit.kernel import clock
from firstvisit.practice.models import User
from firstvisit.practice.queries import practice
from firstvisit.practice.shape import Site
from firstvisit.referral.called import label
from firstvisit.steps.coverage.models import Check
from firstvisit.steps.coverage.resting import Rest
from firstvisit.steps.routing import clocks
from firstvisit.web.middleware import actor_of
from firstvisit.web.readable import start_of
from firstvisit.web.staff.lead.benefits import THERAPIES, refusal_of
from firstvisit.web.staff.lead.facts import site_name
from firstvisit.web.staff.screen import screen, staff
from firstvisit.web.ui import naming, words
from firstvisit.web.ui.context import site_of
from firstvisit.web.ui.words import Sign

KEYS: Final = (("J", "next row"), ("K", "row before"), ("Enter", "open the row"), ("P", "the payers"))
MISSING: Final = "Ask for what is missing"
THEN: Final = {"asked": "without an answer a person asks then", "authorization": "the answer is expected by then"}
_ON: Final = {"person": "held", "family": "waiting", "us": "held", "payer": "waiting"}


@dataclass(frozen=True, slots=True)
class Filter:
    """One counter, which is a link to what it counts."""

    label: str
    number: int
    url: str
    here: bool


@dataclass(frozen=True, slots=True)
class Line:
    """One row in words; empty texts are left out."""

    url: str
    name: str
    need: str
    due: str
    due_sign: Sign | None
    then: str
    """What becomes of it then, where nobody has to act before."""
    payer: str
    payer_url: str
    therapy: str
    whom: Sign
    action: str
    action_url: str
    why: str
    state: str
    rests: str


@require_GET
@screen("insurance.see", at_desk=True)
def verification(request: HttpRequest) -> HttpResponse:
    """Parse the filter, ask once, render; the log says who was shown."""
    user, now = staff(request), clock.now()
    site, start = site_of(request, user), start_of(request)
    chosen = {name: request.GET.get(name, "") for name in ("whom", "payer", "site")}
    chosen["whom"] = chosen["whom"] if chosen["whom"] in WHOM else ""
    found = queue(user, now=now, start=start, **chosen)
    noted_view(actor_of(request), "verification", found.leads)
    shown = [_line(row, user, site, now) for row in found.rows]
    ends = start + len(shown)
    context = {
        "lines": shown,
        "sentence": _sentence(found, chosen),
        "filtered": any(chosen.values()),
        "filters": _filters(found, chosen),
        "chosen": chosen,
        "payers": {slug: _payer(slug) for slug in found.payers},
        "sites": {slug: site_name(slug) for slug in found.sites} if len(found.sites) > 1 else {},
        "from": start + 1,
        "to": ends,
        "matching": found.matching,
        "before": _page(chosen, max(start - PAGE, 0)) if start else "",
        "next": _page(chosen, ends) if ends < found.matching else "",
        "keys": KEYS,
        "changes": f"{reverse('changes')}?{urlencode({'since': queries.last_event()})}",
    }
    return render(request, "staff/verification/verification.html", context)


def _sentence(found: Queue, chosen: Mapping[str, str]) -> str:
    total = found.matching
    things = "1 thing waits" if total == 1 else f"{total:,} things wait"
    if chosen["whom"]:
        things = f"{things} for {WHOM[chosen['whom']]}"  # type: ignore[index]
    return f"{things}. Order: the oldest promise first. What is clean does not stand here."


def _filters(found: Queue, chosen: Mapping[str, str]) -> list[Filter]:
    rest = {name: chosen[name] for name in ("payer", "site") if chosen[name]}
    everything = f"?{urlencode(rest)}" if rest else reverse("verification")
    first = Filter("all", found.total, everything, not chosen["whom"])
    return [first, *(
        Filter(name, found.by_whom[whom], f"?{urlencode({**rest, 'whom': whom})}", chosen["whom"] == whom)
        for whom, name in WHOM.items()
    )]  # fmt: skip


def _page(chosen: Mapping[str, str], start: int) -> str:
    wanted = {name: value for name, value in chosen.items() if value}
    return f"?{urlencode({**wanted, 'from': start} if start else wanted)}"


def _line(row: Waits, user: User, site: Site, now: datetime) -> Line:
    lead, named = row.lead, user.may("identity.see")
    address = reverse("lead", args=[row.code])
    name = naming.called(row.patient, row.contact, None, row.code) if named else row.code
    contact = row.contact.name if named and row.contact is not None and row.contact != row.patient else ""
    need = (row.code if name != row.code else "", contact, site_name(lead.site) if lead.site != site.slug else "")
    action, action_url = _action(row, user)
    due = row.due
    check = row.check
    return Line(
        f"{address}#benefits",
        name,
        ", ".join(part for part in need if part),
        words.moment(due, site.tz, now) if due else "no promise",
        _due_sign(row, site, now),
        THEN.get(row.what, "") if due else "",
        _payer(row.payer),
        reverse("payer", args=[row.payer]) if row.payer in practice().payers else "",
        _therapy(row),
        Sign(_ON[row.whom], WHOM[row.whom]),
        action,
        action_url,
        _why(row),
        _state(check, site, now) if row.what == "asked" and check is not None else "",
        _rests(row.rest, site, now) if row.rest else "",
    )


def _due_sign(row: Waits, site: Site, now: datetime) -> Sign | None:
    if row.due is None:
        return None
    if row.task is None:
        return Sign("late", "late", hot=True, ink=True) if row.due < now else None
    of = practice().sites.get(row.task.site, site)
    left = clocks.minutes_between(now, row.due, of)
    return words.due_sign(left, row.task.minutes, late=row.due < now)


def _payer(slug: str) -> str:
    payer = practice().payers.get(slug)
    return payer.name if payer is not None else slug or "Payer not in our list"


def _therapy(row: Waits) -> str:
    if row.check is not None:
        return THERAPIES.get(row.check.discipline, row.check.discipline)
    if row.request is not None:
        return THERAPIES.get(row.request.discipline, row.request.discipline)
    return ""


def _action(row: Waits, user: User) -> tuple[str, str]:
    """What is to be done, and where."""
    lead, works = reverse("lead", args=[row.code]), user.may("leads.work") and user.may("identity.see")
    if row.task is not None:
        action = task_words(row.task.kind)
        if row.what == "verify_by_hand" and row.check is not None and works:
            return action, reverse("told", args=[row.code, row.check.rank, row.check.discipline])
        return action, f"{lead}#benefits"
    if row.what == "missing" and row.insured is not None:
        path = next(iter(row.insured.missing), "")
        form = reverse("lead_stated", args=[row.code])
        return MISSING, f"{form}?{urlencode({'field': path})}#{path}" if path and works else f"{lead}#benefits"
    if row.request is not None:
        return "Authorization asked for", reverse("authorization", args=[row.code, row.request.id]) if works else ""
    return "Asked", ""


def _why(row: Waits) -> str:
    if row.task is not None:
        return row.task.reason
    if row.insured is not None:
        return f"Nobody can be asked without: {', '.join(label(path).lower() for path in row.insured.missing)}"
    if row.request is not None:
        return "The payer has it"
    return ""


def _rests(rest: Rest, site: Site, now: datetime) -> str:
    """That a payer is left in peace: since when, until when, and why."""
    since, until = (words.moment(at, site.tz, now) for at in (rest.since, rest.until))
    return f"the payer rests since {since} until {until}: {rest.failures} failures in a row"


def _state(check: Check, site: Site, now: datetime) -> str:
    """How a question under way stands."""
    if check.status == "asked" and check.asked_at is not None:
        return f"asked {words.moment(check.asked_at, site.tz, now)}, no answer yet"
    again = words.moment(check.again_at, site.tz, now)
    if not check.tries:
        return f"asked at {again}"
    tries = "1 try" if check.tries == 1 else f"{check.tries} tries"
    why = refusal_of(check) or check.why.rstrip(".")
    return f"asked again at {again}, after {tries}" + (f": {why}" if why else "")
