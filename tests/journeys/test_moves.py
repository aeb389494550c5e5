"""A lead moves to the site of the program that fits, and to another setting; its queue, owner and clocks move along."""

from __future__ import annotations

import html
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest
from django.test import Client
from tests.people import FAMILY, TUESDAY, but, surgeon

from firstvisit.journey import placing, undo, verbs
from firstvisit.journey.queries import explanation
from firstvisit.journey.verify import verify
from firstvisit.kernel.audit import SYSTEM
from firstvisit.kernel.errors import BadInput
from firstvisit.leads import scope
from firstvisit.leads.models import DecisionRow, Lead, Task
from firstvisit.practice import services
from firstvisit.practice.files import SAMPLE, read_folder
from firstvisit.practice.models import User

pytestmark = pytest.mark.django_db
Arrive = Callable[[Any], Lead]
Staff = Callable[[str], User]
SUN_PRAIRIE = "53590"
TENDON = but(
    surgeon(TUESDAY.date()), program="hand_therapy", discipline=["OT"], diagnoses=["S66.120A"],
    concern="Zone II flexor tendon repair", patient__postal_code=SUN_PRAIRIE,
)  # fmt: skip
"""Asked for at the site next door, which does not have the program that fits."""
ON_STAIRS = but(
    surgeon(TUESDAY.date()), diagnoses=[], events=[], concern="She wants to be safe on the stairs",
    patient__postal_code="53713",
)  # fmt: skip
SERVES = {"home_safety": ["OT"], "orthopedic": ["PT"]}
AT_HOME = but(FAMILY, setting="home")


def lies_next_door(area: float) -> None:
    """The second site lies eleven miles from the first, which serves homes within so many miles."""
    files = read_folder(SAMPLE)
    home, other = files.sites
    near = other.model_copy(update={"latitude": 43.1836, "longitude": -89.2137, "area_miles": 30.0})
    services.load(replace(files, sites=(home.model_copy(update={"area_miles": area}), near)), by="tests")


@pytest.fixture
def next_door(practice: Any, tuesday: datetime) -> None:
    """Two sites near each other, each with a queue and a zone of its own."""
    lies_next_door(area=40.0)


@pytest.fixture(autouse=True)
def _morning(tuesday: datetime) -> None:
    """All of it happens on a Tuesday at ten."""


def open_tasks(lead: Lead) -> dict[str, Task]:
    return {t.kind: t for t in Task.objects.select_related("owner_queue").filter(lead=lead, status="open")}


def page(client: Client, lead: Lead) -> str:
    return html.unescape(client.get(f"/leads/L-{lead.number}").content.decode())


def agrees(lead: Lead, by: User, offer: str = "offer_other_program") -> Lead:
    verbs.finish(open_tasks(lead)[offer], by, actor=SYSTEM, result="reached_agreed", words="Yes")
    lead.refresh_from_db()
    return lead


def test_whoever_agrees_to_a_program_next_door_is_that_site_s_lead(
    next_door: None, arrive: Arrive, staff: Staff, browser: Callable[[str], Client]
) -> None:
    lead = arrive(TENDON)
    assert (lead.site, lead.outcome) == ("marquette", "route_other_location_or_program")
    assert "at Cedar Street Therapy Madison fits" in open_tasks(lead)["offer_other_program"].reason
    verbs.take(lead, staff("reggie"), actor=SYSTEM)
    lead = agrees(lead, staff("reggie"))
    call = open_tasks(lead)["call_to_book"]
    assert (lead.site, lead.facts.site, call.site) == ("madison",) * 3
    assert lead.owner_queue is not None and lead.owner_queue.slug == "front_desk_madison"
    assert lead.route_queue_id == lead.owner_queue_id == call.owner_queue_id
    assert lead.facts.in_area is True, "they live in the area of ours and come to another of ours"
    assert (lead.outcome, call.minutes) == ("book_now", 15)
    shown = page(browser("dana"), lead)
    assert "Cedar Street Therapy Madison, moved from Cedar Street Therapy Marquette" in shown
    assert "moved from Cedar Street Therapy Marquette to Cedar Street Therapy Madison" in shown
    assert not scope.leads_for(staff("reggie")).filter(id=lead.id).exists()
    assert [verify(row) for row in DecisionRow.objects.filter(lead=lead)] == [[], []]


