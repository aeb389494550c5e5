"""What strangers said of a lead that they joined: their own words, and what they state otherwise than what stands."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from firstvisit.journey.joining import sent_by
from firstvisit.kernel.errors import SealBroken
from firstvisit.leads.models import Event, Lead
from firstvisit.practice.queries import practice
from firstvisit.referral.record import Referral
from firstvisit.steps.intake.models import Part
from firstvisit.steps.intake.services import original
from firstvisit.steps.intake.sources import parse

SHOWN: Final = 8
"""How many requests of strangers are shown of one lead, the latest ones."""
_DECIDED: Final = ("taken_over", "left_as_stated")


@dataclass(frozen=True, slots=True)
class Beside:
    """One request of a stranger: who asks, what they said, and the paths where it says otherwise than what stands, as
    long as nobody has decided what holds."""

    item: UUID
    by: str
    said: Referral
    otherwise: tuple[str, ...]

    @property
    def words(self) -> tuple[str, ...]:
        return tuple(text for text in (self.said.concern, self.said.asks) if text)


def said_beside(lead: Lead) -> tuple[Beside, ...]:
    """The latest requests by which strangers joined a lead, oldest first; what was taken over stands in the reading.
    Two questions, one where no stranger came."""
    events = Event.objects.filter(lead=lead, name__in=("joined", *_DECIDED)).order_by("id")
    came = {each.data["item"]: each.data for each in events if each.name == "joined" and "stranger" in each.data}
    for each in events:
        if each.name == "taken_over":
            came.pop(each.data["item"], None)
    if not came:
        return ()
    decided = {each.data["item"] for each in events if each.name in _DECIDED}
    parts = Part.objects.filter(lead=lead, item__in=came).select_related("item__key", "item__document")
    found = []
    for part in parts.order_by("-id")[:SHOWN]:
        item = str(part.item_id)
        said = _said(part, practice().program_words)
        if said is not None and not came[item].get("restricted"):
            otherwise = () if item in decided else _paths(came[item])
            found.append(Beside(part.item_id, sent_by(said) or "", said, otherwise))
    return tuple(reversed(found))


def _paths(data: dict[str, list[str]]) -> tuple[str, ...]:
    return tuple(data.get("otherwise", ()))


def _said(part: Part, programs: Collection[str]) -> Referral | None:
    """What a request that came by a door for anybody says; None where it was erased."""
    item = part.item
    try:
        each = parse(item.source, original(item), today=item.received_at.date(), programs=programs).each()
    except SealBroken:
        return None
    return next((reading.referral for reading in each if reading.number == part.number), None)
