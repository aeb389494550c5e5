"""A broken clock acts: the lead goes to somebody who is there, and goes on from who is gone or does nothing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from tests.people import FAMILY, ORGANIZATION, RED_FLAG, but, family

from firstvisit.journey import changing, desk, jobs, verbs
from firstvisit.kernel import clock
from firstvisit.kernel.audit import SYSTEM
from firstvisit.kernel.models import Lease
from firstvisit.leads.models import Event, Lead, Task
from firstvisit.practice.models import User
from firstvisit.practice.queries import forget, live_policy
from firstvisit.practice.services import publish_policy

OTHER = but(
    FAMILY,
    patient__first_name="Fabian",
    patient__last_name="Ostrowicz",
    patient__date_of_birth="2021-02-03",
    contact__name="Bettina Ostrowicz",
    contact__phone="+16085550144",
    contact__email="bettina@example.org",
    payers=[{"name": "Northfield Health", "member_id": "NHO-1"}],
)
pytestmark = pytest.mark.django_db
Arrive = Callable[[Any], Lead]
Staff = Callable[[str], User]


@pytest.fixture(autouse=True)
def _morning(tuesday: datetime) -> None:
    """All of it happens on a Tuesday at ten."""


@pytest.fixture
def routing(practice: Any, staff: Staff) -> Callable[..., None]:
    """Changes the section of routes and clocks."""

    def set_(**changes: Any) -> None:
        sections = live_policy().as_json()
        sections["routing"].update(changes)
        publish_policy(sections, note="routes", drafted_by=staff("mei"), signed_by=staff("ruth"))
        forget()

    return set_


def later(minutes: int, *present: User) -> None:
    clock.move(timedelta(minutes=minutes))
    for user in present:
        desk.seen(user)
    jobs.sweep()


def owner(lead: Lead) -> str:
    lead.refresh_from_db()
    if lead.owner_user is not None:
        return str(lead.owner_user.email.partition("@")[0])
    return lead.owner_queue.slug if lead.owner_queue else ""


def test_who_works_in_the_queue_of_its_route_keeps_seeing_a_lead_that_was_given_on(
    arrive: Arrive, staff: Staff, browser: Callable[[str], Client]
) -> None:
    lead = arrive(ORGANIZATION)
    assert owner(lead) == "partners"
    later(24 * 60, staff("dana"))
    assert owner(lead) == "dana"
    page = browser("imani").get(f"/leads/L-{lead.number}")
    assert page.status_code == 200 and "clock broke" in page.content.decode()
    assert browser("imani").post(f"/leads/L-{lead.number}/take").status_code == 303
    assert owner(lead) == "imani"
    elsewhere = arrive(FAMILY)
    assert browser("imani").get(f"/leads/L-{elsewhere.number}").status_code == 404


def test_a_lead_nobody_called_goes_to_whoever_is_there_and_says_so(
    arrive: Arrive, staff: Staff, browser: Callable[[str], Client]
) -> None:
    lead = arrive(FAMILY)
    later(29, staff("dana"))
    assert owner(lead) == "front_desk_madison", "the clock has a minute left"
    later(2, staff("dana"))
    assert owner(lead) == "dana"
    assert "clock broke" in lead.owner_reason
    task = Task.objects.get(lead=lead, status="open")
    assert (task.owner_user, task.breached_at is not None) == (staff("dana"), True)
    today = browser("dana").get("/today").content.decode()
    assert "given it" in today and "took it" not in today
    page = browser("dana").get(f"/leads/L-{lead.number}").content.decode()
    assert "Given to Dana Whitlock" in page and "clock broke" in page
    assert "Clock broken, given to you at 10:31 am" in page
    assert "Clock broken, given to you at 10:31 am" in browser("dana").get("/today").content.decode()
    seen_by_mei = browser("mei").get(f"/leads/L-{lead.number}").content.decode()
    assert "Clock broken, given to Dana Whitlock at 10:31 am" in seen_by_mei


def test_with_nobody_there_the_list_says_that_it_was_given_to_nobody(
    arrive: Arrive, browser: Callable[[str], Client]
) -> None:
    lead = arrive(FAMILY)
    later(31)
    for page in ("/today", f"/leads/L-{lead.number}"):
        said = "Clock broken at 10:31 am, given to nobody else: nobody is here who may take it"
        assert said in browser("dana").get(page).content.decode()


@pytest.mark.parametrize("who", ["walt", "imani", "ruth", "anna"])
def test_no_family_is_given_to_somebody_who_does_not_call_families(
    arrive: Arrive, staff: Staff, who: str
) -> None:
    lead = arrive(FAMILY)
    later(31, staff(who))
    assert owner(lead) == "front_desk_madison"
    later(1, staff(who), staff("dana"))
    assert owner(lead) == "dana", "whoever comes is given it at once"


def test_nobody_of_the_queue_is_given_what_they_may_not_do(arrive: Arrive, staff: Staff) -> None:
    staff("walt").queues.add(*staff("dana").queues.all())
    lead = arrive(FAMILY)
    later(31, staff("walt"))
    assert owner(lead) == "front_desk_madison"


def test_a_clock_in_good_time_says_nothing_of_breaking(arrive: Arrive, browser: Callable[[str], Client]) -> None:
    lead = arrive(FAMILY)
    later(29)
    for page in ("/today", f"/leads/L-{lead.number}"):
        assert "Clock broken" not in browser("dana").get(page).content.decode()


def test_a_clock_acts_once_while_nobody_else_is_there(arrive: Arrive, staff: Staff) -> None:
    lead = arrive(FAMILY)
    later(31, staff("dana"))
    for _ in range(4):
        later(61, staff("dana"))
    assert owner(lead) == "dana"
    assert Event.objects.filter(lead=lead, name="reassigned").count() == 1


def test_what_is_not_acted_on_within_the_clock_again_goes_on_to_the_next_who_is_there(
    arrive: Arrive, staff: Staff
) -> None:
    lead = arrive(FAMILY)
    later(31, staff("dana"))
    later(10, staff("dana"), staff("mei"))
    later(19, staff("dana"), staff("mei"))
    assert owner(lead) == "dana", "a minute is left"
    later(2, staff("dana"), staff("mei"))
    assert owner(lead) == "mei" and "broke again" in lead.owner_reason


def test_whoever_did_something_about_it_keeps_it_for_as_long_again(arrive: Arrive, staff: Staff) -> None:
    lead = arrive(FAMILY)
    later(31, staff("dana"))
    later(20, staff("dana"), staff("mei"))
    verbs.take(lead, staff("dana"), actor=SYSTEM)
    later(20, staff("dana"), staff("mei"))
    assert owner(lead) == "dana"
    later(11, staff("dana"), staff("mei"))
    assert owner(lead) == "mei"


def test_what_somebody_has_who_is_gone_goes_to_the_next_who_comes(arrive: Arrive, staff: Staff) -> None:
    lead = arrive(FAMILY)
    later(31, staff("dana"))
    later(11)
    assert owner(lead) == "dana", "nobody else is there"
    later(1, staff("mei"))
    assert owner(lead) == "mei", "whoever comes is given it at once"


def test_a_late_red_flag_stays_before_every_clinician_and_goes_on_from_one_who_is_gone(
    arrive: Arrive, staff: Staff, browser: Callable[[str], Client]
) -> None:
    lead = arrive(RED_FLAG)
    later(16, staff("anna"))
    assert owner(lead) == "anna"
    later(3 * 24 * 60)
    page = browser("priya").get("/today").content.decode()
    assert f"/leads/L-{lead.number}" in page and "Safety first" in page
    jobs.sweep()
    assert owner(lead) == "priya", "looking at Today she came"
    later(16, staff("anna"), staff("priya"))
    assert owner(lead) == "anna", "nobody has looked at it within the clock's time"
    assert f"/leads/L-{lead.number}" in browser("priya").get("/today").content.decode()


def test_what_was_late_and_given_on_stays_in_the_list_of_the_queue_of_its_route(
    arrive: Arrive, staff: Staff, browser: Callable[[str], Client]
) -> None:
    lead = arrive(FAMILY)
    enquiry = arrive(ORGANIZATION)
    later(24 * 60, staff("mei"))
    assert (owner(lead), owner(enquiry)) == ("mei", "mei")
    assert f"/leads/L-{lead.number}" in browser("dana").get("/today").content.decode()
    imani = browser("imani").get("/today").content.decode()
    assert f"/leads/L-{enquiry.number}" in imani and f"/leads/L-{lead.number}" not in imani


@pytest.mark.parametrize("page", ["/rules", "/practice", "/account/2fa/"])
def test_who_reads_rules_or_practice_does_not_work_on_leads_now(
    arrive: Arrive, browser: Callable[[str], Client], page: str
) -> None:
    lead, mei = arrive(FAMILY), browser("mei")
    clock.move(timedelta(minutes=31))
    assert mei.get(page, follow=True).status_code == 200
    jobs.sweep()
    assert owner(lead) == "front_desk_madison"
    mei.get(f"/leads/L-{lead.number}")
    jobs.sweep()
    assert Lease.objects.filter(kind=desk.PRESENT).count() == 1


def test_the_one_with_the_fewest_open_leads_has_it(arrive: Arrive, staff: Staff, routing: Callable[..., None]) -> None:
    busy, lead = arrive(OTHER), arrive(FAMILY)
    verbs.take(busy, staff("mei"), actor=SYSTEM)
    User.objects.get(email=staff("mei").email).queues.add(*staff("dana").queues.all())
    later(31, staff("mei"), staff("dana"))
    assert owner(lead) == "dana"


def test_nobody_there_leaves_it_in_its_queue_or_goes_up(
    arrive: Arrive, staff: Staff, routing: Callable[..., None]
) -> None:
    lead = arrive(FAMILY)
    later(31)
    assert owner(lead) == "front_desk_madison"
    assert Task.objects.get(lead=lead, status="open").breached_at is not None
    routing(escalation_queue="partners")
    other = arrive(OTHER)
    later(31)
    assert owner(other) == "partners"
    assert "nobody was present" in other.owner_reason


def test_whoever_is_away_or_left_their_desk_is_given_nothing(arrive: Arrive, staff: Staff) -> None:
    lead = arrive(FAMILY)
    desk.seen(staff("dana"))
    desk.go_away(staff("dana"), actor=SYSTEM)
    later(31, staff("dana"))
    assert owner(lead) == "front_desk_madison"
    desk.come_back(staff("dana"), actor=SYSTEM)
    other = arrive(OTHER)
    desk.seen(staff("dana"))
    later(31)
    assert owner(other) == "front_desk_madison", "seen half an hour ago is not here"


def test_a_red_flag_goes_only_to_somebody_who_may_judge_it(arrive: Arrive, staff: Staff) -> None:
    lead = arrive(RED_FLAG)
    later(16, staff("dana"), staff("mei"))
    assert owner(lead) == "clinical_review"
    second = arrive(but(RED_FLAG, patient__first_name="Emeric", contact__name="Emeric Zablocki",
                        contact__phone="+16085550133", contact__email="emeric@example.org"))  # fmt: skip
    later(16, staff("dana"), staff("anna"))
    assert owner(second) == "anna"


def test_a_lead_that_somebody_has_open_is_left_to_them(arrive: Arrive, staff: Staff) -> None:
    lead = arrive(FAMILY)
    clock.move(timedelta(minutes=25))
    verbs.open_lease(lead, staff("mei"))
    later(6, staff("dana"))
    assert owner(lead) == "front_desk_madison"
    later(15, staff("dana"))
    assert owner(lead) == "dana", "the lease has lapsed and nobody has called"


def test_a_due_time_that_was_agreed_is_the_clock(arrive: Arrive, staff: Staff) -> None:
    lead = arrive(FAMILY)
    agreed = clock.now() + timedelta(hours=3)
    verbs.finish(
        Task.objects.select_related("lead").get(lead=lead, status="open"), staff("dana"), actor=SYSTEM,
        result="reached_callback_set", again_at=agreed,
    )  # fmt: skip
    later(170, staff("mei"))
    assert owner(lead) == "front_desk_madison"
    later(11, staff("mei"))
    assert owner(lead) == "mei"


def test_a_person_outrules_the_machine_afterwards(arrive: Arrive, staff: Staff) -> None:
    lead = arrive(FAMILY)
    later(31, staff("dana"))
    verbs.hand_over(lead, staff("dana"), actor=SYSTEM, reason="knows them", user=staff("mei"))
    later(29, staff("dana"))
    assert owner(lead) == "mei", "who was handed it has the clock's time to come"
    later(2, staff("dana"))
    assert owner(lead) == "dana"


def test_a_route_may_give_leads_to_its_people_in_turn(
    arrive: Arrive, staff: Staff, routing: Callable[..., None]
) -> None:
    routing(routes=[{"site": "madison", "queue": "front_desk_madison", "assign": "balance"}])
    mei = User.objects.get(email=staff("mei").email)
    mei.queues.add(*staff("dana").queues.all())
    desk.seen(staff("dana"))
    desk.seen(mei)
    owners = [owner(arrive(family(n))) for n in range(10, 16)]
    assert sorted(owners) == ["dana"] * 3 + ["mei"] * 3
    lead = Lead.objects.latest("number")
    assert "fewest open leads" in lead.owner_reason
    clock.move(timedelta(minutes=30))
    assert owner(arrive(family(17))) == "front_desk_madison", "nobody is there any more"


@pytest.mark.parametrize(
    ("route", "body"),
    [
        ({"programs": ["early_language"]}, FAMILY),
        ({"payers": ["northfield_health"]}, FAMILY),
        ({"languages": ["Spanish"]}, but(FAMILY, patient__language="Spanish")),
        ({"lead_kinds": ["organization"], "urgent": False}, ORGANIZATION),
    ],
)
def test_routes_look_at_program_payer_language_and_kind(
    route: dict[str, Any], body: Any, arrive: Arrive, routing: Callable[..., None]
) -> None:
    routing(routes=[{**route, "queue": "partners"}])
    lead = arrive(body)
    assert owner(lead) == "partners"
    assert lead.owner_reason.startswith("Route: ")


def test_what_somebody_had_in_hand_returns_when_they_leave(arrive: Arrive, staff: Staff) -> None:
    taken, given = arrive(FAMILY), arrive(OTHER)
    verbs.take(taken, staff("dana"), actor=SYSTEM)
    later(31, staff("dana"))
    assert (owner(taken), owner(given)) == ("dana", "dana")
    changing.disable_member(user_id=staff("dana").id, by=staff("ruth"), actor=SYSTEM)
    assert (owner(taken), owner(given)) == ("front_desk_madison", "front_desk_madison")
    assert Event.objects.filter(name="owner_left").count() == 2
    assert not Task.objects.filter(owner_user=staff("dana"), status="open").exists()


def test_what_is_open_on_a_lead_they_closed_returns_too(arrive: Arrive, staff: Staff) -> None:
    lead, later_on = arrive(FAMILY), arrive(OTHER)
    for each in (lead, later_on):
        verbs.take(each, staff("dana"), actor=SYSTEM)
        verbs.close(each, staff("dana"), actor=SYSTEM, how="unable_to_reach", reason="Nobody answers")
    call = Task.objects.filter(lead=lead).latest("made_at")
    Task.objects.filter(id=call.id).update(status="open", ended_at=None, owner_user=staff("dana"), owner_queue=None)
    changing.disable_member(user_id=staff("dana").id, by=staff("ruth"), actor=SYSTEM)
    assert (owner(lead), owner(later_on)) == ("front_desk_madison", "front_desk_madison")
    call.refresh_from_db()
    assert (call.owner_user, call.owner_queue and call.owner_queue.slug) == (None, "front_desk_madison")


def test_being_there_is_written_once_a_minute_and_by_pages_and_polls(
    staff: Staff, browser: Callable[[str], Client]
) -> None:
    window = browser("dana")
    window.get("/changes?since=0")
    there = Lease.objects.get(kind=desk.PRESENT, subject=staff("dana").id)
    clock.move(timedelta(seconds=30))
    window.get("/changes?since=0")
    assert Lease.objects.get(kind=desk.PRESENT, subject=staff("dana").id).until == there.until
    clock.move(timedelta(seconds=31))
    window.get("/today")
    assert Lease.objects.get(kind=desk.PRESENT, subject=staff("dana").id).until > there.until
    assert window.post("/account/away").status_code == 303
    assert desk.is_away(staff("dana"), now=clock.now())
    assert "I am back" in window.get("/account/2fa/").content.decode()


def test_whoever_comes_after_it_broke_is_given_it(
    arrive: Arrive, staff: Staff, browser: Callable[[str], Client]
) -> None:
    lead = arrive(FAMILY)
    later(31)
    later(40)
    assert owner(lead) == "front_desk_madison", "nobody was there"
    later(1, staff("dana"))
    assert owner(lead) == "dana", "whoever comes is given it at once"
    page = browser("dana").get(f"/leads/L-{lead.number}").content.decode()
    assert "Clock broken, given to you at 11:12 am" in page, "when it was given on, not when it broke"
    given = lead.assigned_at
    later(11, staff("dana"), staff("anna"))
    owner(lead)
    assert lead.assigned_at == given, "it is given on once while whoever has it is there"


def test_a_red_flag_waits_for_the_first_clinician_who_comes(arrive: Arrive, staff: Staff) -> None:
    lead = arrive(RED_FLAG)
    later(20, staff("dana"))
    assert owner(lead) == "clinical_review"
    later(11, staff("anna"))
    assert owner(lead) == "anna"


def test_nobody_is_given_more_than_fits_in_one_hand(
    arrive: Arrive, staff: Staff, routing: Callable[..., None]
) -> None:
    routing(most_in_hand=3)
    leads = [arrive(family(n)) for n in range(20, 26)]
    later(125, staff("dana"))
    assert sorted(owner(lead) for lead in leads) == ["dana"] * 3 + ["front_desk_madison"] * 3
    flagged = arrive(but(RED_FLAG, patient__first_name="Emeric", contact__phone="+16085550133"))
    User.objects.get(email=staff("anna").email)
    later(16, staff("anna"))
    assert owner(flagged) == "anna"
    later(11, staff("mei"), staff("dana"))
    owners = [owner(lead) for lead in leads]
    assert owners.count("mei") == 3 and owners.count("dana") <= 3
