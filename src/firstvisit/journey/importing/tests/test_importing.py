"""A file of leads comes in: each row whole, in the order of the file, once, whatever happens in between."""

from __future__ import annotations

import csv
import io
import random
import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import psycopg
import pytest

from firstvisit.config.committed import committed
from firstvisit.journey import guarding, invariants
from firstvisit.journey.advancing import advance
from firstvisit.journey.importing import committing, report, running, verbs
from firstvisit.journey.importing.preparing import Prepared
from firstvisit.kernel import clock
from firstvisit.kernel.audit import SYSTEM
from firstvisit.kernel.errors import BadInput, Conflict, NotAllowed
from firstvisit.leads.models import DecisionRow, FactsRow, Lead, Task
from firstvisit.messages.models import Message
from firstvisit.people.models import Person, PossibleMatch
from firstvisit.people.records import known
from firstvisit.practice import queries
from firstvisit.practice import services as practice_services
from firstvisit.practice.files import SAMPLE, read_folder
from firstvisit.practice.models import User
from firstvisit.steps.intake.models import ImportRow, ImportRun, Item

__all__ = ["committed"]

HEADINGS = (
    "First name,Last name,DOB,ZIP,Parent name,Parent phone,Parent email,Relationship,Therapy,Program,Reason,Insurance,"
    "Member ID,Papers,Order signed,Received,Referring practice,May email"
)
GIVEN = (
    "Mia Leo Ava Noah Zoe Eli Ivy Max Nora Felix Ruby Hugo Clara Oscar Greta Simon Lucia Bruno Hazel Victor Paloma "
    "Edgar Wanda Rufus Ines Quentin Tessa Gordon Yara"
).split()
TOWNS = ("53713", "53703", "53711", "53590", "53704")


SUNDAY = datetime(2026, 11, 22, 18, tzinfo=UTC)
"""Every site is closed, so what is due is due at an opening hour, whenever in the run it was judged."""


@pytest.fixture
def practice(committed: psycopg.Connection[Any], settings: Any) -> None:
    """Cedar Street Therapy, with real commits."""
    settings.CLOCK_MOVES = True
    practice_services.load(read_folder(SAMPLE), by="test")
    clock.move(SUNDAY - clock.now())


