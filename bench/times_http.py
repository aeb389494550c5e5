"""How fast a family's link shows three times over HTTP, beside a calendar of 200 clinicians that is half full.

    python bench/times_http.py [--clinicians 200] [--days 90] [--people 60]

Prints one JSON line: milliseconds from the request of /book/<mark> to the last byte of the page, birth date given, by
people who come one after the other; the search, the reading of what is taken, the lead's whole case and plan, and the
page are in it; and the processor milliseconds of web and database for one. The calendar is that of bench/slots.py,
moved to begin with the next Monday.
"""

from __future__ import annotations

import argparse
import json
import os
from datetime import UTC, datetime, time, timedelta

import slots
from form_to_times import _CSRF, _SLOT, Visitor, _busy, _said
from installation import ZIPS, Installation, Mailbox, machine, percentile, running
from invented import Maker

LIMIT_MS = 100


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
        families = [_family(here, number) for number in range(options.people)]
        for visitor, address in families:
            _shown(visitor, address)
        before = _busy(here)
        took = [_shown(visitor, address) for visitor, address in families]
        used = (_busy(here) - before) * 1000 / options.people
    print(
        json.dumps(
            {
                "bench": "times_http",
                "machine": machine(),
                "load": os.getloadavg()[0],
                "clinicians": options.clinicians,
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


def _family(here: Installation, number: int) -> tuple[Visitor, str]:
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
    return visitor, address


def _shown(visitor: Visitor, address: str) -> float:
    status, page, _, took = visitor.ask("GET", address)
    assert status == 200 and len(_SLOT.findall(page)) >= 3, page[:3000]
    return took


if __name__ == "__main__":
    main()
