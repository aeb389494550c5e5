"""What came once more after it had found its end: never silent. Its leads say so, and where nobody works on it any more
it is an item of its own, whose task says what became of the first."""

from __future__ import annotations

from datetime import datetime

from firstvisit.journey.items import NOT_A_LEAD
from firstvisit.kernel.shortening import shortened
from firstvisit.leads import services as leads
from firstvisit.leads.queries import code
from firstvisit.practice.queries import practice
from firstvisit.steps.intake import repeats
from firstvisit.steps.intake.deliveries import Kept, actor_of
from firstvisit.steps.intake.models import Item, Part, WayIn


def note_again(kept: Kept, way: WayIn, now: datetime) -> None:
    """An entry on each lead that the first one became."""
    if kept.before is None or kept.item is None:
        return
    for lead in repeats.leads_of(kept.before):
        leads.noted(lead, "came_again", actor_of(way), at=now, subject=("item", kept.item.id))


def came_before(item: Item) -> str:
    """What a person is told of an item whose very bytes had come before and found their end; "" of any other."""
    before = repeats.came_before(repeats.about(item))
    if before is None:
        return ""
    shape = practice()
    day = before.received_at.astimezone(shape.sites[shape.identity.home_site].tz)
    parts = Part.objects.filter(item=before).select_related("lead", "signed_by").order_by("number")
    ends = [_end(part) for part in parts]
    became = "; ".join(dict.fromkeys(ends)) or "settled"
    return shortened(f"Look whether it still holds: the same came on {day:%b} {day.day} and was {became}", 200)


def _end(part: Part) -> str:
    if part.end == "not_a_lead":
        by = f" by {part.signed_by.name}" if part.signed_by is not None else ""
        return f"signed as no referral{by} ({NOT_A_LEAD.get(part.reason, part.reason).lower()})"
    where = code(part.lead.number) if part.lead is not None else "nothing"
    if part.end == "answered":
        return f"answered for {where}"
    closed = part.lead is not None and part.lead.closed_at is not None
    return f"filed as {where}, which is closed" if closed else f"filed as {where}"