def row(n: int, *, received: str = "", first: str = "", email: str = "") -> str:
    """One family's request; every number is another family."""
    family = "".join(chr(97 + (n * k + n // 26 * j) % 26) for j, k in enumerate((7, 11, 13, 17, 3))).capitalize()
    first = first or GIVEN[n % len(GIVEN)]
    born, town = f"2024-{n % 12 + 1:02d}-{n % 28 + 1:02d}", TOWNS[n // 26 % len(TOWNS)]
    return (
        f"{first},{family},{born},{town},Rosa {family},608-{220 + n:03d}-01{n % 100:02d}"
        f",{email or f'family{n}@example.org'},mother,SLP,early_language,says twenty words,Northfield Health,NH-{n},"
        f"order,yes,{received},Lakeside Pediatrics {n % 3},yes"
    )


def file_of(*rows: str) -> bytes:
    return "\n".join((HEADINGS, *rows, "")).encode()


def begun(body: bytes, **options: Any) -> ImportRun:
    run = verbs.upload(body, name="leads.csv", by=None, actor=SYSTEM)
    verbs.settle_mapping(run, options.pop("stated", {}), by=None)
    verbs.begin(run, by=None, actor=SYSTEM, again=True, **options)
    return run


def imported(body: bytes, **options: Any) -> ImportRun:
    run = begun(body, **options)
    running.go_on(run)
    return run


def everything() -> list[tuple[Any, ...]]:
    """People, who may be one, leads and decisions as values, without what differs from run to run (ids, moments of
    writing)."""
    found: list[tuple[Any, ...]] = []
    for pair in PossibleMatch.objects.select_related("known__key", "newcomer__key"):
        found.append(("pair", known(pair.known).identity, known(pair.newcomer).identity, pair.weight, pair.reasons))
    for person in Person.objects.select_related("key", "same_as__key"):
        found.append(("person", known(person).identity))
    for lead in Lead.objects.select_related("facts", "patient__key"):
        who = known(lead.patient).identity.name if lead.patient else ""
        decisions = [
            (decision.outcome, decision.score_lo, decision.score_hi, str(decision.reasons))
            for decision in DecisionRow.objects.filter(lead=lead).order_by("at", "id")
        ]
        tasks = sorted(Task.objects.filter(lead=lead).values_list("kind", "due_at", "status"))
        found.append(("lead", who, lead.stage, lead.outcome, lead.received_at, lead.parts.count(), decisions, tasks))
    return sorted(found, key=str)


def ends(run: ImportRun) -> list[tuple[int, str]]:
    """What became of each row."""
    return list(ImportRow.objects.filter(run=run).order_by("number").values_list("number", "end"))


def forget_everybody(committed: psycopg.Connection[Any]) -> None:
    committed.execute(
        "TRUNCATE leads_lead, people_person, intake_importrun, intake_item, documents_document, kernel_datakey,"
        " people_organization, people_organizationperson CASCADE"
    )


def unbroken() -> dict[str, list[str]]:
    scope = invariants.Scope(clock.now() + timedelta(seconds=1), _heads())
    return {one.name: found for one in invariants.INVARIANTS if (found := list(one.breaks(scope)))}


def _heads() -> Any:
    from django.conf import settings

    return settings.AUDIT_HEADS


def test_every_row_becomes_a_judged_lead_with_an_owner_a_clock_and_no_message(practice: None) -> None:
    run = imported(file_of(*(row(n) for n in range(12))))
    assert (run.status, run.counts) == ("done", {"opened": 12})
    assert Lead.objects.exclude(outcome="").filter(owner_queue__isnull=False).count() == 12
    assert Task.objects.filter(status="open", due_at__isnull=False).values("lead").distinct().count() == 12
    assert Item.objects.filter(status="settled", source="csv").count() == 12
    assert not Message.objects.exists()
    assert unbroken() == {}


def test_a_row_in_bulk_is_judged_as_the_door_judges_it(practice: None) -> None:
    body = file_of(*(row(n) for n in range(6)))
    imported(body)
    in_bulk = everything()
    bulk = {lead.number: advance([lead.id]) for lead in Lead.objects.all()}
    assert set(bulk.values()) == {0}, "planning an imported lead again changes nothing"
    assert everything() == in_bulk


def changed(line: str, **columns: str) -> str:
    """A row with some columns as stated; a heading's spaces are underscores here."""
    cells = dict(zip(HEADINGS.split(","), line.split(","), strict=True))
    return ",".join((cells | {heading.replace("_", " "): cell for heading, cell in columns.items()}).values())


def relatives(line: str, k: int) -> list[str]:
    """Rows about the people of a row, or about people who may be they."""
    first, family, born, *_ = line.split(",")
    elsewhere = {"Parent_phone": f"414-555-01{k:02d}", "Parent_email": f"other{k}@example.org", "Member_ID": f"XQ-{k}"}
    slipped = f"{born[:8]}{int(born[8:]) % 28 + 1:02d}"
    return [
        changed(line, Reason=f"asks again {k}"),
        changed(line, Reason=f"is seen with another phone {k}", Parent_phone=f"414-555-01{k:02d}"),
        changed(line, Reason=f"says no birth date {k}", Parent_phone=f"414-555-01{k:02d}", DOB=""),
        changed(line, First_name="Bea"),
        changed(line, DOB=f"2023{born[4:]}", Parent_email=f"x{k}@example.org"),
        changed(line, DOB=slipped, **elsewhere),
        changed(line, DOB=slipped, Reason=f"slips again {k}", **elsewhere),
        changed(line, First_name=f"{first}{first[-1]}", Last_name=f"{family}-Nyquist", **elsewhere),
        changed(line, Therapy="PT", Program="", Reason=f"stumbles {k}"),
    ]


@pytest.mark.parametrize("seed", [11, 12])
def test_a_file_in_bulk_ends_as_its_rows_would_one_by_one_at_the_door(
    practice: None, committed: psycopg.Connection[Any], seed: int
) -> None:
    dice = random.Random(seed)
    received = (clock.now() - timedelta(days=1)).date().isoformat()
    rows = [row(n, received=received) for n in range(130)]
    for k, n in enumerate(dice.sample(range(130), 25)):
        related = relatives(rows[n], k)
        rows += dice.sample(related, 4)
    # Half of them meet in one batch, the others in different ones.
    rows = [*dice.sample(rows[:100], 100), *dice.sample(rows[100:], len(rows) - 100)]
    done = running.go_on(run := begun(file_of(*rows)))
    in_bulk, ended = everything(), ends(run)
    assert {kind for kind, *_ in in_bulk} == {"person", "pair", "lead"}
    assert PossibleMatch.objects.count() > 20 and done.counts["joined"] > 20
    forget_everybody(committed)
    run = begun(file_of(*rows))
    table, order = running.order_of(run)
    batch = running.prepare(order, list(table.rows()))
    batch.rows = [replace(each, lines=None) if isinstance(each, Prepared) else each for each in batch.rows]
    committing.commit(run, order, batch)
    assert done.by_the_door < batch.by_the_door == done.counts["opened"] + done.counts["joined"]
    assert ends(run) == ended
    assert everything() == in_bulk
    assert unbroken() == {}


def test_who_may_be_somebody_is_made_in_bulk_with_the_pair_to_compare(practice: None) -> None:
    first = imported(file_of(*(row(n) for n in range(20))))
    slips = [relatives(row(n), n)[5] for n in range(20)]
    done = running.go_on(begun(file_of(*slips)))
    assert (first.counts, dict(done.counts), done.by_the_door) == ({"opened": 20}, {"opened": 20}, 0)
    assert PossibleMatch.objects.count() >= 20
    assert Task.objects.filter(kind="compare_people", status="open").count() >= 20
    assert unbroken() == {}


@pytest.mark.parametrize("by_the_door", [False, True])
def test_who_may_be_reached_in_no_way_is_looked_for_as_at_the_door(practice: None, by_the_door: bool) -> None:
    """The newcomer may be somebody about whom nothing may go to the phone and e-mail address that the row gives."""
    imported(file_of(row(1), row(2)))
    lead = Lead.objects.order_by("number").first()
    mei = User.objects.get(email="mei@cedarstreet.example.org")
    assert lead is not None
    for way in ("414-555-0107", "other7@example.org"):
        guarding.restrict(
            lead, mei, kind="avoid_address", person="", address=way, reason="A court order", actor=SYSTEM
        )
    run = begun(file_of(relatives(row(1), 7)[5], row(3)))
    table, order = running.order_of(run)
    batch = running.prepare(order, list(table.rows()))
    if by_the_door:
        batch.rows = [replace(each, lines=None) if isinstance(each, Prepared) else each for each in batch.rows]
    committing.commit(run, order, batch)
    assert batch.by_the_door == (2 if by_the_door else 0)
    barred, other = Lead.objects.order_by("number")[2:4]
    found = {each.id: set(each.tasks.filter(status="open").values_list("kind", flat=True)) for each in (barred, other)}
    assert barred.unreachable and "find_number" in found[barred.id] and "call_to_book" not in found[barred.id]
    assert "way_to_reach" in [what for what, *_ in barred.blockers]
    assert not other.unreachable and "find_number" not in found[other.id]
    assert unbroken() == {}


def local_today() -> date:
    """The day at the practice, as whoever wrote the file saw it."""
    return clock.now().astimezone(queries.practice().sites["madison"].tz).date()


def test_of_people_who_ask_today_receipts_leave_but_not_to_those_who_asked_long_ago(practice: None) -> None:
    old = (clock.now() - timedelta(days=40)).date().isoformat()
    imported(file_of(row(1), row(2, received=local_today().isoformat()), row(3, received=old)), new_today=True)
    receipts = Message.objects.filter(template="receipt", status="wanted")
    assert receipts.count() == 2
    assert not receipts.filter(lead__received_at__lt=clock.now() - timedelta(days=30)).exists()


def test_people_who_ask_today_are_all_due_by_the_clock_of_their_lead(practice: None) -> None:
    imported(file_of(*(row(n) for n in range(90))), new_today=True)
    calls = Task.objects.filter(status="open", kind="call_to_book")
    due = sorted(calls.values_list("due_at", flat=True))
    assert len(due) == 90 and due[-1] - due[0] <= timedelta(minutes=15)


@pytest.mark.parametrize(("new_today", "leave"), [(False, False), (True, True)])
def test_of_older_enquiries_nothing_leaves_by_itself_whatever_the_switches_say(
    practice: None, new_today: bool, leave: bool
) -> None:
    sections = queries.live_policy().as_json()
    sections["switches"] = dict.fromkeys(sections["switches"], "do") | {"receipt": "off", "partner_receipt": "off"}
    mei, ruth = (User.objects.get(email=f"{name}@cedarstreet.example.org") for name in ("mei", "ruth"))
    practice_services.publish_policy(sections, note="all", drafted_by=mei, signed_by=ruth)
    told = {"order,yes": ",no", "Northfield Health": "BadgerCare Plus", "Lakeside Pediatrics .": ""}
    missing = [row(n) for n in range(3)]
    for before, after in told.items():
        missing = [re.sub(before, after, each) for each in missing]
    imported(file_of(*missing), new_today=new_today)
    assert Message.objects.filter(template__startswith="papers").exists() is leave
    assert Task.objects.filter(kind="propose_papers_request", status="open").exists() is not leave
    assert Lead.objects.count() == 3


def test_a_later_request_of_an_imported_family_is_answered(practice: None) -> None:
    imported(file_of(row(1)))
    lead = Lead.objects.get()
    assert advance([lead.id]) == 0
    assert not Message.objects.exists()


def test_the_same_person_twice_in_a_file_joins(practice: None) -> None:
    run = imported(file_of(row(1), row(2), row(1).replace("says twenty words", "asks about evenings")))
    assert run.counts == {"opened": 2, "joined": 1}
    assert Person.objects.count() == 4


def test_the_very_row_twice_counts_once(practice: None) -> None:
    run = imported(file_of(row(1), row(1)))
    assert run.counts == {"opened": 1, "repeated": 1}


def test_twins_are_two_leads(practice: None) -> None:
    run = imported(file_of(row(1, first="Mia"), row(1, first="Leo")))
    assert run.counts == {"opened": 2}
    assert Lead.objects.values("patient").distinct().count() == 2


@pytest.mark.parametrize("today", [True, False], ids=["they are new today", "older enquiries"])
@pytest.mark.parametrize("cell", ["Ana & Ben Sutter", "Sutter, Ana and Ben", "Ana Sutter, Ben Sutter", "Sutter twins"])
def test_a_cell_with_two_patients_is_a_question_for_a_person_and_books_nobody(
    practice: None, cell: str, today: bool
) -> None:
    body = (
        "Patient,DOB,ZIP,Parent,Mobile,Therapy,Program,Reason,Papers,Order signed\n"
        f'"{cell}",04/22/2023,53713,Rosa Sutter,608-555-0133,SLP,early_language,says twenty words,order,yes\n'
        "Eva Sutter,04/22/2022,53713,Rosa Sutter,608-555-0133,SLP,early_language,says ten words,order,yes\n"
    )
    run = imported(body.encode(), new_today=today)
    assert run.counts == {"opened": 2}
    two, one = Lead.objects.order_by("number")
    assert (two.outcome, Task.objects.get(lead=two, status="open", kind="two_patients").owner_queue is None) == (
        "person_looks",
        False,
    )
    assert not Task.objects.filter(lead=two, kind="call_to_book").exists()
    assert not Task.objects.filter(lead=one, kind="two_patients").exists()


def test_the_same_file_again_does_nothing_and_says_so(practice: None) -> None:
    body = file_of(row(1), row(2))
    imported(body)
    again = verbs.upload(body, name="again.csv", by=None, actor=SYSTEM)
    verbs.settle_mapping(again, {}, by=None)
    with pytest.raises(Conflict, match="this very file came in"):
        verbs.begin(again, by=None, actor=SYSTEM)
    assert Lead.objects.count() == 2


def test_a_corrected_file_brings_in_only_what_was_refused(practice: None) -> None:
    wrong = row(2).replace("2024-03-03", "2024-13-03")
    first = imported(file_of(row(1), wrong))
    assert first.counts == {"opened": 1, "refused": 1}
    second = imported(file_of(row(1), row(2)))
    assert second.counts == {"repeated": 1, "opened": 1}


def test_a_run_cut_off_anywhere_ends_as_an_unbroken_one(
    practice: None, committed: psycopg.Connection[Any]
) -> None:
    dice = random.Random(7)
    received = (clock.now() - timedelta(days=1)).date().isoformat()
    rows = [row(n, received=received) for n in range(40)]
    rows += [rows[n].replace("says twenty words", f"asks again {n}") for n in dice.sample(range(40), 8)]
    dice.shuffle(rows)
    whole = imported(file_of(*rows))
    assert whole.counts == {"opened": 40, "joined": 8}
    expected = everything()
    forget_everybody(committed)
    broken = begun(file_of(*rows))
    table, order = running.order_of(broken)
    listed = list(table.rows())
    cuts = sorted(dice.sample(range(1, len(listed)), 5))
    for start, end in zip([0, *cuts], [*cuts, len(listed)], strict=True):
        run = ImportRun.objects.select_related("key", "document").get(id=broken.id)
        committing.commit(run, order, running.prepare(order, listed[start:end]))
    assert ImportRun.objects.get(id=broken.id).counts == whole.counts
    assert everything() == expected
    assert unbroken() == {}


def test_two_processes_never_write_a_batch_twice(practice: None) -> None:
    run = begun(file_of(*(row(n) for n in range(5))))
    same = ImportRun.objects.get(id=run.id)
    running.go_on(run)
    table, order = running.order_of(same)
    with pytest.raises(committing.Elsewhere):
        committing.commit(same, order, running.prepare(order, list(table.rows())))
    assert Lead.objects.count() == 5


def test_old_leads_are_not_late_and_not_all_due_at_once(practice: None) -> None:
    now = clock.now()
    old = (now - timedelta(days=200)).date().isoformat()
    imported(file_of(*(row(n, received=old) for n in range(20))))
    due = list(Task.objects.filter(status="open").values_list("due_at", flat=True))
    assert min(due) >= now
    assert len(set(due)) > 10
    assert max(due) - min(due) > timedelta(days=7)
    assert set(FactsRow.objects.values_list("received_at__date", flat=True)) == {
        (now - timedelta(days=200)).date()
    }


def test_older_leads_are_compared_when_they_have_their_turn_or_when_they_ask_again(practice: None) -> None:
    now = clock.now()
    old = (now - timedelta(days=20)).date().isoformat()
    imported(file_of(*(row(n) for n in range(20))))
    imported(file_of(*(relatives(row(n, received=old), n)[5] for n in range(20))))
    pairs = Task.objects.filter(kind="compare_people", status="open")
    due = list(pairs.order_by("due_at").values_list("due_at", flat=True))
    assert max(sum(1 for other in due if at <= other < at + timedelta(hours=8)) for at in due) <= 4
    for task in pairs:
        assert task.due_at >= Task.objects.get(lead=task.lead_id, kind="call_to_book").due_at
    last = pairs.latest("due_at")
    advance([last.lead_id])
    assert pairs.get(id=last.id).due_at == last.due_at
    clock.move(timedelta(days=1))
    number = next(n for n in range(20) if row(n).split(",")[1] in known(last.lead.patient).identity.name)
    today = local_today().isoformat()
    run = imported(file_of(relatives(row(number, received=today), number)[5]), new_today=True)
    assert run.counts["joined"] == 1
    assert pairs.get(id=last.id).due_at < clock.now() + timedelta(days=1)


def test_leads_without_a_day_of_receipt_are_not_all_due_at_once_and_the_check_says_so(practice: None) -> None:
    undated = file_of(*(row(n, received="") for n in range(80)))
    run = verbs.upload(undated, name="leads.csv", by=None, actor=SYSTEM)
    verbs.settle_mapping(run, {}, by=None)
    checked = verbs.check(run)
    [said] = verbs.told_clocks(checked, new_today=False)
    assert said == "80 without a day of receipt: they become due one after another over 2 working days."
    [new] = verbs.told_clocks(checked, new_today=True)
    assert "due by the clock from the moment the file was sent" in new
    assert "Nothing is sent by itself" in verbs.told_letters(checked, new_today=False)
    assert "A receipt leaves at once to whoever allowed e-mail" in verbs.told_letters(checked, new_today=True)
    now = clock.now()
    verbs.begin(run, by=None, actor=SYSTEM)
    running.go_on(run)
    due = sorted(Task.objects.filter(status="open").values_list("due_at", flat=True))
    assert due[-1] - due[0] > timedelta(days=1)
    assert max(sum(1 for other in due if at <= other < at + timedelta(hours=1)) for at in due) <= 15
    assert due[0] >= now


def test_a_few_leads_without_a_day_of_receipt_are_treated_as_of_today(practice: None) -> None:
    imported(file_of(*(row(n, received="") for n in range(3))))
    due = sorted(Task.objects.filter(status="open").values_list("due_at", flat=True))
    assert due[-1] - due[0] < timedelta(hours=1)


def test_a_red_flag_does_not_wait_for_its_turn(practice: None) -> None:
    now = clock.now()
    old = (now - timedelta(days=200)).date().isoformat()
    flagged = row(19, received=old).replace("says twenty words", "chest pain when climbing stairs")
    imported(file_of(*(row(n, received=old) for n in range(19)), flagged))
    task = Task.objects.get(kind="review_red_flag", status="open")
    assert task.due_at - now < timedelta(days=4)
    assert task.due_at <= min(Task.objects.exclude(id=task.id).values_list("due_at", flat=True)) + timedelta(hours=1)


def test_the_report_names_rows_and_columns_and_no_person(practice: None) -> None:
    run = imported(file_of(row(1), row(2).replace("2024-03-03", "31/31/2024").replace("mother", "=cmd()")))
    text = b"".join(report.lines(run)).decode("utf-8-sig")
    told = list(csv.DictReader(io.StringIO(text)))
    assert [line["Row"] for line in told] == ["2", "3"]
    assert told[0]["Lead"].startswith("L-") and told[1]["Column"] == "DOB"
    assert "2024" not in text and "Rosa" not in text and "=cmd" not in text


def test_refused_rows_come_back_harmless_and_go_in_once_mended(practice: None) -> None:
    run = imported(file_of(row(1), row(2).replace("2024-03-03", "soon").replace("mother", "=mother")))
    given = b"".join(report.to_mend(run, by=None, actor=SYSTEM)).decode("utf-8-sig")
    assert "'=mother" in given and "What to mend" in given
    mended = imported(given.replace("soon", "2024-03-03").encode())
    assert mended.counts == {"opened": 1}


def test_a_dry_run_writes_nothing(practice: None) -> None:
    run = verbs.upload(file_of(row(1), row(2).replace("SLP", "juggling")), name="x", by=None, actor=SYSTEM)
    verbs.settle_mapping(run, {}, by=None)
    found = verbs.check(run)
    assert found["counts"] == {"ready": 1, "refused": 1}
    assert found["problems"][0]["column"] == "Therapy" and found["problems"][0]["first"] == 3
    assert not Lead.objects.exists() and not Person.objects.exists() and not Item.objects.exists()


def test_only_who_may_import_does(practice: None) -> None:
    dana = User.objects.get(email="dana@cedarstreet.example.org")
    with pytest.raises(NotAllowed):
        verbs.upload(file_of(row(1)), name="x", by=dana, actor=SYSTEM)
    assert not ImportRun.objects.exists()


@pytest.mark.parametrize(
    ("stated", "field", "said"),
    [
        ({"columns": {"Phon": "patient.phone"}}, "columns.Phon", "no column “Phon”"),
        ({"columns": {"DOB": "patient.birthday"}}, "columns.DOB", "patient.date_of_birth"),
        ({"columns": {"ZIP": "patient.date_of_birth", "DOB": "patient.date_of_birth"}}, "columns.DOB", "already"),
    ],
)
def test_a_mapping_that_does_not_fit_is_refused_by_name(
    practice: None, stated: dict[str, Any], field: str, said: str
) -> None:
    run = verbs.upload(file_of(row(1)), name="x", by=None, actor=SYSTEM)
    with pytest.raises(BadInput) as bad:
        verbs.settle_mapping(run, stated, by=None)
    assert any(problem.field == field and said in problem.message for problem in bad.value.problems)


def test_a_file_that_was_forgotten_opens_no_more(practice: None) -> None:
    run = imported(file_of(row(1), row(2).replace("2024-03-03", "soon")))
    clock.move(timedelta(days=verbs.KEPT_DAYS + 1))
    assert verbs.forget_old(now=clock.now()) == 1
    run = ImportRun.objects.select_related("key").get(id=run.id)
    with pytest.raises(Conflict):
        report.to_mend(run, by=None, actor=SYSTEM)
    assert queries.practice() and ImportRow.objects.filter(run=run).count() == 2
