"""Drafts of the rules on so many open leads: previewed in two processes and in one, then signed and applied by the
workers while Today is looked at. The three drafts move no lead, about one in eight, and every lead; the line says
what share they moved.

python bench/preview.py [--stored 100000] [--closed 50] [--home DIR]

Prints one JSON line. `--closed` closes this share, in per cent, before the preview: their decisions are
judged from what was stored.
"""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path
from typing import Any

from installation import Mailbox, machine, percentile, referral, running


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--stored", type=int, default=100_000)
    parser.add_argument("--closed", type=int, default=0)
    parser.add_argument("--home", type=Path, default=None)
    options = parser.parse_args()
    with Mailbox() as mailbox, running(mailbox.port, heavy=True, home=options.home) as installation:
        from stored import fill, leads, reseal

        fill(installation, options.stored, family)
        reseal(200)
        _until_planned()
        _close(options.closed)
        line: dict[str, Any] = {"bench": "preview", "machine": machine(), "leads": leads()}
        line["preview"] = {name: _previewed(draft) for name, draft in _drafts().items()}
        if not options.closed:
            line["applying"] = {name: _applied(installation, _drafts()[name]) for name in ("none", "some", "all")}
        print(json.dumps(line))


def family(number: int) -> dict[str, Any]:
    """One family's request. One in six does not say when they can come, one in forty not where they live, and
    every third wants to come soon: they reach different points, and a threshold parts them."""
    body: dict[str, Any] = referral(number)
    if number % 6 == 1:
        del body["availability"]
    if number % 40 == 2:
        body["patient"] = {name: value for name, value in body["patient"].items() if name != "postal_code"}
    if number % 3 == 0:
        body["timing"] = "asap"
    return body


def _drafts() -> dict[str, dict[str, Any]]:
    """Each draft changes one thing in the rules as they are now. Below 45 per cent instead of 40 a person looks:
    nobody stands between. From 78 per cent instead of 70 a visit is booked: those between are asked first. In a home
    that was measured before these are the way back. One minute less for every clock: everybody's due time moves (with
    more minutes what was promised would stand)."""
    from firstvisit.practice.queries import live_policy

    none, some, every = (live_policy().as_json() for _ in range(3))
    none["qualify"]["low"] = 45 if none["qualify"]["low"] != 45 else 40
    some["qualify"]["high"] = 78 if some["qualify"]["high"] != 78 else 70
    for name in ("urgent_minutes", "high_intent_minutes", "standard_minutes", "later_minutes"):
        every["routing"][name] -= 1
    return {"none": none, "some": some, "all": every}


def _previewed(sections: dict[str, Any]) -> dict[str, Any]:
    from firstvisit.journey.preview import preview
    from firstvisit.kernel import clock

    taken = {}
    for processes in (2, 1):
        found = preview(sections, now=clock.now(), processes=processes)
        taken[f"seconds_{processes}"] = round(found.seconds, 2)
    counts = found.tally
    return {
        **taken,
        "leads": counts.leads,
        "open": counts.open,
        "points": counts.points,
        "changed": counts.changed,
        "share_changed": round(counts.changed / counts.leads, 3),
    }


def _applied(installation: Any, sections: dict[str, Any]) -> dict[str, Any]:
    """Sign the draft; until every open lead is planned under it, look at Today four times a second."""
    from firstvisit.leads.models import DecisionRow
    from firstvisit.practice import services
    from firstvisit.practice.models import User
    from today import _signed_in, _view

    cookie = _signed_in()
    _view(installation, cookie)
    before = DecisionRow.objects.count()
    manager, owner = (User.objects.get(email=f"{n}@cedarstreet.example.org") for n in ("mei", "ruth"))
    services.publish_policy(sections, note="bench", drafted_by=manager, signed_by=owner)
    begun, views = time.monotonic(), []
    while _waiting():
        views.append(_view(installation, cookie))
        time.sleep(0.25)
    return {
        "seconds": round(time.monotonic() - begun, 1),
        "new_decisions": DecisionRow.objects.count() - before,
        "today_ms": {"p50": round(percentile(views, 0.5) * 1000), "p95": round(percentile(views, 0.95) * 1000)},
        "views": len(views),
    }


def _waiting() -> int:
    from firstvisit.leads.models import Lead
    from firstvisit.practice.queries import practice_now

    return Lead.objects.filter(
        closed_at__isnull=True, failures__lt=3, planned_under__lt=practice_now().version
    ).count()


def _until_planned() -> None:
    """Every open lead is at rest under the rules as they are, so that a difference is the draft's."""
    deadline = time.monotonic() + 600
    while _waiting():
        if time.monotonic() > deadline:
            raise TimeoutError("open leads were not planned in time")
        time.sleep(0.5)


def _close(per_cent: int) -> None:
    from django.db import connections

    with connections["owner"].cursor() as cursor:
        cursor.execute(
            "UPDATE leads_lead SET closed_at = now(), look_again_at = NULL WHERE number %% 100 < %s", [per_cent]
        )


if __name__ == "__main__":
    main()