def test_what_arrives_later_moves_it_neither_back_nor_away(next_door: None, arrive: Arrive, staff: Staff) -> None:
    lead = agrees(arrive(TENDON), staff("reggie"))
    assert arrive(but(TENDON, concern="When will you see him?")).id == lead.id
    lead.refresh_from_db()
    assert (lead.site, lead.facts.program, lead.outcome) == ("madison", "hand_tendon_repair", "book_now")


def test_an_owner_of_both_sites_keeps_the_lead(next_door: None, arrive: Arrive, staff: Staff) -> None:
    lead = arrive(TENDON)
    verbs.take(lead, staff("mei"), actor=SYSTEM)
    assert agrees(lead, staff("mei")).owner_user_id == staff("mei").id


def test_undone_it_is_back_at_its_site_with_its_owner(
    next_door: None, arrive: Arrive, staff: Staff, browser: Callable[[str], Client]
) -> None:
    lead, reggie = arrive(TENDON), browser("reggie")
    verbs.take(lead, staff("reggie"), actor=SYSTEM)
    said = {"program": "hand_tendon_repair", "reason": "tendon"}
    assert "Hand: flexor and extensor tendon repair, at Cedar Street Therapy Madison</option>" in page(reggie, lead)
    gone = reggie.post(f"/leads/L-{lead.number}/program", said)
    lead.refresh_from_db()
    assert (gone.status_code, lead.site) == (303, "madison")
    assert gone["Location"].startswith("/today?done="), "it left their hands, and can be taken back there"
    step = gone["Location"].partition("=")[2]
    undo.undo(step, staff("reggie"), actor=SYSTEM)
    lead.refresh_from_db()
    assert (lead.site, lead.facts.site, lead.facts.program) == ("marquette", "marquette", "hand_therapy")
    assert lead.owner_user_id == staff("reggie").id
    assert open_tasks(lead)["offer_other_program"].site == "marquette"


@pytest.mark.parametrize(
    ("program", "setting", "kind", "words"),
    [
        ("home_safety", "telehealth", "offer_home_visits", "Offer visits at home instead"),
        ("home_safety", "clinic", "offer_home_visits", "Offer visits at home instead"),
        ("orthopedic", "school", "offer_clinic", "Offer visits in the clinic instead"),
    ],
)
def test_another_setting_of_what_they_asked_for_is_offered_by_its_name(
    arrive: Arrive, browser: Callable[[str], Client], program: str, setting: str, kind: str, words: str
) -> None:
    lead = arrive(but(ON_STAIRS, program=program, setting=setting, discipline=SERVES[program]))
    assert lead.outcome == "route_other_location_or_program"
    assert kind in open_tasks(lead)
    assert words in page(browser("dana"), lead) and "Offer the other setting" not in page(browser("dana"), lead)


def test_nobody_is_offered_visits_at_home_beyond_the_area_for_them(arrive: Arrive) -> None:
    far = but(ON_STAIRS, program="home_safety", setting="clinic", discipline=["OT"], patient__postal_code="53901")
    assert "offer_home_visits" not in open_tasks(arrive(far))


def test_where_a_person_decides_that_something_else_fits_and_no_rule_knows_what_nothing_is_named(
    arrive: Arrive, staff: Staff, browser: Callable[[str], Client]
) -> None:
    lead = arrive(FAMILY)
    said = {"outcome": "route_other_location_or_program", "reason": "voice, not language"}
    verbs.overrule(lead, staff("dana"), actor=SYSTEM, **said)
    task = open_tasks(lead)["say_what_fits"]
    assert "choose it, then withdraw the overruling" in task.reason
    shown = page(browser("dana"), lead)
    assert "Say what of ours to offer" in shown and "Offer the other" not in shown
    verbs.choose_program(lead, staff("dana"), actor=SYSTEM, program="speech_language", reason="they agreed")
    verbs.withdraw_overruling(lead, staff("dana"), actor=SYSTEM)
    assert not {"say_what_fits", "offer_other_program"} & set(open_tasks(lead))


