"""The recorder of a way in: one real delivery of a vendor as it came, sealed, for a person to compare.

What counts is a delivery that was signed rightly and that our mapping can use. Once one is here nothing takes its
place: no forged one, no unusable one, no later one; who wants another presses "Record" again.
"""

from __future__ import annotations

import base64
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import transaction

from firstvisit.kernel import seal
from firstvisit.kernel.errors import Problem
from firstvisit.steps.intake.models import WayIn
from firstvisit.steps.intake.sources.delivery import Delivery, Received
from firstvisit.steps.intake.sources.outline import made_of, outline

_TABLE: Final = "intake_wayin"
KEPT: Final = timedelta(days=7)
LONGEST: Final = 200_000


def record(
    way: WayIn, delivery: Delivery, found: Sequence[Received], *, wrong: Sequence[Problem] = (), now: datetime
) -> None:
    """Keep a delivery whose signature was right, with what we made of it."""
    brings = [each for each in found if each.what != "notice"]
    said = ["It was signed rightly."]
    said += [f"It cannot be used: {problem.field} {problem.message}." for problem in wrong]
    if not wrong:
        said += made_of(list(found))
    if not wrong and not brings:
        said.append("Have the vendor send one that brings something.")
    _keep(way, delivery, said, usable=bool(brings) and not wrong, now=now)


def record_refused(way: WayIn, delivery: Delivery, why: str, *, now: datetime) -> None:
    """Keep a delivery whose signature was wrong, while there is nothing better to see."""
    _keep(way, delivery, [f"It was refused: {why}."], usable=False, now=now)


def record_asked(way: WayIn, delivery: Delivery, said: str, *, now: datetime) -> None:
    """Keep what a vendor that we ask has answered; `said` is what came of it."""
    _keep(way, delivery, [said], usable=True, now=now)


def recorded_of(way: WayIn) -> dict[str, Any] | None:
    """{"said": sentences, "outline": masked lines, "usable", "url", "headers", "body", "at", "since"}, or None. `since`
    is what came after it and was not recorded, in words."""
    if way.recorded is None:
        return None
    found: dict[str, Any] = seal.unseal_json(seal.open_key(way.key), _TABLE, "recorded", way.id, way.recorded)
    return found


def forget_recorded(*, now: datetime) -> int:
    """Recordings are for comparing: a week later they are gone; the number forgotten."""
    old = WayIn.objects.filter(recorded__isnull=False, recorded_from__lt=now - KEPT)
    return old.update(recorded=None, recorded_from=None)


@transaction.atomic
def _keep(way: WayIn, delivery: Delivery, said: list[str], *, usable: bool, now: datetime) -> None:
    fresh = WayIn.objects.select_for_update(of=("self",)).select_related("key").get(id=way.id)
    before = recorded_of(fresh)
    if fresh.status != "recording":
        return
    if before is not None and before["usable"]:
        kept = {**before, "since": f"One more came after it and was not recorded. {said[0]}"}
    else:
        kept = {
            "said": said,
            "outline": outline(delivery),
            "usable": usable,
            "url": delivery.url,
            "headers": dict(delivery.headers),
            "body": base64.b64encode(delivery.body[:LONGEST]).decode(),
            "at": now.isoformat(),
            "since": "",
        }
        fresh.recorded_from = now
        fresh.recorded_at = now if usable else fresh.recorded_at
    fresh.recorded = seal.seal_json(seal.open_key(fresh.key), _TABLE, "recorded", fresh.id, kept)
    fresh.save(update_fields=["recorded", "recorded_at", "recorded_from"])
