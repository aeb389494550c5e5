"""Visits to come that supply no longer allows: somebody left, is away, or works at another site, may not bill the payer
any more, a site is closed, hours were changed."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final, Literal, NamedTuple

from firstvisit.practice.queries import resource_slugs
from firstvisit.practice.shape import Practice
from firstvisit.steps.booking import spans, supply
from firstvisit.steps.booking.fitting import PAYS_THEMSELVES
from firstvisit.steps.booking.models import Appointment, Change, Terms
from firstvisit.steps.booking.policy import Booking
from firstvisit.steps.booking.shapes import Bookable, Span

Why = Literal["left", "site", "payer", "closed", "holiday", "away", "busy", "hours"]
CANCELLED_AS: Final[Mapping[Why, str]] = {
    "left": "clinician_left",
    "site": "practice_other",
    "payer": "practice_other",
    "closed": "site_closed",
    "holiday": "site_closed",
    "away": "clinician_away",
    "busy": "clinician_away",
    "hours": "clinician_away",
}
"""The reason (a code of `endings`) with which such a visit is cancelled."""


class Unfit(NamedTuple):
    """A visit, why it cannot be, and whose time is missing (a resource's slug). `holiday` is the name of one."""

    appointment: Appointment
    why: Why
    resource: str
    holiday: str = ""


def unfit(
    shape: Practice, booking: Booking, *, now: datetime, leads: Iterable[uuid.UUID] | None = None
) -> list[Unfit]:
    """Visits and holds to come that no longer lie in open hours of all they take, or whose therapist may not bill their
    payer, the soonest first. With `leads` only those of these leads (ids, or a query of them). A constant number of
    questions."""
    rows = Appointment.objects.filter(status__in=("booked", "held"), starts_at__gt=now)
    if leads is not None:
        rows = rows.filter(lead__in=leads)
    found = list(rows.select_related("lead__facts").order_by("starts_at", "id"))
    if not found:
        return []
    first, last = found[0].starts_at.date(), max(row.ends_at for row in found).date()
    known = {
        one.id: one
        for one in supply.bookables(shape, booking, first - timedelta(days=1), last + timedelta(days=1))
    }
    away = _away(found)
    gone = {row.resource_id: row.last_day for row in Terms.objects.exclude(last_day=None) if row.last_day is not None}
    slugs = resource_slugs()
    answer = []
    for row in found:
        span = (spans.minute(row.starts_at), spans.minute_after(row.ends_at))
        for number in dict.fromkeys([row.clinician_id, *row.resources]):
            if number is None:
                continue
            one, site = known.get(number), shape.sites.get(row.site)
            day = (row.starts_at.astimezone(site.tz) if site else row.starts_at).date()
            holiday = next((each.name for each in site.holidays if each.on == day), "") if site else ""
            why: Why
            if one is None or (number in gone and day > gone[number]):
                why = "left"
            elif row.site not in one.sites:
                why = "site"
            elif _open(one, row, span):
                if _may_bill(one, row):
                    continue
                why = "payer"
            else:
                why = _why(away, number, row.site, span, holiday)
            answer.append(Unfit(row, why, slugs.get(number, ""), holiday if why == "holiday" else ""))
            break
    return answer


def _may_bill(one: Bookable, row: Appointment) -> bool:
    """Whether the therapist of a visit may bill the lead's payer, as the search asks before it offers them."""
    facts = getattr(row.lead, "facts", None)
    if facts is None or one.id != row.clinician_id or not one.payers or not facts.payer:
        return True
    return facts.payer_kind in PAYS_THEMSELVES or facts.payer in one.payers


def _open(one: Bookable | None, row: Appointment, span: Span) -> bool:
    """Whether all of a visit lies in open hours at its site. A room or a device is not asked for which visits."""
    if one is None:
        return False
    hours = spans.joined(
        stretch[:2]
        for stretch in one.open
        if stretch.site == row.site and (one.kind != "clinician" or row.setting in stretch.settings)
    )
    return any(start <= span[0] and span[1] <= end for start, end in hours)


def _away(rows: Sequence[Appointment]) -> dict[tuple[int | None, str], list[tuple[str, Span]]]:
    """Changes that touch the visits: of resources, by their number; of sites, under None and the site."""
    found: dict[tuple[int | None, str], list[tuple[str, Span]]] = defaultdict(list)
    over = (rows[0].starts_at, max(row.ends_at for row in rows))
    changes = Change.objects.filter(during__overlap=over).exclude(what="extra")
    for number, site, what, during in changes.values_list("resource_id", "site", "what", "during"):
        lower = spans.minute(during.lower or over[0])
        upper = spans.minute_after(during.upper or over[1])
        found[number, site if number is None else ""].append((what, (lower, upper)))
    return found


def _why(
    away: Mapping[tuple[int | None, str], Sequence[tuple[str, Span]]], number: int, site: str, span: Span, holiday: str
) -> Why:
    def touching(key: tuple[int | None, str]) -> str:
        return next((what for what, (start, end) in away.get(key, ()) if start < span[1] and end > span[0]), "")

    if touching((None, site)):
        return "closed"
    if holiday:
        return "holiday"
    what = touching((number, ""))
    return "hours" if not what else "busy" if what == "busy" else "away"
