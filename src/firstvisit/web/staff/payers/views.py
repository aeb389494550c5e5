"""Payers: each with the practice's rules, how it is asked, and what was measured of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from firstvisit.journey.coverage.payers import PayerSeen, payer_seen, payers
from firstvisit.kernel import clock
from firstvisit.kernel.errors import NotAllowed
from firstvisit.practice.shape import Site
from firstvisit.steps.coverage.league import FEWEST, Standing
from firstvisit.steps.coverage.rejections import of_code
from firstvisit.web.staff.screen import screen, staff
from firstvisit.web.ui import words
from firstvisit.web.ui.context import site_of
from firstvisit.web.ui.words import Sign

KEYS: Final = (("J", "next payer"), ("K", "payer before"), ("Enter", "open it"))
_KNOWN: Final = {"yes": Sign("yes", "yes"), "no": Sign("no", "no"), "not_stated": Sign("unknown", "not stated")}
_NEEDED: Final = {
    "yes": Sign("waiting", "needed"), "no": Sign("no", "not needed"), "not_stated": Sign("unknown", "not stated"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Line:
    """One payer in the list."""

    name: str
    url: str
    kind: str
    asked: Sign
    note: str
    days: str
    decided: str
    seconds: str
    refused: str


@require_GET
@screen("insurance.see")
def payer_list(request: HttpRequest) -> HttpResponse:
    """Every payer, whoever answers authorizations fastest first."""
    now, site = clock.now(), site_of(request, staff(request))
    lines = [_line(each, site, now) for each in payers(now=now)]
    return render(request, "staff/payers/payers.html", {"lines": lines, "fewest": FEWEST, "keys": KEYS})


@require_GET
@screen("insurance.see")
def payer(request: HttpRequest, slug: str) -> HttpResponse:
    """One payer."""
    user, now = staff(request), clock.now()
    found = payer_seen(slug, now=now)
    if found is None:
        raise NotAllowed("insurance.see")
    site = site_of(request, user)
    ours = found.payer
    context = {
        "payer": ours,
        "kind": words.PAYER_KINDS.get(ours.kind, ours.kind),
        "state": _asked(found, site, now),
        "note": _note(found, site, now),
        "connector": found.connector,
        "rules": _rules(found),
        "as_of": f"{ours.as_of:%b} {ours.as_of.day}, {ours.as_of.year}",
        "portal": ours.portal if ours.portal.startswith("https://") else "",
        "standing": found.standing,
        "measured": list(_measured(found.standing)),
        "refused": list(_refused(found.standing)),
        "fewest": FEWEST,
        "edit": reverse("practice_entry", args=["payers", slug]) if user.may("practice.see") else "",
    }
    return render(request, "staff/payers/payer.html", context)


def _line(one: PayerSeen, site: Site, now: datetime) -> Line:
    standing = one.standing
    refused = sum(standing.refused.values())
    return Line(
        one.payer.name,
        reverse("payer", args=[one.payer.slug]),
        words.PAYER_KINDS.get(one.payer.kind, one.payer.kind),
        _asked(one, site, now),
        _note(one, site, now),
        _days(standing.median_days),
        f"{standing.answered} of {standing.requests}" if standing.requests else "",
        _seconds(standing.median_seconds),
        f"{refused} of {standing.check_answers}" if standing.check_answers else "",
    )


def _asked(one: PayerSeen, site: Site, now: datetime) -> Sign:
    """How the payer is asked, and whether it can be at present."""
    if one.rest is not None:
        return Sign("late", f"rests until {words.moment(one.rest.until, site.tz, now)}", hot=True)
    if not one.payer.connector:
        return Sign("no", "by phone or portal")
    return Sign("unknown", "off") if one.off else Sign("yes", "asked by machine")


def _note(one: PayerSeen, site: Site, now: datetime) -> str:
    if one.rest is not None:
        since = words.moment(one.rest.since, site.tz, now)
        return f"{one.rest.failures} questions failed in a row since {since}"
    if one.payer.connector and one.off:
        return f"{one.off[:1].upper()}{one.off[1:]}"
    return one.connector


def _rules(one: PayerSeen) -> list[tuple[str, Sign | None, str]]:
    ours = one.payer
    days = f"{ours.authorization_days} calendar days" if ours.authorization_days else ""
    hours = f"{ours.authorization_urgent_hours} hours" if ours.authorization_urgent_hours else ""
    silent = Sign("unknown", "not stated")
    return [
        ("In our network", _KNOWN[ours.in_network], ""),
        ("An order", _NEEDED[ours.order_required], ""),
        ("Authorization before the evaluation", _NEEDED[ours.authorization_before_evaluation], ""),
        ("Authorization before treatment", _NEEDED[ours.authorization_before_treatment], ""),
        ("Answers a request within", None if days else silent, days),
        ("An urgent one within", None if hours else silent, hours),
    ]


def _measured(standing: Standing) -> Iterable[tuple[str, str, str]]:
    """What was measured, each with of how many."""
    decided = f"{standing.answered} of {standing.requests} answered"
    few = f"too few to say: fewer than {FEWEST}"
    yield "Authorization, half are answered within", _days(standing.median_days) or few, decided
    if standing.p90_days is not None:
        yield "Nine of ten within", _days(standing.p90_days), ""
    if standing.answered:
        counts = f"{standing.approved} approved, {standing.partly} in part, {standing.denied} denied"
        yield "What they answered", counts, f"{standing.nudges} times asked how it stands"
    answered = f"{standing.check_answers} of {standing.checks} answered"
    yield "Benefits, half are answered within", _seconds(standing.median_seconds) or few, answered


def _refused(standing: Standing) -> Iterable[tuple[str, str, int, str]]:
    """Why questions about benefits were refused, most frequent first: code, words, count and share of all answers."""
    shares = standing.refused_share
    for code, count in sorted(standing.refused.items(), key=lambda one: (-one[1], one[0])):
        known = of_code(code)
        said = str(known["words"]) if known else "a reason nobody knows"
        yield code, f"{said[:1].upper()}{said[1:]}", count, f"{shares[code] * 100:.0f} %"


def _days(value: float | None) -> str:
    return "" if value is None else f"{value:g} day{'' if value == 1 else 's'}"


def _seconds(value: float | None) -> str:
    return "" if value is None else f"{value:g} s"