def test_a_program_asked_at_home_fits_in_the_clinic_once_they_agree(
    arrive: Arrive, staff: Staff, browser: Callable[[str], Client]
) -> None:
    lead = arrive(AT_HOME)
    assert lead.outcome == "route_other_location_or_program"
    assert "in the clinic fits" in open_tasks(lead)["offer_clinic"].reason
    assert "Offer visits in the clinic instead" in page(browser("dana"), lead)
    assert "outside the program" not in page(browser("dana"), lead), "its age fits, and the setting is said already"
    lead = agrees(lead, staff("dana"), "offer_clinic")
    assert (lead.facts.setting, lead.outcome) == ("clinic", "book_now")
    shown = page(browser("dana"), lead)
    assert "in the clinic, asked for at home" in shown
    assert "Setting changed: in the clinic" in shown


def test_a_change_of_setting_is_decided_again_said_and_undoable(
    arrive: Arrive, staff: Staff, browser: Callable[[str], Client]
) -> None:
    lead, dana = arrive(FAMILY), browser("dana")
    shown = page(dana, lead)
    assert "Change the setting" in shown
    changed = {"setting": "home", "reason": "Grandmother cannot drive"}
    after = dana.post(f"/leads/L-{lead.number}/setting", changed)
    lead.refresh_from_db()
    assert (lead.facts.setting, lead.outcome) == ("home", "route_other_location_or_program")
    assert "Setting changed: at home" in page(dana, lead)
    assert dana.post(f"/leads/L-{lead.number}/setting", changed).status_code == 303, "pressed twice is pressed once"
    dana.post(f"/undo/{after['Location'].partition('=')[2]}")
    lead.refresh_from_db()
    assert (lead.facts.setting, lead.outcome) == (None, "book_now")
    assert explanation(lead)["reasons"], "judged again"


@pytest.mark.parametrize("setting", ["", "moon"])
def test_no_setting_is_no_change(arrive: Arrive, browser: Callable[[str], Client], setting: str) -> None:
    lead, dana = arrive(FAMILY), browser("dana")
    wrong = dana.post(f"/leads/L-{lead.number}/setting", {"setting": setting, "reason": "because"})
    assert wrong.status_code == 422
    assert "Choose where the visits are to be." in html.unescape(wrong.content.decode())


def test_without_a_reason_or_the_right_nothing_changes(
    arrive: Arrive, staff: Staff, browser: Callable[[str], Client]
) -> None:
    lead = arrive(FAMILY)
    with pytest.raises(BadInput, match="Say why"):
        verbs.change_setting(lead, staff("dana"), actor=SYSTEM, setting="home", reason=" ")
    refused = browser("auditor").post(f"/leads/L-{lead.number}/setting", {"setting": "home", "reason": "x"})
    assert refused.status_code == 404
    lead.refresh_from_db()
    assert lead.facts.setting is None


def test_whoever_changes_their_mind_goes_back_to_where_they_live(
    next_door: None, arrive: Arrive, staff: Staff, browser: Callable[[str], Client]
) -> None:
    lead = agrees(arrive(TENDON), staff("reggie"))
    assert "Falls, gait, older adults, at Cedar Street Therapy Marquette</option>" in page(browser("mei"), lead)
    verbs.choose_program(lead, staff("mei"), actor=SYSTEM, program="fall_prevention", reason="The surgeon says so")
    lead.refresh_from_db()
    assert (lead.site, lead.facts.program) == ("marquette", "fall_prevention")
    assert lead.owner_queue is not None and lead.owner_queue.slug == "front_desk_marquette"


def test_the_choices_of_a_lead_cost_the_same_however_many_programs_there_are(
    arrive: Arrive, staff: Staff, django_assert_max_num_queries: Any
) -> None:
    lead = arrive(FAMILY)
    with django_assert_max_num_queries(12):
        assert len(placing.choices(lead, now=TUESDAY)) > 1


