"""Two requests of one person became one, and each had a first visit to come: somebody says which is kept. Pure."""

from __future__ import annotations

from firstvisit.journey.case import AppointmentSeen
from firstvisit.journey.plan.permitted import permitted
from firstvisit.journey.plan.visits import may_write
from firstvisit.journey.plan.wanted import Draft, Ground, WantedMessage, WantedTask
from firstvisit.journey.plan.words import SAID_TWICE
from firstvisit.journey.twice import BOOKED_TWICE, twice
from firstvisit.messages.moments import clock_time, short_day
from firstvisit.steps.routing import clocks

LONGEST = 200


def booked_twice(ground: Ground, draft: Draft) -> None:
    """One task that names them all, until one is left or somebody says that all stand."""
    found = twice(ground.case.appointments, now=ground.now)
    if not found:
        return
    ids = sorted(str(each.id) for each in found)
    key = f"{ground.prefix}:{BOOKED_TWICE}:{ids[0]}:{ids[1][:13]}"
    if ground.case.ended(key) is not None:
        return
    minutes = ground.routing.standard_minutes
    seen = next((task for task in ground.case.open_tasks() if task.key == key), None)
    due = seen.due_at if seen is not None else clocks.due(ground.now, minutes, ground.site)
    why = SAID_TWICE.format(visits=" and ".join(_named(ground, each) for each in found))
    draft.tasks.append(WantedTask(key, BOOKED_TWICE, why[:LONGEST], draft.owner, due, minutes))
    draft.look_again.append(found[0].starts_at)


def letter(ground: Ground, draft: Draft) -> None:
    """The family is told which of the two is theirs no more, and which stays."""
    stays = ground.case.visit
    if stays is None or not may_write(ground):
        return
    for each in ground.case.appointments:
        if each.status != "cancelled" or each.why != BOOKED_TWICE or each.starts_at <= ground.now:
            continue
        key = f"{ground.prefix}:visit_twice:{each.id}:{each.sequence}"
        details = (
            ("at", each.starts_at.isoformat()),
            ("stays", stays.starts_at.isoformat()),
            ("setting", each.setting),
            ("site", each.site),
        )
        if permitted(ground, draft, "visit_letter", key, "One of two visits is cancelled: say which stays",
                     since=each.status_at):  # fmt: skip
            draft.messages.append(
                WantedMessage(key, "email", "appointment", "visit_twice", each.id, details=details)
            )


def _named(ground: Ground, visit: AppointmentSeen) -> str:
    site = ground.practice.sites.get(visit.site, ground.site)
    who = ground.practice.resources.get(visit.clinician)
    at = f"{short_day(visit.starts_at.astimezone(site.tz).date())}, {clock_time(visit.starts_at, site)}"
    return f"{at} with {who.name}" if who is not None else at
