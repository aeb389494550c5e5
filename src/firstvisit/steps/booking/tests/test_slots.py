"""The search of times, by hand: one clinician, one site, what shifts a time and what is said about it."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Literal
from zoneinfo import ZoneInfo

import pytest

from firstvisit.practice.shape import Opening, Site
from firstvisit.steps.booking.days import at
from firstvisit.steps.booking.policy import Booking
from firstvisit.steps.booking.shapes import Bookable, Busy, Found, Place, Session, Stretch, Visit, Want
from firstvisit.steps.booking.slots import search

TUESDAY = date(2026, 11, 24)
CHICAGO = ZoneInfo("America/Chicago")
NOW = datetime(2026, 11, 24, 13, tzinfo=UTC)
"""Tuesday, 7:00 in Madison."""


def site(slug: str = "madison", **said: Any) -> Site:
    values: dict[str, Any] = {
        "slug": slug, "name": slug, "street": "1 Main St", "city": "Madison", "state": "WI", "postal_code": "53703",
        "phone": "608-555-0100", "zone": "America/Chicago", "latitude": 43.07, "longitude": -89.38, "area_miles": 30,
        "hours": {"mon": (Opening(opens=time(8), closes=time(17)),)},
    }  # fmt: skip
    return Site(**{**values, **said})


SITES = {"madison": site(), "marquette": site("marquette", latitude=46.54, longitude=-87.4, zone="America/Detroit")}


def want(**said: Any) -> Want:
    values: dict[str, Any] = {
        "service": "evaluation", "kind": "evaluation", "program": "hand", "discipline": "OT", "setting": "clinic",
        "minutes": 60, "before": 0, "after": 10, "sites": ("madison",),
    }  # fmt: skip
    return Want(**{**values, **said})


def hours(begins: int, ends: int, on: date = TUESDAY, *, of: str = "madison", settings: str = "clinic") -> Stretch:
    zone = SITES[of].tz
    return Stretch(at(on, begins * 60, zone), at(on, ends * 60, zone), of, frozenset([settings]))


def clinician(number: int = 1, *opened: Stretch, **said: Any) -> Bookable:
    values: dict[str, Any] = {
        "id": number, "slug": f"c{number}", "kind": "clinician", "name": f"Clinician {number}",
        "sites": frozenset(each.site for each in opened) or frozenset(["madison"]), "disciplines": frozenset(["OT"]),
        "assistant": False, "skills": frozenset(), "credentials": frozenset(), "languages": frozenset(["English"]),
        "payers": frozenset(), "equipment": frozenset(), "open": opened or (hours(8, 12),), "evaluations_a_day": 4,
    }  # fmt: skip
    return Bookable(**{**values, **said})


def room(number: int, *equipment: str, kind: Literal["room", "device"] = "room") -> Bookable:
    return clinician(number)._replace(kind=kind, disciplines=frozenset(), equipment=frozenset(equipment))


def wall(minute: int, on: date = TUESDAY) -> int:
    """A minute of that day in Madison from a minute since 1970."""
    return minute - at(on, 0, CHICAGO)


def look(who: list[Bookable], wanted: Want | None = None, busy: Busy | None = None, **said: Any) -> Found:
    rules = said.pop("rules", Booking(notice_minutes=0))
    return search(wanted or want(), who, busy or Busy({}), rules, SITES, NOW, **said)


def starts(found: Found) -> list[str]:
    return ["{}:{:02}".format(*divmod(wall(slot.start), 60)) for slot in found.slots]


def span(begins: str, ends: str) -> tuple[int, int]:
    first, last = (at(TUESDAY, int(text[:-3]) * 60 + int(text[-2:]), CHICAGO) for text in (begins, ends))
    return first, last


def test_times_lie_with_their_notes_in_free_time_on_the_grid() -> None:
    assert starts(look([clinician()], count=4)) == ["8:00", "8:15", "8:30", "8:45"]
    late = look([clinician()], busy=Busy({1: [span("8:00", "10:20")]}))
    assert starts(late) == ["10:30", "10:45"]
    assert late.missing == {}


def test_back_to_back_and_empty_spans_leave_no_hole_and_no_block() -> None:
    taken = Busy({1: [span("8:00", "9:00"), span("9:00", "10:00"), span("11:00", "11:00")]})
    assert starts(look([clinician()], busy=taken)) == ["10:00", "10:15", "10:30", "10:45"]


def test_a_time_right_after_a_visit_comes_first_and_says_so() -> None:
    found = look([clinician()], busy=Busy({1: [span("8:00", "9:00")]}), count=2)
    assert starts(found) == ["9:00", "9:15"]
    assert [[why.code for why in slot.why] for slot in found.slots] == [
        ["soonest", "site", "fills_gap"], ["soonest", "site"]
    ]  # fmt: skip
    assert [slot.points for slot in found.slots] == [14, 10]


def test_an_assistant_treats_but_never_evaluates() -> None:
    helper = clinician(assistant=True)
    assert look([helper]).missing == {"assistant": 1}
    treatment = want(service="treatment", kind="treatment", minutes=45, after=0, assistants=True)
    assert starts(look([helper], treatment, count=1)) == ["8:00"]


def test_whoever_speaks_the_language_comes_first_and_others_bring_an_interpreter() -> None:
    two = [clinician(1), clinician(2, hours(9, 12), languages=frozenset(["Spanish"]))]
    found = look(two, want(language="Spanish"), count=99)
    assert [(slot.clinician, wall(slot.start)) for slot in found.slots[:2]] == [(2, 540), (2, 555)]
    assert ("interpreter", 0) in [why[:2] for why in found.slots[-1].why]


def test_the_payers_the_therapist_may_bill_count_where_they_are_entered() -> None:
    people = [clinician(1, payers=frozenset(["medicare"])), clinician(2)]
    found = look(people, want(payer="aetna", payer_counts=True))
    assert {slot.clinician for slot in found.slots} == {2}
    assert look(people[:1], want(payer="aetna", payer_counts=True)).missing == {"no_payer": 1}


def test_limits_of_a_day_send_the_next_evaluation_to_another_day() -> None:
    both = hours(8, 12), hours(8, 12, TUESDAY + timedelta(days=1))
    who = clinician(1, *both, evaluations_a_day=2, new_patients_a_day=1)
    begins, ends = span("11:00", "12:00")
    once = {1: [(begins, ends)]}
    newcomer = Busy(once, {1: [Visit(begins, ends, None, True, True)]})
    assert wall(look([who], busy=newcomer, count=1).slots[0].start) == (24 + 8) * 60
    assert starts(look([who], want(new_patient=False), newcomer, count=1)) == ["9:45"]


def test_a_room_and_a_device_are_free_together_and_the_least_equipped_is_taken() -> None:
    needed = want(equipment=frozenset(["splinting"]), room=True)
    rooms = [room(11, "splinting", "hydro"), room(12, "splinting"), room(13)]
    found = look([clinician(), *rooms], needed, Busy({12: [span("8:00", "9:00")]}), count=5)
    assert starts(found)[0] == "8:00"
    assert [slot.resources for slot in found.slots] == [(1, 11)] * 4 + [(1, 12)]
    full = look([clinician(), rooms[1]], needed, Busy({12: [span("8:00", "12:00")]}))
    assert full.slots == () and full.missing == {"no_room": 12}
    apart = look([clinician(), room(13), room(14, "splinting", kind="device")], needed, count=1)
    assert apart.slots[0].resources == (1, 13, 14)


def test_a_visit_at_home_leaves_time_on_the_road_from_the_visit_before_it() -> None:
    home = Place(43.07, -89.08)
    drives = clinician(1, hours(8, 12, settings="home"), home_miles=20.0)
    visit = want(setting="home", home=home, before=0, after=0)
    begins, ends = span("8:00", "9:00")
    here = Place(SITES["madison"].latitude, SITES["madison"].longitude)
    busy = Busy({1: [(begins, ends)]}, {1: [Visit(begins, ends, here, False)]})
    # Fifteen miles as the crow flies are 42 minutes on the road.
    assert starts(look([drives], visit, busy, count=1)) == ["9:45"]
    late = Busy({1: [span("8:00", "9:00"), span("9:45", "12:00")]}, busy.visits)
    assert look([drives], visit._replace(minutes=45), late).missing == {"travel": 1}
    assert look([drives], visit, Busy({1: [span("8:00", "12:00")]})).missing == {"full": 1}
    assert look([clinician(home_miles=20.0)], visit).missing == {"no_hours": 1}, "nobody is booked at home there"
    assert look([drives._replace(home_miles=10.0)], visit).missing == {"too_far": 1}
    assert look([drives], visit._replace(home=None)).missing == {"no_place": 1}


def test_a_window_and_an_expected_authorization_bound_the_days() -> None:
    week = [hours(8, 12, TUESDAY + timedelta(days=ahead)) for ahead in range(7)]
    found = look([clinician(1, *week)], want(not_before=date(2026, 11, 26), not_after=date(2026, 11, 27)), count=99)
    days = {datetime.fromtimestamp(slot.start * 60, CHICAGO).date() for slot in found.slots}
    assert days == {date(2026, 11, 26), date(2026, 11, 27)}
    over = look([clinician(1, *week)], want(not_after=date(2026, 11, 20)))
    assert over == Found((), {"outside_window": 1})


def test_stated_times_come_first_and_what_lies_outside_says_so() -> None:
    found = look([clinician(1, hours(8, 16))], want(half_days=frozenset(["tue_pm"]), between=(0, 15 * 60)), count=9)
    assert starts(found)[:5] == ["12:00", "12:15", "12:30", "12:45", "13:00"]
    assert starts(found)[-1] == "14:00"
    more = look([clinician(1, hours(8, 16))], want(half_days=frozenset(["tue_pm"])), count=30)
    assert "outside_times" in [why.code for why in more.slots[-1].why]


def test_of_what_cannot_wait_the_soonest_comes_before_every_wish() -> None:
    tomorrow = clinician(1, hours(8, 16))
    later = clinician(2, hours(8, 16, TUESDAY + timedelta(days=1)), languages=frozenset(["Spanish"]))
    wished = want(half_days=frozenset(["wed_pm"]), language="Spanish", knows=frozenset(["c2"]))
    assert look([tomorrow, later], wished, count=1).slots[0].clinician == 2
    found = look([tomorrow, later], wished._replace(urgent=True), count=40)
    assert found.slots[0].clinician == 1
    assert [slot.start for slot in found.slots[:3]] == sorted(slot.start for slot in found.slots[:3])
    assert ("because", "urgent") in found.slots[0].why[0].data
    # Of the next day their wishes decide, and the rules may say that a day counts for less.
    assert next(slot for slot in found.slots if slot.clinician == 2).why[1].code == "stated_times"
    calmer = Booking(notice_minutes=0, soonest_urgent=6)
    assert look([tomorrow, later], wished._replace(urgent=True), count=1, rules=calmer).slots[0].clinician == 2


def test_one_time_of_each_half_day() -> None:
    week = [hours(8, 16, TUESDAY + timedelta(days=ahead)) for ahead in range(2)]
    found = look([clinician(1, *week)], count=4, a_half_day=1)
    assert starts(found) == ["8:00", "12:00", "32:00", "36:00"]


def test_a_group_with_a_seat_left_is_a_time() -> None:
    begins, ends = span("10:00", "11:00")
    sessions = [Session("a", "group", "", "madison", begins, ends, (begins, ends), 1, (1, 11), left) for left in (0, 2)]
    joined = want(service="group", kind="group", assistants=True)
    found = look([clinician(), room(11)], joined, Busy({}, {}, sessions))
    assert [(slot.start, slot.group, slot.resources) for slot in found.slots] == [(begins, "a", (1, 11))]


@pytest.mark.parametrize(
    "supply",
    [
        [clinician(1, hours(8, 10)), room(11)],
        [clinician(), room(11)._replace(open=(hours(11, 12),))],
        [clinician(), room(11)._replace(open=(hours(8, 12)._replace(programs=frozenset(["hand"])),))],
        [clinician()],
    ],
)
def test_a_group_whose_therapist_or_room_is_not_open_for_it_is_no_time(supply: list[Bookable]) -> None:
    begins, ends = span("10:00", "11:00")
    session = Session("a", "group", "", "madison", begins, ends, (begins, ends), 1, (1, 11), 2)
    found = look(supply, want(service="group", kind="group", assistants=True), Busy({}, {}, [session]))
    assert not found.slots and found.missing == {"full": 1}


def test_an_evening_shift_runs_through_the_change_of_the_clock() -> None:
    night = date(2026, 10, 31)
    shift = Stretch(at(night, 23 * 60, CHICAGO), at(night, 27 * 60, CHICAGO), "madison", frozenset(["clinic"]))
    who = clinician(1, shift)
    found = search(
        want(after=0), [who], Busy({}), Booking(notice_minutes=0), SITES,
        datetime(2026, 10, 31, 17, tzinfo=UTC), count=99,
    )  # fmt: skip
    # From 23:00 to 3:00 are five hours when one of them comes twice: the last of seventeen times begins at 2:00.
    assert len(found.slots) == 17
