"""What was signed as no referral: a list of it, and the way back for what was signed by mistake."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import transaction

from firstvisit.journey import items
from firstvisit.journey.arriving import read_item
from firstvisit.journey.desk_tasks import person_looks
from firstvisit.journey.inbox.holding import noted
from firstvisit.journey.inbox.seeing import Row, home_is_theirs, may_open, reads, rows_of_items
from firstvisit.kernel import audit, clock
from firstvisit.kernel.audit import Actor
from firstvisit.kernel.errors import Conflict, NotAllowed
from firstvisit.kernel.ids import new_id
from firstvisit.practice.models import User
from firstvisit.steps.intake import deliveries
from firstvisit.steps.intake import services as intake
from firstvisit.steps.intake.models import Item, Part
from firstvisit.steps.intake.services import Arrival

SHOWN: Final = 50


@dataclass(frozen=True, slots=True)
class Signed:
    """One document, or one person of it, that was signed: by whom, when and why (a word of `items.NOT_A_LEAD`).
    `whole` where nobody of the document became a lead."""

    row: Row
    by: str
    at: datetime
    reason: str
    pages: int
    whole: bool


def signed(user: User, *, start: int = 0) -> tuple[list[Signed], bool]:
    """What was signed as no referral, newest first, at most fifty from `start` on, and whether there are more."""
    if not may_open(user) or not home_is_theirs(user):
        raise NotAllowed("items.resolve")
    kept = Part.objects.filter(item__key__wrapped__isnull=False)  # what was erased can be opened by nobody
    parts = kept.filter(end="not_a_lead", item__status="settled").select_related("signed_by")
    found = list(parts.order_by("-at", "-id")[start : start + SHOWN + 1])
    rows = {row.item.id: row for row in rows_of_items([part.item_id for part in found], user)}
    became = set(
        Part.objects.filter(item__in=rows).exclude(end="not_a_lead").values_list("item", flat=True)
    )
    lines = [
        Signed(
            rows[part.item_id], part.signed_by.name if part.signed_by else "", part.at, part.reason, part.pages,
            part.item_id not in became,
        )
        for part in found[:SHOWN]
    ]  # fmt: skip
    return lines, len(found) > SHOWN


def take_back(item: Item, by: User, *, actor: Actor) -> Item:
    """What was signed as no referral waits for a person again, as it did before; the log keeps who had signed. Of a
    document from which others became leads a copy waits, for their share of it has found its end. The item that waits;
    Conflict where nothing is signed, or somebody has taken it back already."""
    if not (may_open(by) and reads(by) and home_is_theirs(by)):
        raise NotAllowed("items.resolve")
    with transaction.atomic():
        now = clock.now()
        fresh = Item.objects.select_for_update(of=("self",)).select_related("key", "document").get(id=item.id)
        ends = list(Part.objects.filter(item=fresh).select_related("signed_by").order_by("id"))
        gone = [end for end in ends if end.end == "not_a_lead"]
        if fresh.status != "settled" or not gone:
            raise Conflict("it waits for a person already, or was never signed as no referral")
        why = items.NOT_A_LEAD.get(gone[0].reason, gone[0].reason).lower()
        said = f"Taken back: {gone[0].signed_by.name if gone[0].signed_by else 'somebody'} had signed it ({why})"
        audit.note(actor, "signing_taken_back", "item", [fresh.id], why=gone[0].reason)
        if len(gone) < len(ends):
            return _copied(fresh, by, actor=actor, said=said)
        Part.objects.filter(id__in=[end.id for end in gone]).delete()
        document = deliveries.is_document(fresh)
        fresh.status = "to_confirm" if document else "waiting"
        fresh.save(update_fields=["status"])
        kind, reason = ("confirm_item", "Signed as no referral by mistake: say what it is") if document else (
            "item_waits", "Signed as no lead by mistake: judge it again"
        )
        person_looks(fresh.id, kind, reason, cause=new_id())
        noted(fresh, by, now, said)
    return fresh


def _copied(item: Item, by: User, *, actor: Actor, said: str) -> Item:
    """The same bytes once more, to be read and confirmed; once for each document."""
    about = {**deliveries.about(item), "name": f"{deliveries.about(item).get('name', '')} (taken back)".strip()}
    arrival = Arrival(
        item.source, actor, intake.original(item), item.document.media_type, repeat_key=f"taken-back:{item.id}",
        about=about,
    )  # fmt: skip
    copy, new = intake.keep(arrival, now=clock.now())
    if not new:
        raise Conflict("it was taken back already; it stands in the Inbox or has found another end")
    read_item.defer(item_id=str(copy.id))
    noted(copy, by, clock.now(), f"{said}. The others on it are leads already: join them or sign them")
    return copy
