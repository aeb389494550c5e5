"""A visit's end by a clinician's click, an export and a message: closed as evaluated once, or before a person."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import get_commands, load_command_class
from django.test import Client
from tests.people import FAMILY, TUESDAY, but, surgeon

from firstvisit.journey import jobs
from firstvisit.journey.advancing import advance
from firstvisit.journey.booking import ends
from firstvisit.journey.coverage.medicare import pays
from firstvisit.journey.loading import medicare_episodes
from firstvisit.kernel import clock, seal, writes
from firstvisit.kernel.audit import SYSTEM
from firstvisit.kernel.ids import new_id
from firstvisit.leads.models import Event, Lead, Task
from firstvisit.messages.models import Message
from firstvisit.people.finding import finders_of
from firstvisit.people.models import Person
from firstvisit.people.queries import identities
from firstvisit.steps.booking import claims
from firstvisit.steps.booking.ends import End
from firstvisit.steps.booking.models import Appointment
from firstvisit.steps.booking.tests.slots import WANT, resource, slot
from firstvisit.steps.intake.models import Item

pytestmark = pytest.mark.django_db
Arrive = Callable[[Any], Lead]
Move = Callable[[datetime], None]
DAY = TUESDAY + timedelta(days=1)
HEADINGS = "Visit ID,Patient Name,DOB,Visit Date,Visit Type,Status,Appointment ID\n"


@pytest.fixture
def lead(arrive: Arrive, tuesday: datetime) -> Lead:
    """A family whose visit was this Wednesday; it is Wednesday evening."""
    return arrive(FAMILY)


@pytest.fixture
def visit(lead: Lead, set_clock: Move) -> Appointment:
    row = claims.book(slot(DAY, resource("anna_lindqvist")), lead, WANT, made_by="desk", now=clock.now())
    advance([lead.id])
    set_clock(DAY + timedelta(hours=6))
    return row


def end(what: str = "evaluation_completed", on: date | None = None, **said: Any) -> End:
    whole = {"last_name": "Quisenberry", "first_name": "Mirabelle", "born": date(2023, 9, 14)} | said
    return End(what, on or DAY.date(), "77", "hl7", **whole)  # type: ignore[arg-type]


def took(told: End) -> str:
    return ends.take(told, actor=SYSTEM, now=clock.now()).how


def why(told: End) -> str:
    return ends.take(told, actor=SYSTEM, now=clock.now()).why


def test_a_clinicians_click_closes_the_lead_as_evaluated_and_the_desk_may_not(
    lead: Lead, visit: Appointment, browser: Callable[[str], Client]
) -> None:
    address = f"/leads/L-{lead.number}/ended"
    said = {"end": "evaluation_completed", "ended_on": str(DAY.date())}
    assert browser("dana").post(address, said).status_code == 404
    assert browser("priya").get(f"/leads/L-{lead.number}").status_code == 404, "nobody comes to her"
    anna = browser("anna")
    assert "Evaluation completed" in anna.get(f"/leads/L-{lead.number}").content.decode()
    wrong = anna.post(address, {"end": "evaluation_completed", "ended_on": "2027-01-01"})
    assert wrong.status_code == 422 and "still to come" in wrong.content.decode()
    for _ in range(2):
        assert anna.post(address, said).status_code == 303
    lead.refresh_from_db()
    visit.refresh_from_db()
    assert (lead.closed_how, visit.status) == ("evaluated", "completed")
    (event,) = Event.objects.filter(lead=lead, name="evaluation_completed")
    assert event.data == {"on": str(DAY.date()), "source": "click"} and event.subject_id == visit.id
    page = anna.get(f"/leads/L-{lead.number}").content.decode()
    assert "Plan of care sent" in page and "Discharged" in page
    assert anna.post(address, {"end": "discharged", "ended_on": str(DAY.date())}).status_code == 303
    assert Event.objects.filter(lead=lead, name="discharged").count() == 1


def test_whoever_referred_is_told_that_the_evaluation_has_taken_place(
    arrive: Arrive, set_clock: Move, tuesday: datetime, switched: Callable[..., None]
) -> None:
    switched(partner_status="do")
    found = arrive(but(surgeon(TUESDAY.date()), referrer__email="office@example.org", referrer__updates_by="email"))
    row = claims.book(slot(DAY, resource("anna_lindqvist")), found, WANT, made_by="desk", now=clock.now())
    advance([found.id])
    set_clock(DAY + timedelta(hours=6))
    assert took(End("evaluation_completed", DAY.date(), "1", "hl7", (str(row.id),))) == "noted"
    jobs.sweep()
    told = set(Message.objects.filter(lead=found, template="partner_status").values_list("key", flat=True))
    assert any(key.endswith("closed:evaluated") for key in told)


def test_who_came_and_was_evaluated_on_one_day_is_told_of_once(
    arrive: Arrive, set_clock: Move, tuesday: datetime, switched: Callable[..., None], browser: Callable[[str], Client]
) -> None:
    switched(partner_status="do")
    found = arrive(but(surgeon(TUESDAY.date()), referrer__email="office@example.org", referrer__updates_by="email"))
    row = claims.book(slot(DAY, resource("anna_lindqvist")), found, WANT, made_by="desk", now=clock.now())
    advance([found.id])
    set_clock(DAY)

    def told() -> set[str]:
        jobs.sweep()
        rows = Message.objects.filter(lead=found, template="partner_status").exclude(status="withdrawn")
        return {key.partition("partner_status:")[2].partition(":")[0] for key in rows.values_list("key", flat=True)}

    here = browser("anna").post(f"/leads/L-{found.number}/visit", {"do": "arrived", "visit": str(row.id)})
    assert here.status_code == 303 and told() == set(), "what follows today is worth more"
    set_clock(DAY + timedelta(hours=2))
    assert took(End("evaluation_completed", DAY.date(), "1", "hl7", (str(row.id),))) == "noted"
    assert told() == {"closed"}


def test_medicares_clocks_begin_with_what_an_emr_tells(arrive: Arrive, set_clock: Move, tuesday: datetime) -> None:
    found = arrive(surgeon(TUESDAY.date()))
    assert pays(found)
    row = claims.book(slot(DAY, resource("anna_lindqvist")), found, WANT, made_by="desk", now=clock.now())
    set_clock(DAY + timedelta(hours=6))
    assert took(End("evaluation_completed", DAY.date(), "1", "hl7", (str(row.id),))) == "noted"
    assert Task.objects.filter(lead=found, kind="send_plan", status="open").exists()
    assert took(End("plan_of_care_sent", DAY.date(), "2", "hl7", (str(row.id),))) == "noted"
    episode = medicare_episodes([found.id])[found.id]
    assert (episode.evaluated_on, episode.sent_on) == (DAY.date(), DAY.date())
    assert not Task.objects.filter(lead=found, kind="send_plan", status="open").exists()
    assert took(End("discharged", DAY.date(), "3", "hl7", (str(row.id),))) == "noted"
    assert medicare_episodes([found.id])[found.id].ended_on == DAY.date()


def test_the_same_end_twice_is_one_and_another_day_is_before_a_person(lead: Lead, visit: Appointment) -> None:
    assert took(end()) == "noted"
    assert took(end()) == took(end(numbers=(str(visit.id),))) == "known"
    assert Event.objects.filter(lead=lead, name="evaluation_completed").count() == 1
    assert took(end(on=TUESDAY.date())) in ("unsure", "nothing")


@pytest.mark.parametrize(
    ("changes", "how"),
    [
        ({"first_name": "Mirabel"}, "unsure"),
        ({"last_name": "Quisenbery"}, "unsure"),
        ({"born": date(2023, 9, 15)}, "unsure"),
        ({"born": date(1900, 1, 1)}, "unsure"),
        ({"born": date(1900, 1, 1), "on": TUESDAY.date()}, "nothing"),
        ({"born": date(1900, 1, 1), "first_name": "Otto"}, "nothing"),
        ({"first_name": "Otto", "last_name": "Hahn"}, "nothing"),
        ({"first_name": ""}, "unsure"),
        ({"on": TUESDAY.date()}, "unsure"),
        ({"on": TUESDAY.date() + timedelta(days=9)}, "unsure"),
        ({"signed": "unknown"}, "unsure"),
        ({"signed": "no"}, "nothing"),
        ({"besides": ("hearing",)}, "unsure"),
        ({"therapies": ("SLP",)}, "unsure"),
        ({"therapies": ("SLP", WANT.discipline)}, "noted"),
        ({"numbers": ("L-99999",)}, "noted"),
        ({"last_name": "QUISENBERRY", "first_name": "mirabelle"}, "noted"),
    ],
)
def test_nothing_closes_that_is_not_certain(
    lead: Lead, visit: Appointment, changes: dict[str, Any], how: str
) -> None:
    assert took(end(**changes)) == how
    lead.refresh_from_db()
    assert (lead.closed_at is not None) == (how == "noted")


def test_our_number_with_somebody_elses_name_is_before_a_person(lead: Lead, visit: Appointment) -> None:
    assert "somebody else" in why(end(numbers=(str(visit.id),), first_name="Otto"))
    assert "number alone" in why(end(numbers=(f"L-{lead.number}",), last_name="", first_name="", born=None))
    lead.refresh_from_db()
    assert lead.closed_at is None


def test_what_was_cancelled_here_is_before_a_person(lead: Lead, visit: Appointment) -> None:
    claims.cancel(visit, why="ill", now=clock.now())
    assert took(end(numbers=(str(visit.id),))) == took(end()) == "unsure"


def test_a_lead_that_was_closed_otherwise_stays_closed(
    lead: Lead, visit: Appointment, browser: Callable[[str], Client]
) -> None:
    dana = browser("dana")
    dana.post(f"/leads/L-{lead.number}/close", {"how": "patient_declined", "reason": "They called"})
    assert took(end(numbers=(str(visit.id),))) == "unsure"
    lead.refresh_from_db()
    assert lead.closed_how == "patient_declined"


def test_who_did_not_come_by_the_emr_is_called_within_minutes(lead: Lead, visit: Appointment) -> None:
    assert took(end("missed")) == "noted"
    task = Task.objects.get(lead=lead, kind="call_missed", status="open")
    assert timedelta(minutes=9) < task.due_at - clock.now() < timedelta(minutes=11)
    assert took(end("missed")) == "known"
    assert took(end("arrived")) == "noted", "whoever was called missed and came after all"
    assert not Task.objects.filter(lead=lead, kind="call_missed", status="open").exists()
    assert took(end("missed")) == "unsure"


def run(path: Path, *more: str) -> int:
    command = load_command_class(get_commands()["visits"], "visits")
    return int(command.run(command.create_parser("firstvisit", "visits").parse_args([str(path), *more])))


def test_an_export_is_taken_row_by_row_and_the_same_file_again_changes_nothing(
    lead: Lead, visit: Appointment, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    day = f"{DAY:%m/%d/%Y} 9:00 AM"
    file = tmp_path / "visits.csv"
    file.write_text(
        HEADINGS
        + f'77,"Quisenberry, Mirabelle",9/14/2023,{day},PT initial evaluation,Completed,\n'
        + f'78,"Quisenberry, Mirabell",9/14/2023,{day},PT initial evaluation,Completed,\n'
        + f'79,"Hahn, Otto",1/2/1950,{day},PT eval,Completed,\n'
        + f'80,"Quisenberry, Mirabelle",9/14/2023,{day},Treatment,Completed,\n'
        + '81,"Quisenberry, Mirabelle",9/14/2023,13/45/2026,PT eval,Completed,\n'
        + '82,"Hahn, Otto",1/2/1950,13/45/2026,PT eval,Completed,\n'
        + f'83,"Quisenberry, Mirabelle",9/14/20230,{day},PT eval,Completed,\n'
        + f'84,"Hahn, Otto",soon,{day},PT eval,Completed,\n'
    )
    assert run(file, "--dry-run") == 1
    lead.refresh_from_db()
    assert lead.closed_at is None and not Item.objects.filter(source="folder").exists()
    capsys.readouterr()
    assert run(file) == 1
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [(row["row"], row["became"]) for row in rows] == [
        (2, "noted"), (3, "unsure"), (4, "nothing"), (6, "unsure"), (7, "nothing"), (8, "unsure"), (9, "nothing"),
    ]  # fmt: skip
    assert rows[0]["lead"] == f"L-{lead.number}" and "Quisenberry" not in json.dumps(rows)
    lead.refresh_from_db()
    assert lead.closed_how == "evaluated"
    items = Item.objects.filter(source="folder").order_by("received_at", "id")
    reasons = [Task.objects.get(about_id=item.id, kind="confirm_item").reason for item in items]
    assert [reason.partition(": ")[2].partition(";")[0] for reason in reasons] == [
        "somebody here is called nearly so", "the day of the visit cannot be read", "the birth date cannot be read",
    ]  # fmt: skip
    assert run(file) == 1
    again = [json.loads(line)["became"] for line in capsys.readouterr().out.splitlines()]
    assert again == ["known", "unsure", "nothing", "unsure", "nothing", "unsure", "nothing"]
    assert Item.objects.filter(source="folder").count() == 3
    assert Event.objects.filter(lead=lead, name="evaluation_completed").count() == 1


def test_an_evaluation_noted_for_medicare_does_not_keep_the_click_from_closing(
    arrive: Arrive, set_clock: Move, tuesday: datetime, browser: Callable[[str], Client]
) -> None:
    found = arrive(surgeon(TUESDAY.date()))
    claims.book(slot(DAY, resource("anna_lindqvist")), found, WANT, made_by="desk", now=clock.now())
    set_clock(DAY + timedelta(hours=6))
    anna, address, day = browser("anna"), f"/leads/L-{found.number}", str(DAY.date())
    noted = anna.post(f"{address}/medicare", {"form": "noted", "what": "evaluation_completed", "on": day})
    assert noted.status_code == 303
    assert anna.post(f"{address}/ended", {"end": "evaluation_completed", "ended_on": day}).status_code == 303
    found.refresh_from_db()
    assert found.closed_how == "evaluated"
    assert Event.objects.filter(lead=found, name="evaluation_completed").count() == 1


def test_two_of_one_name_and_birth_date_are_before_a_person(
    lead: Lead, visit: Appointment
) -> None:
    other = Person.objects.get(id=lead.patient_id)
    twin = new_id()
    key_row, key = seal.new_key()
    writes.insert([key_row])
    who = identities([other.id])[other.id][0]
    sealed = seal.seal_json(key, "people_person", "sealed", twin, who.as_json())
    Person.objects.create(id=twin, key=key_row, sealed=sealed, finders=finders_of(who))
    assert "more than one" in why(end())


