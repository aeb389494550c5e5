"""Random supply and bookings: the search gives what every start, tried one by one, gives."""

from __future__ import annotations

import os
import random
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Any

import pytest

from firstvisit.practice.shape import Opening, Site
from firstvisit.steps.booking.policy import Booking
from firstvisit.steps.booking.shapes import Bookable, Busy, Place, Session, Span, Stretch, Visit, Want
from firstvisit.steps.booking.slots import search
from firstvisit.steps.booking.tests import oracle

pytestmark = pytest.mark.storm
WHOLE = os.environ.get("FIRSTVISIT_STORM") == "1"
CASES = 100_000 if WHOLE else 2_000
SEED = 20_261_123
DAYS = (date(2026, 10, 30), date(2026, 3, 6), date(2026, 11, 24), date(2026, 12, 30))
"""Around the change of the clocks in autumn and in spring, an ordinary week, the turn of the year."""
TAGS = ("a", "b")
PLACES = (Place(43.07, -89.38), Place(43.07, -89.2), Place(43.4, -89.4), Place(42.9, -88.9))


def _site(slug: str, zone: str, place: Place) -> Site:
    return Site(
        slug=slug, name=slug, street="1 Main St", city="Madison", state="WI", postal_code="53703",
        phone="608-555-0100", zone=zone, latitude=place.latitude, longitude=place.longitude, area_miles=30,
        home_area_miles=12, hours={"mon": (Opening(opens=time(8), closes=time(17)),)},
    )  # fmt: skip


SITES = {"east": _site("east", "America/Chicago", PLACES[0]), "north": _site("north", "America/Detroit", PLACES[2])}


@pytest.mark.parametrize("share", range(20))
def test_no_difference_to_trying_every_start(share: int) -> None:
    for case in range(share, CASES, 20):
        chance = random.Random(SEED + case)
        said = _case(chance)
        found = search(**said)
        tried = oracle.best(**said)
        told = [
            oracle.Best(
                slot.start, slot.site, slot.clinician, slot.resources, slot.points, slot.claimed,
                tuple("urgent" if ("because", "urgent") in why.data else why.code for why in slot.why), slot.group,
            )
            for slot in found.slots
        ]  # fmt: skip
        assert told == tried, f"case {case}"