def test_beside_a_task_for_somebody_else_the_family_s_phone_does_not_stand(
    arrive: Arrive, browser: Callable[[str], Client]
) -> None:
    lead, dana = arrive(surgeon(TUESDAY.date())), browser("dana")
    phone = "(608) 555-0"
    first = Task.objects.get(lead=lead, status="open", kind="call_to_book")
    assert phone in dana.get("/today").content.decode()
    dana.post(f"/tasks/{first.id}/done", {"result": "reached_booked"})
    rows = dana.get("/today").content.decode().split('class="row"')
    [told] = [row for row in rows if "Call or fax whoever referred" in row]
    assert phone not in told


def test_whoever_lives_beyond_the_other_site_s_area_and_agrees_to_come_is_outside_of_none(
    next_door: None, arrive: Arrive, staff: Staff
) -> None:
    lies_next_door(area=20.0)
    lead = arrive(but(TENDON, patient__postal_code="53925"))
    assert (lead.site, lead.facts.in_area) == ("marquette", True)
    lead = agrees(lead, staff("reggie"))
    assert (lead.site, lead.facts.miles, lead.facts.in_area, lead.outcome) == ("madison", 25, True, "book_now")


MARQUETTE = "49855"


def test_a_program_that_only_our_far_site_has_is_named_and_can_be_chosen_with_its_way(
    arrive: Arrive, browser: Callable[[str], Client]
) -> None:
    lead = arrive(but(TENDON, patient__postal_code=MARQUETTE))
    assert (lead.site, lead.outcome) == ("marquette", "person_looks")
    reggie, choice = browser("reggie"), "Hand: flexor and extensor tendon repair, at Cedar Street Therapy Madison, "
    shown = page(reggie, lead)
    assert f"Ours too: {choice}" in shown and "miles from their home; ask whether they would come" in shown
    assert "No place is known" not in shown
    assert "miles from their home: ask whether they would come</option>" in shown
    reggie.post(f"/leads/L-{lead.number}/program", {"program": "hand_tendon_repair", "reason": "They will drive"})
    lead.refresh_from_db()
    assert (lead.site, lead.facts.program, lead.facts.in_area) == ("madison", "hand_tendon_repair", True)
    assert lead.outcome in ("book_now", "book_pending_docs")
    assert [verify(row) for row in DecisionRow.objects.filter(lead=lead)] == [[], []]


def test_who_lives_by_one_site_and_asks_for_what_only_the_other_has_may_come_there(
    arrive: Arrive, staff: Staff
) -> None:
    lead = arrive(but(FAMILY, program="pelvic_health", discipline=["PT"], patient__postal_code=MARQUETTE,
                      patient__date_of_birth="1980-05-02"))  # fmt: skip
    reasons = [text["text"] for text in DecisionRow.objects.get(lead=lead).reasons]
    assert any(text.startswith("Ours too: Pelvic health, at Cedar Street Therapy Madison, ") for text in reasons)
    verbs.choose_program(lead, staff("mei"), actor=SYSTEM, program="pelvic_health", reason="They will drive")
    lead.refresh_from_db()
    assert (lead.site, lead.facts.in_area) == ("madison", True)
    assert lead.outcome not in ("refer_out", "person_looks")


def test_a_tab_that_is_older_than_a_changed_setting_does_not_change_it_without_a_word(
    arrive: Arrive, browser: Callable[[str], Client]
) -> None:
    lead, dana = arrive(FAMILY), browser("dana")
    was = lead.facts.setting or ""
    assert f'name="setting_was" value="{was}"' in page(dana, lead)
    said = {"reason": "they asked", "setting_was": was}
    address = f"/leads/L-{lead.number}/setting"
    assert dana.post(address, {**said, "setting": "telehealth"}).status_code == 303
    stale = dana.post(address, {**said, "setting": "home"})
    assert stale.status_code == 409 and "somebody changed the setting meanwhile" in stale.content.decode().lower()
    lead.refresh_from_db()
    assert Lead.objects.get(id=lead.id).facts.setting == "telehealth"
