"""Times offered to one person: searched now, worded with reasons, and named by a token that holds no name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final, Literal, NamedTuple

from django.core import signing

from firstvisit.journey.booking.therapists import treated_until
from firstvisit.journey.booking.wanting import Wanted, wanted
from firstvisit.kernel.errors import BadInput, Problem
from firstvisit.leads.models import Lead
from firstvisit.practice.queries import policy, practice, resource_slugs
from firstvisit.practice.shape import Site
from firstvisit.steps.booking import likely, shows
from firstvisit.steps.booking.finding import find
from firstvisit.steps.booking.models import Appointment
from firstvisit.steps.booking.policy import Booking
from firstvisit.steps.booking.shapes import Found, Slot, Want
from firstvisit.steps.booking.spans import minute as minute_of

SALT: Final = "firstvisit.booking.slot"
KEPT: Final = timedelta(days=14)
"""A time that was offered longer ago than this is looked for anew."""
MOST: Final = 60
A_HALF_DAY: Final = 2
"""So many times of one site's half day are offered before any more of it: three neighbours would be no choice."""
_WEIGHTS: Final = (
    "soonest_urgent", "stated_times", "continuity", "fills_gap", "language", "same_site",
)  # fmt: skip
"""Beside the day, what the rules count in the order of times."""
ONE_DAY: Final = 200
"""More times than one therapist has in a day, so that each of them is found."""


Gone = Literal["taken", "limit", "over", "unfit", "own"]


class Named(NamedTuple):
    """Which time a token names: from when, where, with whom, for which therapy, in which setting."""

    start: int
    site: str
    clinician: str
    discipline: str
    setting: str


@dataclass(frozen=True, slots=True)
class Offer:
    """One time of an offer, with the want it fits."""

    slot: Slot
    want: Want
    site: Site
    clinician: str
    """The slug."""
    token: str

    @property
    def starts_at(self) -> datetime:
        """In the site's zone."""
        return moment(self.slot.start).astimezone(self.site.tz)

    @property
    def ends_at(self) -> datetime:
        return moment(self.slot.end).astimezone(self.site.tz)


@dataclass(frozen=True, slots=True)
class Offers:
    """The best times of a lead in their order; `missing` is what stood in the way of others, by code and count."""

    wanted: Wanted
    offers: tuple[Offer, ...]
    more: bool
    missing: dict[str, int]


def moment(minute: int) -> datetime:
    """A whole minute since 1970 as a moment in UTC."""
    return datetime.fromtimestamp(minute * 60, UTC)


def offers(
    lead: Lead,
    *,
    now: datetime,
    count: int = 3,
    after: int = 0,
    discipline: str = "",
    only: frozenset[str] = frozenset(),
    not_before: date | None = None,
    not_after: date | None = None,
    known: Wanted | None = None,
    moving: Appointment | None = None,
    beyond: bool = False,
    alone: bool = False,
    a_half_day: int = A_HALF_DAY,
) -> Offers:
    """The best `count` times after the first `after`. The desk may look at `only` some therapists, or at fewer days.
    `a_half_day`: so many of one site's half day come first, 0: in no such order.
    `discipline` "" is its first therapy. `moving`: the appointment whose own time counts as free; its hour is offered
    with another therapist only. `beyond`: also after the lead's window, where nothing is free within it; for the desk,
    who tells them. `alone`: the family chooses by itself, so no time is among them after which nobody here can treat
    (`untreated`)."""
    needs = known if known is not None else wanted(lead, now=now)
    want = _of_therapy(needs, discipline)
    if want is None:
        return Offers(needs, (), False, {})
    if beyond:
        want = want._replace(not_after=None)
    if only:
        want = want._replace(only=only)
    want = within(want, not_before, not_after)
    looked = _treated(want, now) if alone else want
    found = _find(looked, now=now, count=min(after + count, MOST) + 1, a_half_day=a_half_day, moving=moving)
    chosen = tuple(_offer(slot, looked) for slot in found.slots[after : after + count])
    missing = dict(found.missing) if looked == want or found.slots else {"untreated": 1}
    return Offers(needs, chosen, len(found.slots) > after + count, missing)


def _treated(want: Want, now: datetime) -> Want:
    """The same on the days after which somebody here can treat."""
    until = treated_until(want, now=now)
    return want if until is None else within(want, None, until - timedelta(days=1))


def has_times(lead: Lead, *, now: datetime) -> bool:
    """Whether the family's own page would show any time now: what a letter says that sends them there."""
    return bool(offers(lead, now=now, count=1, alone=True).offers)


def within(want: Want, not_before: date | None, not_after: date | None) -> Want:
    """The same on fewer days."""
    return want._replace(
        not_before=max((d for d in (want.not_before, not_before) if d is not None), default=None),
        not_after=min((d for d in (want.not_after, not_after) if d is not None), default=None),
    )