def _case(chance: random.Random) -> dict[str, Any]:
    on = chance.choice(DAYS)
    now = datetime.combine(on, time(chance.randrange(24), chance.randrange(60), chance.randrange(2)), UTC)
    first = int(now.timestamp() // 60)
    supply = [_clinician(chance, number, on) for number in range(1, chance.randrange(3, 6))]
    supply += [_room(chance, number, on) for number in range(11, chance.randrange(11, 15))]
    weights = {
        name: chance.choice((0, 1, 4, 15))
        for name in ("soonest", "soonest_urgent", "stated_times", "continuity", "fills_gap", "language", "same_site")
    }
    booking = Booking(
        grid_minutes=chance.choice((15, 20, 30)), notice_minutes=chance.choice((0, 120)), horizon_days=7, **weights
    )
    busy = {one.id: _taken(chance, first) for one in supply}
    visits = {one.id: _visits(chance, busy[one.id]) for one in supply if one.kind == "clinician"}
    want = _want(chance, on)._replace(elsewhere=_elsewhere(chance, first))
    sessions = _sessions(chance, supply, first) if want.service == "group" else []
    own = [(one.start, one.clinician) for one in sessions if chance.random() < 0.1]
    return {
        "want": want,
        "supply": supply,
        "busy": Busy(busy, visits, sessions),
        "booking": booking,
        "sites": SITES,
        "now": now,
        "count": chance.choice((1, 3, 10, 40)),
        "a_half_day": chance.choice((0, 0, 1, 2)),
        "without": [*_without(chance, first, booking.grid_minutes), *own],
    }


def _without(chance: random.Random, first: int, grid: int) -> list[tuple[int, int]]:
    """Starts on the grid that are not offered with one clinician, as of a visit that is moved: none, one, or many."""
    many = chance.choice((0, 0, 1, 200))
    starts = [first - first % grid + grid * chance.randrange(7 * 1440 // grid) for _ in range(many)]
    return [(start, chance.randrange(1, 5)) for start in starts]


def _want(chance: random.Random, on: date) -> Want:
    first = on + timedelta(days=chance.randrange(3))
    service = chance.choice(("evaluation", "evaluation", "treatment", "treatment", "group"))
    setting = "clinic" if service == "group" else chance.choice(("clinic", "clinic", "home", "telehealth"))
    halves = [f"{day}_{half}" for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun") for half in ("am", "pm")]
    return Want(
        service=service,  # type: ignore[arg-type]
        kind="a",
        program=chance.choice(("hand", "neuro")),
        discipline=chance.choice(("", "", "OT")),
        setting=setting,  # type: ignore[arg-type]
        minutes=chance.choice((15, 40, 60, 90)),
        before=chance.choice((0, 0, 5, 15)),
        after=chance.choice((0, 10, 15)),
        sites=chance.choice((("east",), ("east", "north"), ("north", "east"))),
        skills=frozenset(tag for tag in TAGS if chance.random() < 0.1),
        credentials=frozenset(tag for tag in TAGS if chance.random() < 0.15),
        equipment=frozenset(tag for tag in TAGS if chance.random() < 0.2),
        room=chance.random() < 0.5,
        payer=chance.choice(("", "x")),
        payer_counts=chance.random() < 0.5,
        language=chance.choice(("", "English", "Spanish")),
        half_days=frozenset(half for half in halves if chance.random() < 0.4) if chance.random() < 0.5 else None,
        between=chance.choice((None, (9 * 60, 12 * 60), (0, 1440), (60, 180))),
        not_before=first if chance.random() < 0.5 else None,
        not_after=first + timedelta(days=chance.randrange(4)) if chance.random() < 0.8 else None,
        knows=frozenset(f"c{number}" for number in (1, 2) if chance.random() < 0.2),
        home=chance.choice(PLACES) if setting == "home" else None,
        zip=chance.choice(("", "53703")),
        assistants=chance.random() < 0.5,
        new_patient=chance.random() < 0.5,
        only=frozenset(["c1"]) if chance.random() < 0.03 else frozenset(),
        urgent=chance.random() < 0.3,
    )


def _elsewhere(chance: random.Random, first: int) -> tuple[tuple[int, int], ...]:
    """Other visits of theirs, some on top of each other, some shorter than what is kept around a visit."""
    begins = sorted(first + chance.randrange(4 * 1440) for _ in range(chance.choice((0, 0, 1, 3, 8))))
    return tuple((start, start + chance.choice((5, 15, 45, 240))) for start in begins)


def _clinician(chance: random.Random, number: int, on: date) -> Bookable:
    last_day = on + timedelta(days=chance.choice((-30, -2, -1, 0, 1, 2, 4))) if chance.random() < 0.25 else None
    sites = chance.choice((("east",), ("north",), ("east", "north"), ("east", "north")))
    return Bookable(
        id=number,
        slug=f"c{number}",
        kind="clinician",
        name="",
        sites=frozenset(sites),
        disciplines=frozenset(chance.choice((("OT",), ("OT", "PT"), ("OT", "PT"), ("PT",)))),
        assistant=chance.random() < 0.1,
        skills=frozenset(tag for tag in TAGS if chance.random() < 0.9),
        credentials=frozenset(tag for tag in TAGS if chance.random() < 0.7),
        languages=frozenset(["English", *(["Spanish"] if chance.random() < 0.4 else [])]),
        payers=frozenset(chance.choice(((), ("x",), ("x", "y"), ("y",)))),
        equipment=frozenset(),
        open=_through(_open(chance, on, sites), on, last_day),
        evaluations_a_day=chance.choice((0, 1, 2, 8, 8, 8)),
        new_patients_a_day=chance.choice((None, None, 0, 1, 2)),
        home_miles=chance.choice((None, 5.0, 50.0)),
        home_zips=frozenset(["53703"] if chance.random() < 0.1 else []),
        last_day=last_day,
    )


def _room(chance: random.Random, number: int, on: date) -> Bookable:
    return _clinician(chance, number, on)._replace(
        kind=chance.choice(("room", "room", "device")),
        disciplines=frozenset(),
        last_day=None,
        equipment=frozenset(tag for tag in TAGS if chance.random() < 0.6),
    )


def _open(chance: random.Random, on: date, sites: tuple[str, ...]) -> tuple[Stretch, ...]:
    """Shifts of odd lengths, some through the night, some of no length, some that touch or overlap."""
    found = []
    at = _minute(on, UTC) - 600 + chance.randrange(2040)
    for _ in range(chance.choice((0, 8, 8, 12, 12))):
        long = chance.choice((0, 30, 60, 240, 480, 480, 700, 1441))
        settings = frozenset(chance.choice((("clinic", "telehealth"), ("clinic", "home", "telehealth"), ("home",))))
        programs = frozenset(chance.choice(((), (), (), ("hand",))))
        found.append(Stretch(at, at + long, chance.choice(sites), settings, programs))
        at += chance.choice((0, long, long, long + 17, long + 300, long + 900, max(long - 20, 0)))
    return tuple(sorted(found, key=lambda stretch: (stretch.start, stretch.end)))


def _through(opened: tuple[Stretch, ...], on: date, last_day: date | None) -> tuple[Stretch, ...]:
    """Hours end with the last day. Whoever has left before has all of theirs: the search is to see that by itself."""
    if last_day is None or last_day < on - timedelta(days=1):
        return opened
    over = {slug: _minute(last_day + timedelta(days=1), site.tz) for slug, site in SITES.items()}
    cut = (each._replace(end=min(each.end, over[each.site])) for each in opened)
    return tuple(each for each in cut if each.start <= each.end)


def _minute(on: date, zone: tzinfo) -> int:
    return int(datetime.combine(on, time(), zone).timestamp() // 60)


def _sessions(chance: random.Random, supply: list[Bookable], first: int) -> list[Session]:
    """Groups of any length, mostly while their therapist is open, with a room or without, full ones too."""
    found = []
    rooms = [one for one in supply if one.kind != "clinician"]
    for number in range(chance.choice((0, 6, 20, 40))):
        who = chance.choice([one for one in supply if one.kind == "clinician"])
        start, site = first - 300 + chance.randrange(5 * 1440), chance.choice(tuple(SITES))
        to_come = [stretch for stretch in who.open if stretch.end > first]
        if to_come and chance.random() < 0.9:
            stretch = chance.choice(to_come)
            start, site = stretch.start + chance.choice((0, 0, 5, 90)), stretch.site
        end = start + chance.choice((15, 30, 45, 70))
        room = chance.choice(rooms) if rooms and chance.random() < 0.5 else who
        found.append(
            Session(
                id=f"g{number:02d}",
                kind=chance.choice(("a", "a", "a", "b")),
                program=chance.choice(("", "hand", "neuro")),
                site=site,
                start=start,
                end=end,
                claimed=(start - chance.choice((0, 5)), end + chance.choice((0, 10))),
                clinician=who.id,
                resources=tuple(sorted({who.id, room.id})),
                seats_left=chance.choice((0, 1, 1, 8)),
            )
        )
    return sorted(found, key=lambda session: session.start)


def _taken(chance: random.Random, first: int) -> list[Span]:
    """Visits in a row, with gaps and without; none of them overlap, as the database keeps them."""
    found = []
    at = first - 300 + chance.randrange(600)
    for _ in range(chance.choice((0, 2, 6, 12, 30))):
        long = chance.choice((0, 15, 45, 55, 70, 600))
        found.append((at, at + long))
        at += long + chance.choice((0, 0, 5, 15, 60, 90, 400, 900))
    return found


def _visits(chance: random.Random, taken: list[Span]) -> list[Visit]:
    return [
        Visit(start, end, chance.choice((None, *PLACES)), chance.random() < 0.4, chance.random() < 0.5)
        for start, end in spans_of_some_length(taken)
        if chance.random() < 0.8
    ]


def spans_of_some_length(taken: list[Span]) -> list[Span]:
    return [span for span in taken if span[0] < span[1]]
