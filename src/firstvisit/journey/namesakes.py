"""Whoever was taken for somebody whom a restriction names, and is somebody else: their request goes on as anybody's."""

from __future__ import annotations

from datetime import datetime

from firstvisit.journey.joining import take_in
from firstvisit.kernel.errors import NotAllowed
from firstvisit.leads.models import Event, Lead
from firstvisit.practice.models import User
from firstvisit.steps.intake.models import Part


def goes_on(lead: Lead, by: User, *, now: datetime) -> None:
    """A person read what was kept for a look at this locked lead and says that a namesake wrote it: its sender waits
    for the call that they were promised, and what they said beyond the first step of their own request is taken in.
    On a lead that somebody else began their words stay beside it. Planning it again is the caller's.

    NotAllowed for whoever may not read what families say: they cannot know.
    """
    if not (by.may("identity.see") and by.may("narrative.see")):
        raise NotAllowed("narrative.see")
    kept = Event.objects.filter(lead=lead, name__in=("received", "joined"), data__restricted=True).order_by("id")
    items: dict[str, list[str]] = {"received": [], "joined": []}
    here = Part.objects.filter(lead=lead)
    stand = {str(item) for item in here.values_list("item", flat=True)}
    for name, item in kept.values_list("name", "data__item"):
        items[name] += [item] if item in stand else []
    here.filter(item__in=[*items["received"], *items["joined"]]).update(quiet=False)
    if items["received"]:
        take_in(lead, items["joined"], now=now)
