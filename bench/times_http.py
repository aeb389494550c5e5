"""How fast a family's link shows three times over HTTP, beside a calendar of 200 clinicians that is half full.

    python bench/times_http.py [--clinicians 200] [--days 90] [--people 60]

Prints one JSON line: milliseconds from the request of /book/<mark> to the last byte of the page, birth date given, by
people who come one after the other; the search, the reading of what is taken, the lead's whole case and plan, and the
page are in it; and the processor milliseconds of web and database for one. The calendar is that of bench/slots.py,
moved to begin with the next Monday, and nobody else is there to book with: `fit` says how many of its clinicians fit
the family that the fewest fit.
"""

from __future__ import annotations

import argparse
import json
import os
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING

import slots
from form_to_times import _CSRF, _SLOT, Visitor, _busy, _said
from installation import ZIPS, Installation, Mailbox, machine, percentile, running
from invented import Maker

if TYPE_CHECKING:
    from firstvisit.leads.models import Lead

LIMIT_MS = 100
BENCH = "bench_"
"""How the slugs of the calendar's clinicians begin."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--clinicians", type=int, default=200)
    parser.add_argument("--days", type=int, default=90)
    parser.add_argument("--people", type=int, default=60)
    options = parser.parse_args()
    today = datetime.now(UTC).date()
    slots.TODAY = today + timedelta(days=7 - today.weekday())
    slots.NOW = datetime.combine(slots.TODAY, time(13), UTC)
    with Mailbox() as mailbox, running(mailbox.port, web_workers=1) as here:
        claims = slots._fill(options.clinicians, options.days)
        _say_so()
        _sample_leaves(today - timedelta(days=1))
        families = [_family(here, number) for number in range(options.people)]
        fit = min(_fit(lead) for _, _, lead in families)
        assert fit >= options.clinicians // 4, f"only {fit} fit"
        for visitor, address, _ in families:
            _shown(visitor, address)
        before = _busy(here)
        took = [_shown(visitor, address) for visitor, address, _ in families]
        used = (_busy(here) - before) * 1000 / options.people
    print(
        json.dumps(
            {
                "bench": "times_http",
                "machine": machine(),
                "load": os.getloadavg()[0],
                "clinicians": options.clinicians,
                "fit": fit,
                "days": options.days,
                "claims": claims,
                "people": options.people,
                "page_ms": _said(took),
                "page_cpu_ms": round(used, 1),
                "limit_ms": LIMIT_MS,
                "within": percentile(took, 0.95) * 1000 < LIMIT_MS,
            }
        )
    )


def _say_so() -> None:
    """The calendar's clinicians were written past the verbs: the web looks at them once the revision is another."""
    from django.db import transaction

    from firstvisit.practice import revisions

    with transaction.atomic():
        revisions.raise_by_one(revisions.lock())


def _sample_leaves(last_day: date) -> None:
    """The sample's own therapists, whose calendars are empty, are there no more."""
    from firstvisit.kernel.audit import SYSTEM
    from firstvisit.practice.models import Resource
    from firstvisit.steps.booking.supplying import set_last_day

    for one in Resource.objects.filter(data__kind="clinician").exclude(slug__startswith=BENCH):
        set_last_day(one, last_day, actor=SYSTEM)


def _fit(lead: Lead) -> int:
    """How many clinicians a first visit of this lead could be with, whatever the hour."""
    from firstvisit.journey.booking.wanting import wanted
    from firstvisit.kernel import clock
    from firstvisit.practice.queries import practice
    from firstvisit.steps.booking import fitting, supply
    from firstvisit.steps.booking.policy import Booking

    want = wanted(lead, now=clock.now()).wants[0]
    there = supply.bookables(practice(), Booking(), slots.TODAY, slots.TODAY)
    fit = [one for one in there if not fitting.stands_in_the_way(want, one) and not fitting.has_left(one, slots.TODAY)]
    assert all(one.slug.startswith(BENCH) for one in fit)
    return len(fit)


def _family(here: Installation, number: int) -> tuple[Visitor, str, Lead]:
    """Somebody who asked by the form, with their link open in their browser."""
    from firstvisit.journey import own_visit
    from firstvisit.kernel import clock
    from firstvisit.leads.models import Lead

    who, visitor = Maker(number).person(born=range(1960, 1990)), Visitor(here.port)
    _, form, _, _ = visitor.ask("GET", "/request")
    one: dict[str, object] = {
        "who": "me", "name": f"{who.first_name} {who.last_name}", "email": f"person{number}@example.org",
        "phone": f"(608) 555-01{number % 100:02d}", "may_email": "yes", "token": f"c{number:031d}",
        "csrfmiddlewaretoken": _CSRF.findall(form)[0],
    }  # fmt: skip
    status, _, step2, _ = visitor.ask("POST", "/request", one)
    assert status == 303, status
    _, form, _, _ = visitor.ask("GET", step2)
    year, month, day = who.date_of_birth.split("-")
    born = f"{month}/{day}/{year}"
    two: dict[str, object] = {
        "birth_date": born, "concern": "A stiff shoulder since autumn", "therapy": "physical", "program": "orthopedic",
        "zip": ZIPS[number % len(ZIPS)], "insurance": "Northfield Health", "token": f"d{number:031d}",
        "csrfmiddlewaretoken": _CSRF.findall(form)[0],
    }  # fmt: skip
    status, _, _, _ = visitor.ask("POST", step2, two)
    assert status == 303, status
    lead = Lead.objects.order_by("-received_at").exclude(number__gte=900_000).first()
    assert lead is not None
    address = f"/book/{own_visit.mark_of(lead, at=clock.now())}"
    _, page, _, _ = visitor.ask("GET", address)
    csrf = _CSRF.findall(page)[0]
    status, said, _, _ = visitor.ask("POST", address, {"birth": born, "csrfmiddlewaretoken": csrf})
    assert status == 303, said[:2000]
    return visitor, address, lead


def _shown(visitor: Visitor, address: str) -> float:
    from firstvisit.journey.booking.offering import named_by

    status, page, _, took = visitor.ask("GET", address)
    times = [named_by(each) for each in _SLOT.findall(page)]
    assert status == 200 and len(times) >= 3, page[:3000]
    assert all(each.clinician.startswith(BENCH) for each in times), times
    return took


if __name__ == "__main__":
    main()
