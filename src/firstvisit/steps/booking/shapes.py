"""What the search reads and gives: plain values. Spans are half-open pairs of whole minutes since 1970 UTC."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Literal, NamedTuple

Span = tuple[int, int]
Setting = Literal["clinic", "home", "telehealth"]


class Stretch(NamedTuple):
    """A stretch in which somebody or something can be booked: where, for which settings, for which programs alone
    (none: every one)."""

    start: int
    end: int
    site: str
    settings: frozenset[str]
    programs: frozenset[str] = frozenset()


class Bookable(NamedTuple):
    """One resource as the search sees it. `open` is sorted; what is protected, away or closed is not in it."""

    id: int
    slug: str
    kind: Literal["clinician", "room", "device"]
    name: str
    sites: frozenset[str]
    disciplines: frozenset[str]
    assistant: bool
    skills: frozenset[str]
    credentials: frozenset[str]
    languages: frozenset[str]
    payers: frozenset[str]
    equipment: frozenset[str]
    open: tuple[Stretch, ...]
    evaluations_a_day: int
    new_patients_a_day: int | None = None
    home_miles: float | None = None
    home_zips: frozenset[str] = frozenset()
    last_day: date | None = None
    """Of whoever leaves."""


class Place(NamedTuple):
    """Where on earth; degrees."""

    latitude: float
    longitude: float


class Want(NamedTuple):
    """What one person needs, as far as booking goes. Days are of the site's calendar.

    `not_before` and `not_after` are the days of the program's window, of the person's wish and of the authorization
    that is expected; `urgent` says that they cannot wait: the last day is a matter of safety, or over already.
    `half_days` are those they can come ("mon_am" ... "sun_pm"; None: not stated), `between` hours of the day in minutes
    where they said some. `payer` must be one the therapist may bill where `payer_counts`. `sites` in the order of
    nearness.
    """

    service: Literal["evaluation", "treatment", "group"]
    kind: str
    program: str
    discipline: str
    setting: Setting
    minutes: int
    before: int
    after: int
    sites: tuple[str, ...]
    skills: frozenset[str] = frozenset()
    credentials: frozenset[str] = frozenset()
    equipment: frozenset[str] = frozenset()
    room: bool = False
    payer: str = ""
    payer_counts: bool = False
    language: str = ""
    half_days: frozenset[str] | None = None
    between: tuple[int, int] | None = None
    not_before: date | None = None
    not_after: date | None = None
    given_until: date | None = None
    """Of what follows the first visit: the last day for which the payer gave it, where that is known."""
    urgent: bool = False
    knows: frozenset[str] = frozenset()
    """Clinicians (slugs) they have seen before."""
    home: Place | None = None
    zip: str = ""
    assistants: bool = False
    new_patient: bool = True
    only: frozenset[str] = frozenset()
    """Clinicians (slugs) to look at alone; none: every one that fits."""
    elsewhere: tuple[Span, ...] = ()
    """When they have other visits of their own, in their order: nobody is in two places at once."""


class Visit(NamedTuple):
    """What a clinician's claimed time is for: where they are then (`place`, where that is known), and whether it is an
    evaluation, and a new patient's, of which there may be so many a day."""

    start: int
    end: int
    place: Place | None
    evaluation: bool
    new_patient: bool = False


class Session(NamedTuple):
    """A group with seats left."""

    id: str
    kind: str
    program: str
    site: str
    start: int
    end: int
    claimed: Span
    clinician: int
    resources: tuple[int, ...]
    seats_left: int


class Busy(NamedTuple):
    """What is taken: spans of each resource; what a clinician's are for, as far as limits a day and travel ask; the
    groups that could be joined. Sorted by their start."""

    spans: Mapping[int, Sequence[Span]]
    visits: Mapping[int, Sequence[Visit]] = {}
    sessions: Sequence[Session] = ()


class Why(NamedTuple):
    """One reason of a slot's place: a code (soonest, stated_times, continuity, fills_gap, language, site, opens_block,
    nearer, earlier), its points, and what the words need."""

    code: str
    points: int = 0
    data: tuple[tuple[str, str], ...] = ()


class Slot(NamedTuple):
    """A time that can be booked: from `start` for the visit itself, all of `resources` (ids, sorted) from
    `claimed[0]` to `claimed[1]`, buffers included."""

    start: int
    end: int
    claimed: Span
    site: str
    setting: str
    clinician: int
    resources: tuple[int, ...]
    points: int
    why: tuple[Why, ...]
    group: str = ""
    """The session to join (its id), where the slot is a seat in it."""


class Found(NamedTuple):
    """The best slots in their order, and why there are no more: codes of what stood in the way with how many were left
    out for it (no_skill, no_payer, too_far, no_hours, leaves, travel, full, outside_window, no_room, limit ...)."""

    slots: tuple[Slot, ...]
    missing: Mapping[str, int] = {}


class Share(NamedTuple):
    """Of `booked` first visits that were booked at least `since` days ahead and fewer than `before` (None: or more)
    `came` took place."""

    since: int
    before: int | None
    booked: int
    came: int

    @property
    def percent(self) -> float:
        return 100 * self.came / self.booked
