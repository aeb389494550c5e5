"""From a captured payer to benefits, by the sandbox payer's habits: what is known, and what a person has to do."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from tests.payer import answering, ask_all
from tests.people import FAMILY, but, family

from firstvisit.config.demo.payer import SandboxPayer
from firstvisit.journey.advancing import advance_due
from firstvisit.journey.jobs import apply_revised
from firstvisit.journey.undo_reading import reading_of
from firstvisit.kernel import clock
from firstvisit.kernel.audit import SYSTEM
from firstvisit.kernel.seal import open_key
from firstvisit.leads.models import Event, Lead, LeadReferral, Task, UndoStep
from firstvisit.people import records
from firstvisit.people.models import PossibleMatch
from firstvisit.practice import queries
from firstvisit.practice import services as services_of_practice
from firstvisit.practice.changing import add_entry
from firstvisit.practice.models import User
from firstvisit.steps.coverage import services
from firstvisit.steps.coverage.models import Check, Insured

pytestmark = pytest.mark.django_db
Arrive = Callable[[Any], Lead]
COVERAGE = ("correct_coverage", "fix_enrollment", "ask_other_coverage", "explain_not_covered", "ask_referral",
            "verify_by_hand")


@pytest.fixture
def payer(settings: Any, tuesday: datetime) -> Iterator[SandboxPayer]:
    with answering(settings) as server:
        yield server


def with_card(member: str | None, **more: Any) -> Any:
    return but(FAMILY, payers=[{"name": "Northfield Health", "member_id": member, **more}])


def corrected(desk: Client, lead: Lead, **said: str) -> None:
    """On the page for what was stated."""
    address = f"/leads/L-{lead.number}/stated"
    [mark] = re.findall(r'name="mark" value="([^"]*)"', desk.get(address).content.decode())
    typed = {name.replace("__", "."): value for name, value in said.items()}
    assert desk.post(address, {"mark": mark, **typed}).status_code == 303


def checks(lead: Lead) -> list[Check]:
    return list(Check.objects.filter(lead=lead).order_by("wanted_at", "id"))


def tasks(lead: Lead) -> list[Task]:
    return list(Task.objects.filter(lead=lead, status="open", kind__in=COVERAGE))


def test_a_captured_payer_is_asked_and_a_clean_answer_needs_nobodys_hand(arrive: Arrive, payer: SandboxPayer) -> None:
    lead = arrive(FAMILY)
    (asked,) = checks(lead)
    assert (asked.status, asked.payer, asked.cause) == ("wanted", "northfield_health", "captured")
    assert asked.discipline == "SLP"
    ask_all()
    (asked,) = checks(lead)
    assert (asked.status, asked.finding, asked.active, asked.covered) == ("answered", "clean", True, True)
    assert tasks(lead) == []
    told = Event.objects.get(lead=lead, name="coverage_checked")
    assert told.data["finding"] == "clean"


def test_the_raw_reply_and_the_question_are_kept_and_name_nobody_in_the_clear(
    arrive: Arrive, payer: SandboxPayer
) -> None:
    lead = arrive(FAMILY)
    ask_all()
    (asked,) = checks(lead)
    assert asked.reply is not None and asked.request is not None
    for sealed in (bytes(asked.reply), bytes(asked.request)):
        assert b"Quisenberry" not in sealed and b"QUISENBERRY" not in sealed and b"NHQ" not in sealed
    key = open_key(LeadReferral.objects.select_related("key").get(lead=lead).key)
    reply = services.opened(asked, "reply", key)
    assert reply is not None and b"QUISENBERRY" in reply and asked.trace.encode() in reply
    assert services.opened(asked, "told", key) is None


@pytest.mark.parametrize(
    ("member", "finding", "kind"),
    [
        ("INACTIVE1", "inactive", "ask_other_coverage"),
        ("EXCLUDED1", "not_covered", "explain_not_covered"),
        ("SILENT1", "not_stated", "verify_by_hand"),
        ("CONTRADICTED1", "not_stated", "verify_by_hand"),
        ("AAA72C", "rejected", "correct_coverage"),
        ("AAA71C", "rejected", "correct_coverage"),
        ("AAA43C", "rejected", "fix_enrollment"),
        ("AAAT4C", "rejected", "fix_enrollment"),
        ("STRANGER1", "other_patient", "verify_by_hand"),
        ("CUT1", "not_understood", "verify_by_hand"),
        ("HTML1", "not_understood", "verify_by_hand"),
        ("EMPTY1", "not_understood", "verify_by_hand"),
        ("GARBAGE1", "not_understood", "verify_by_hand"),
        ("USEDUP1", "used_up", "explain_not_covered"), ("AAA62C", "rejected", "fix_enrollment"),
        ("ACK9991", "rejected", "fix_enrollment"),
        ("LIMIT1", "clean", None), ("POOLED1", "clean", None), ("ODD1", "clean", None), ("SEVERAL1", "clean", None),
        ("TWICE1", "clean", None), ("MANY1", "clean", None), ("AUTH1", "clean", None),
    ],
)  # fmt: skip
def test_each_habit_has_its_finding_and_its_one_task(
    arrive: Arrive, payer: SandboxPayer, member: str, finding: str, kind: str | None
) -> None:
    lead = arrive(with_card(member))
    ask_all()
    (asked,) = checks(lead)
    assert (asked.status, asked.finding) == ("answered", finding)
    assert [task.kind for task in tasks(lead)] == ([kind] if kind else [])
    if finding not in ("clean", "used_up"):
        assert asked.covered is not True


def test_a_corrected_field_asks_again_by_itself_and_the_task_goes(
    arrive: Arrive, payer: SandboxPayer, browser: Callable[[str], Client]
) -> None:
    lead = arrive(with_card("AAA72C"))
    ask_all()
    (task,) = tasks(lead)
    assert "72" in task.reason and "member id" in task.reason
    corrected(browser("dana"), lead, payers__0__member_id="NHQ-7731-55")
    assert tasks(lead) == []
    ask_all()
    assert [(c.finding, c.status) for c in checks(lead)] == [("rejected", "answered"), ("clean", "answered")]
    assert tasks(lead) == []


REFUSED_WHO = [
    ("AAA71C", "mother", "patient.date_of_birth", "2023-09-15"),
    ("AAA58C", "mother", "patient.date_of_birth", "2023-04-19"),
    ("AAA73C", "self", "patient.first_name", "Annabelle"),
    ("AAA73C", "self", "patient.last_name", "Quesenbury"),
]


@pytest.mark.parametrize(("member", "relationship", "path", "said"), REFUSED_WHO)
def test_who_the_patient_is_put_right_on_one_form_asks_again_by_itself_and_stays_one_lead(
    arrive: Arrive, payer: SandboxPayer, browser: Callable[[str], Client],
    member: str, relationship: str, path: str, said: str,
) -> None:  # fmt: skip
    own = {"contact__name": "Mirabelle Quisenberry", "contact__relationship": "self"} if relationship == "self" else {}
    holder = {"subscriber_name": "Mirabelle Quisenberry"} if own else {}
    lead, dana = arrive(but(with_card(member, **holder), **own)), browser("dana")
    ask_all()
    assert [task.kind for task in tasks(lead)] == ["correct_coverage"]
    address = f"/leads/L-{lead.number}/stated"
    assert f"{address}?field=patient." in dana.get(f"/leads/L-{lead.number}").content.decode()
    corrected(dana, lead, **{path.replace(".", "__"): said})
    assert tasks(lead) == []
    ask_all()
    first, second = checks(lead)
    assert (first.finding, second.finding) == ("rejected", "rejected"), "the sandbox refuses this member id always"
    key = open_key(LeadReferral.objects.select_related("key").get(lead=lead).key)
    asked = services.opened(second, "request", key) or b""
    assert said.encode() in asked and b'"dependent":null' in asked, "the patient holds the plan as before"
    assert Lead.objects.count() == 1 and Event.objects.filter(lead=lead, name="corrected").exists()
    lead.refresh_from_db()
    assert lead.patient is not None
    known = records.known(lead.patient).identity
    leaf = path.partition(".")[2]
    assert getattr(known, leaf) == said and leaf in dict(known.also_stated or ()), "the old one is kept beside"
    assert not Event.objects.filter(lead=lead, name="spoken").exists(), "nobody was called"
    again = FAMILY["patient"] | {leaf: said}
    assert arrive(but(with_card(member), patient=again, **own)).id == lead.id, "they are known by it from now on"


def test_putting_right_who_the_patient_is_can_be_undone(
    arrive: Arrive, payer: SandboxPayer, browser: Callable[[str], Client]
) -> None:
    lead, dana = arrive(with_card("AAA71C")), browser("dana")
    assert lead.patient is not None
    before = records.known(lead.patient).identity
    corrected(dana, lead, patient__date_of_birth="2023-09-15")
    step = UndoStep.objects.get(lead=lead)
    assert dana.post(f"/undo/{step.id}").status_code in (200, 204, 302, 303)
    lead.refresh_from_db()
    assert records.known(lead.patient).identity == before
    assert reading_of(lead).patient.date_of_birth == date(2023, 9, 14)


def test_a_date_put_right_to_that_of_somebody_known_asks_whether_they_are_one_and_the_lead_stays(
    arrive: Arrive, payer: SandboxPayer, browser: Callable[[str], Client]
) -> None:
    others = {"name": "Ferenc Quisenberry", "relationship": "father", "phone": "+16085550177"}
    known = arrive(but(FAMILY, patient__date_of_birth="2019-03-02", contact=others, payers=[], consents=[]))
    lead = arrive(with_card("AAA71C"))
    assert known.patient_id != lead.patient_id and not PossibleMatch.objects.exists()
    corrected(browser("dana"), lead, patient__date_of_birth="2019-03-02")
    pair = PossibleMatch.objects.get(status="open")
    assert {pair.known_id, pair.newcomer_id} == {known.patient_id, lead.patient_id}
    ask_all()
    lead.refresh_from_db()
    assert lead.closed_at is None and [c.status for c in checks(lead)] == ["withdrawn", "answered"]


def test_a_name_is_put_right_and_not_taken_out(
    arrive: Arrive, payer: SandboxPayer, browser: Callable[[str], Client]
) -> None:
    lead, dana = arrive(FAMILY), browser("dana")
    address = f"/leads/L-{lead.number}/stated"
    [mark] = re.findall(r'name="mark" value="([^"]*)"', dana.get(address).content.decode())
    assert dana.post(address, {"mark": mark, "patient.last_name": ""}).status_code == 422
    assert reading_of(lead).patient.last_name == "Quisenberry"


def test_a_birth_date_corrected_on_the_leads_own_call_card_joins_it(
    arrive: Arrive, payer: SandboxPayer, browser: Callable[[str], Client]
) -> None:
    lead, dana = arrive(with_card("AAA71C")), browser("dana")
    ask_all()
    card = dana.post("/call/start", {"lead": f"L-{lead.number}"}).headers["Location"]
    dana.post(f"{card}/answer", {"birth_date": "09/15/2023"})
    assert f"L-{lead.number}</b> is joined at the end" in dana.get(card).content.decode()
    assert dana.post(f"{card}/end", {"result": "told"}).status_code in (200, 303)
    ask_all()
    assert Lead.objects.count() == 1 and len(checks(lead)) == 2
    assert not PossibleMatch.objects.exists()


def test_a_call_card_says_before_the_end_that_by_another_first_name_it_joins_nothing(
    arrive: Arrive, payer: SandboxPayer, browser: Callable[[str], Client]
) -> None:
    lead, dana = arrive(FAMILY), browser("dana")
    card = dana.post("/call/start", {"lead": f"L-{lead.number}"}).headers["Location"]
    dana.post(f"{card}/answer", {"first_name": "Theodora"})
    assert f"L-{lead.number}</b> is not joined" in dana.get(card).content.decode()


def test_a_corrected_name_of_the_contact_asks_nobody_anything(
    arrive: Arrive, payer: SandboxPayer, browser: Callable[[str], Client]
) -> None:
    lead = arrive(FAMILY)
    ask_all()
    corrected(browser("dana"), lead, contact__preferred_method="phone")
    ask_all()
    assert len(checks(lead)) == 1


def test_a_member_id_that_comes_later_is_asked_with_at_once(arrive: Arrive, payer: SandboxPayer) -> None:
    lead = arrive(with_card(None))
    assert checks(lead) == []
    assert list(Insured.objects.get(lead=lead).missing) == ["payers.0.member_id"]
    arrive(FAMILY)
    ask_all()
    assert [c.finding for c in checks(lead)] == ["clean"]


def test_a_patient_who_pays_in_full_and_asked_us_not_to_tell_the_plan_is_never_asked_about(
    arrive: Arrive, payer: SandboxPayer
) -> None:
    lead = arrive(but(FAMILY, withhold_from_plan=True))
    ask_all()
    assert checks(lead) == []


def test_a_wish_that_comes_before_the_question_was_asked_withdraws_it_until_it_is_taken_back(
    arrive: Arrive, payer: SandboxPayer, browser: Callable[[str], Client]
) -> None:
    lead = arrive(FAMILY)
    arrive(but(FAMILY, withhold_from_plan=True))
    ask_all()
    assert [c.status for c in checks(lead)] == ["withdrawn"]
    corrected(browser("dana"), lead, withhold_from_plan="no")
    ask_all()
    assert [(c.status, c.finding) for c in checks(lead)] == [("answered", "clean")]


def test_two_therapies_are_two_questions_and_two_plans_are_asked(arrive: Arrive, payer: SandboxPayer) -> None:
    both = [{"name": "Northfield Health", "member_id": "A1"}, {"name": "BadgerCare Plus", "member_id": "0123456789"}]
    lead = arrive(but(FAMILY, discipline=["SLP", "OT"], payers=both))
    ask_all()
    assert sorted((c.rank, c.discipline, c.finding) for c in checks(lead)) == [
        (0, "OT", "clean"), (0, "SLP", "clean"), (1, "OT", "clean"), (1, "SLP", "clean"),
    ]  # fmt: skip


def test_what_the_payer_says_of_authorization_is_a_fact_for_the_plan(arrive: Arrive, payer: SandboxPayer) -> None:
    lead = arrive(but(with_card("AUTH1"), payers=[{"name": "Michigan Medicaid", "member_id": "AUTH1"}]))
    assert lead.outcome != "need_auth_first"
    ask_all()
    lead.refresh_from_db()
    assert lead.outcome == "need_auth_first"
    assert [blocker[0] for blocker in lead.blockers] == ["authorization"]


def test_a_payer_that_is_down_is_asked_again_with_pauses_and_after_a_day_a_person_does(
    arrive: Arrive, payer: SandboxPayer
) -> None:
    lead, pauses = arrive(with_card("FAULT500")), []
    for _ in range(40):
        ask_all()
        asked = checks(lead)[0]
        if asked.status != "wanted":
            break
        assert asked.again_at > clock.now()
        pauses.append(asked.again_at - clock.now())
        clock.move(asked.again_at - clock.now() + timedelta(seconds=1))
    assert (asked.status, asked.finding) == ("failed", "down")
    assert 5 < asked.tries < 20 and pauses[0] < timedelta(minutes=4) < max(pauses)
    assert [task.kind for task in tasks(lead)] == ["verify_by_hand"]


def test_a_payer_that_comes_back_is_asked_and_nothing_was_lost(arrive: Arrive, payer: SandboxPayer) -> None:
    leads = [arrive(but(with_card(f"BUSY503-{n}"), patient__first_name=name)) for n, name in enumerate(("Ida", "Ona"))]
    ask_all()
    clock.move(timedelta(minutes=10))
    ask_all()
    assert {c.finding for lead in leads for c in checks(lead)} == {"clean"}


def test_a_refusal_of_the_payers_own_system_is_repeated_by_machine_and_asks_nobody(
    arrive: Arrive, payer: SandboxPayer
) -> None:
    lead = arrive(with_card("AAA42R"))
    ask_all()
    (asked,) = checks(lead)
    assert (asked.status, asked.finding, asked.tries) == ("wanted", "rejected", 1)
    assert tasks(lead) == []
    clock.move(timedelta(hours=25))
    ask_all()
    (asked,) = checks(lead)
    assert (asked.status, asked.finding) == ("answered", "down")
    assert [task.kind for task in tasks(lead)] == ["verify_by_hand"]


def test_a_question_that_a_dead_process_had_in_hand_is_asked_again(arrive: Arrive, payer: SandboxPayer) -> None:
    lead = arrive(FAMILY)
    Check.objects.filter(lead=lead).update(
        status="asked", asked_at=clock.now(), asked_until=clock.now() + timedelta(seconds=45)
    )
    ask_all()
    assert [c.status for c in checks(lead)] == ["asked"]
    clock.move(timedelta(seconds=46))
    ask_all()
    assert [(c.status, c.finding) for c in checks(lead)] == [("answered", "clean")]


def test_a_payer_without_its_connector_set_up_is_verified_by_a_person_and_says_what_is_missing(
    arrive: Arrive, tuesday: datetime, settings: Any
) -> None:
    settings.ENVIRONMENT = replace(settings.ENVIRONMENT, connectors={})
    lead = arrive(FAMILY)
    ask_all()
    (asked,) = checks(lead)
    assert asked.status == "failed" and "FIRSTVISIT_SANDBOX_PAYER_URL" in asked.why
    assert [task.kind for task in tasks(lead)] == ["verify_by_hand"]


@pytest.mark.parametrize("last", ["Coldos: de~Mar*", "Tresca^"])
def test_signs_that_x12_needs_for_itself_are_no_letters_of_a_name(
    arrive: Arrive, payer: SandboxPayer, last: str
) -> None:
    lead = arrive(but(FAMILY, patient__last_name=last))
    ask_all()
    assert [c.finding for c in checks(lead)] == ["clean"]


def test_a_member_id_that_no_card_has_is_a_persons_and_no_failure_of_the_payer(
    arrive: Arrive, payer: SandboxPayer
) -> None:
    lead = arrive(with_card("ACTIVE*5"))
    ask_all()
    (asked,) = checks(lead)
    assert (asked.status, asked.failed_at) == ("failed", None)
    (task,) = tasks(lead)
    assert task.kind == "verify_by_hand" and "member id" in task.reason


def test_after_a_day_without_an_answer_it_is_asked_again_by_night_and_the_task_goes(
    arrive: Arrive, settings: Any, tuesday: datetime
) -> None:
    with answering(settings) as first:
        address = first.server_address[1]
    lead = arrive(FAMILY)  # nobody is there
    for _ in range(30):
        ask_all()
        if checks(lead)[0].status == "failed":
            break
        clock.move(timedelta(hours=2))
    assert [task.kind for task in tasks(lead)] == ["verify_by_hand"]
    with answering(settings, port=address):
        clock.move(timedelta(days=1))
        advance_due(now=clock.now())
        ask_all()
    assert [(c.cause, c.finding) for c in checks(lead)] == [("captured", "down"), ("night", "clean")]
    assert tasks(lead) == []


def test_what_a_second_plan_does_not_pay_is_no_task_and_what_it_refuses_names_it(
    arrive: Arrive, payer: SandboxPayer
) -> None:
    for member, kinds in (("EXCLUDED9", []), ("AAA72C9", ["correct_coverage"])):
        two = [
            {"name": "Northfield Health", "member_id": "ACTIVE1"}, {"name": "BadgerCare Plus", "member_id": member},
        ]  # fmt: skip
        lead = arrive(but(FAMILY, payers=two, patient__first_name=f"Ada{member.lower()[:3]}"))
        ask_all()
        assert [task.kind for task in tasks(lead)] == kinds
        assert all(task.reason.startswith("Second plan") for task in tasks(lead))


def test_what_could_not_be_read_of_this_therapy_is_a_persons_to_read(arrive: Arrive, payer: SandboxPayer) -> None:
    lead = arrive(with_card("UNKNOWN1"))
    ask_all()
    (task,) = tasks(lead)
    assert task.kind == "verify_by_hand" and "could not be read" in task.reason


def test_a_plan_that_wants_a_referral_has_somebody_ask_for_it_once(arrive: Arrive, payer: SandboxPayer) -> None:
    lead = arrive(with_card("REFERRAL1"))
    ask_all()
    (asked,) = checks(lead)
    assert (asked.finding, asked.referral) == ("clean", True)
    (task,) = tasks(lead)
    assert task.kind == "ask_referral"
    assert "OKAFOR" not in task.reason.upper()


def test_in_a_new_month_it_is_asked_again_by_itself(arrive: Arrive, payer: SandboxPayer) -> None:
    lead = arrive(FAMILY)
    ask_all()
    clock.move(timedelta(days=8))
    advance_due(now=clock.now())
    ask_all()
    assert [c.cause for c in checks(lead)] == ["captured", "month"]
    assert checks(lead)[1].service_date.day == (clock.now() - timedelta(hours=6)).day


def test_a_payer_that_the_practice_lists_later_is_asked_then(
    arrive: Arrive, payer: SandboxPayer, staff: Callable[[str], User]
) -> None:
    lead = arrive(but(FAMILY, payers=[{"name": "Lakeland Mutual", "member_id": "A1"}]))
    ask_all()
    assert checks(lead) == []
    entry = {
        "slug": "lakeland", "name": "Lakeland Mutual", "kind": "commercial", "connector": "sandbox", "payer_id": "LM1",
        "in_network": "yes",
        "as_of": "2026-11-20", "source": "Card",
    }  # fmt: skip
    add_entry(collection="payers", values=entry, by=staff("mei"), actor=SYSTEM)
    apply_revised()
    ask_all()
    assert [(c.payer, c.finding) for c in checks(lead)] == [("lakeland", "clean")]


@pytest.fixture
def verification(staff: Callable[[str], User]) -> Callable[..., None]:
    """Signs other numbers of the section "verification"."""

    def sign(**rules: Any) -> None:
        sections = queries.policy().as_json()
        sections["verification"] |= rules
        services_of_practice.publish_policy(
            sections, note="other limits", drafted_by=staff("mei"), signed_by=staff("ruth")
        )
        queries.forget()

    return sign


def many(count: int, member: str = "NHQ") -> list[Any]:
    """As many families that nobody takes for one another, with cards that begin alike."""
    return [
        but(family(n), payers=[{"name": "Northfield Health", "member_id": f"{member}-{n}"}]) for n in range(count)
    ]


def test_of_one_payer_no_more_than_its_limit_are_under_way_and_none_is_left_out(
    arrive: Arrive, settings: Any, tuesday: datetime, verification: Callable[..., None]
) -> None:
    verification(at_once=3)
    with answering(settings, seconds=0.2) as slow:
        leads = [arrive(body) for body in many(8)]
        ask_all()
        assert slow.most_under_way == 3
    assert [c.finding for lead in leads for c in checks(lead)] == ["clean"] * 8


def test_a_payer_that_fails_in_a_row_rests_and_one_question_sees_whether_it_is_back(
    arrive: Arrive, payer: SandboxPayer, verification: Callable[..., None]
) -> None:
    verification(at_once=1, rest_after=3, rest_minutes=10)
    leads = [arrive(body) for body in many(6, "FAULT500")]
    ask_all()
    tried = [c for lead in leads for c in checks(lead) if c.tries]
    assert len(tried) == 3
    assert all(c.again_at > clock.now() for lead in leads for c in checks(lead))
    clock.move(timedelta(minutes=11))
    ask_all()
    assert sum(c.tries for lead in leads for c in checks(lead)) == 4


def test_while_one_payer_is_down_another_is_asked(arrive: Arrive, payer: SandboxPayer) -> None:
    for body in many(6, "FAULT500"):
        arrive(body)
    lead = arrive(but(FAMILY, payers=[{"name": "BadgerCare Plus", "member_id": "0123456789"}]))
    ask_all()
    assert [c.finding for c in checks(lead)] == ["clean"]