def with_one_more(given: Sequence[Offer], *, now: datetime, moving: Appointment | None = None) -> list[Offer]:
    """The offers that stand on a page, as they are; and behind them, where too few of the visits that are booked as far
    ahead as the first of them take place, one more that is earlier than all of them, else nearer."""
    booking, shown = policy().section(Booking), list(given)
    if not shown:
        return shown
    share, want = shows.share(booking, ahead=shown[0].starts_at - now, now=now), shown[0].want
    if share is None or share.percent >= booking.likely_percent:
        return shown
    first = min(want.sites.index(each.slot.site) for each in shown)
    places = [want.sites, *([want.sites[:first]] if first else [])]
    by_clock = booking.model_copy(update=dict.fromkeys(_WEIGHTS, 0) | {"soonest": 1})
    others = [
        slot
        for sites in places
        for slot in _find(want._replace(sites=sites), now=now, count=1, moving=moving, booking=by_clock).slots
    ]
    slots = likely.with_one_more(
        [each.slot for each in shown], others, want, share, below=booking.likely_percent
    )
    return [*shown, *(_offer(slot, want) for slot in slots[len(shown) :])]


def offers_to_caller(want: Want, *, now: datetime, count: int = 3) -> tuple[Offer, ...]:
    """Times to read to somebody on the phone who is no lead yet, each the best of its half day."""
    return tuple(_offer(slot, want) for slot in _find(want, now=now, count=count, a_half_day=1).slots)


def _find(
    want: Want,
    *,
    now: datetime,
    count: int,
    a_half_day: int = 0,
    moving: Appointment | None = None,
    booking: Booking | None = None,
) -> Found:
    """The best `count`; neighbours of one half day come behind the rest, and only where there are too few without."""
    own = () if moving is None else ((minute_of(moving.starts_at), moving.clinician_id or 0),)

    def search(of_one: int) -> Found:
        return find(
            _leaving(want, moving),
            shape=practice(),
            booking=booking if booking is not None else policy().section(Booking),
            now=now,
            count=count,
            a_half_day=of_one,
            moving=None if moving is None else moving.id,
            without=own,
        )

    found = search(a_half_day)
    if not a_half_day or not found.slots or len(found.slots) == count:
        return found
    few = set(found.slots)
    return Found((*found.slots, *(slot for slot in search(0).slots if slot not in few))[:count], found.missing)


def _leaving(want: Want, moving: Appointment | None) -> Want:
    """The same without the visit that is `moving` among those they have elsewhere."""
    if moving is None:
        return want
    at = (minute_of(moving.starts_at), minute_of(moving.ends_at))
    return want._replace(elsewhere=tuple(each for each in want.elsewhere if each != at))


def _of_therapy(needs: Wanted, discipline: str) -> Want | None:
    if not discipline:
        return needs.wants[0] if needs.wants else None
    return next((want for want in needs.wants if want.discipline == discipline), None)


def _offer(slot: Slot, want: Want) -> Offer:
    shape = practice()
    slug = resource_slugs()[slot.clinician]
    named = Named(slot.start, slot.site, slug, want.discipline, slot.setting)
    return Offer(slot, want, shape.sites[slot.site], slug, token(named))


def token(named: Named) -> str:
    """A time as a link or a form carries it; signed, and it says nothing of anybody."""
    return signing.dumps(list(named), salt=SALT, compress=True)


def named_by(text: str) -> Named:
    """What a token names. BadInput for one that is not ours, or too old."""
    try:
        start, *words = signing.loads(text[:400], salt=SALT, max_age=KEPT)
        return Named(int(start), *map(str, words))
    except (signing.BadSignature, TypeError, ValueError) as error:
        raise BadInput([Problem("slot", "This time is no longer offered: choose another one.")]) from error


def still_there(
    lead: Lead,
    named: Named,
    *,
    now: datetime,
    known: Wanted | None = None,
    moving: Appointment | None = None,
    beyond: bool = False,
    alone: bool = False,
) -> Offer | Gone:
    """The time that a token names as it can be booked now, by all rules that hold for this lead, or why it cannot be:
    taken, past, the therapist's day full by the limit, no longer what they need, beside another visit of theirs.
    `moving`, `beyond`, `alone`: as `offers` has them."""
    needs = known if known is not None else wanted(lead, now=now)
    want, site = _of_therapy(needs, named.discipline), practice().sites.get(named.site)
    if moment(named.start) <= now:
        return "over"
    if want is None or site is None:
        return "unfit"
    day = moment(named.start).astimezone(site.tz).date()
    if beyond:
        want = want._replace(not_after=None)
    if alone:
        want = _treated(want, now)
    inside = (want.not_before is None or want.not_before <= day) and (want.not_after is None or day <= want.not_after)
    if not inside:
        return "unfit"
    there = want._replace(only=frozenset({named.clinician}), sites=(named.site,), not_before=day, not_after=day)
    found = _find(there, now=now, count=ONE_DAY, moving=moving)
    slot = next((each for each in found.slots if each.start == named.start), None)
    if slot is not None:
        return _offer(slot, want)
    end = named.start + want.minutes
    if any(begins < end and named.start < ends for begins, ends in _leaving(want, moving).elsewhere):
        return "own"
    return "limit" if found.missing.get("limit") else "taken"
