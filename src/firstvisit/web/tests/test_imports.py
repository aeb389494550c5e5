"""The screen for a file of leads: sending it, naming its columns, checking, bringing in, and what comes back."""

from __future__ import annotations

from html import unescape

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from firstvisit.journey.importing.jobs import import_step
from firstvisit.leads.models import Lead
from firstvisit.steps.intake.models import ImportRun
from firstvisit.web.tests.conftest import SignIn, questions

pytestmark = pytest.mark.django_db

FILE = (
    b"First name,Last name,DOB,ZIP,Phone,Reason,Received\n"
    b"Mia,Delgado,02/03/2024,53713,608-555-0142,says twenty words,11/02/2026\n"
    b"Leo,Haddad,05/06/2023,53713,608-555-0143,stutters,11/03/2026\n"
    b"Ava,Okafor,07/08/2023,53713,12,stutters,11/04/2026\n"
)


@pytest.fixture
def manager(signed_in: SignIn) -> Client:
    return signed_in("ruth")


def sent(browser: Client, body: bytes = FILE) -> ImportRun:
    answer = browser.post("/imports", {"file": SimpleUploadedFile("leads.csv", body, "text/csv")})
    assert answer.status_code == 303
    return ImportRun.objects.get()


def named(browser: Client, run: ImportRun, **more: str) -> int:
    page = browser.get(f"/imports/{run.id}")
    chosen = {f"c-{column.number}": column.target for column in page.context["columns"]}
    return browser.post(f"/imports/{run.id}/map", {**chosen, **more}).status_code


def test_a_file_goes_from_the_upload_to_leads(manager: Client) -> None:
    run = sent(manager)
    assert named(manager, run, **{"d-2": "mdy", "d-6": "mdy"}) == 303
    import_step(run_id=str(run.id))
    page = manager.get(f"/imports/{run.id}").content.decode()
    assert "Bring the rows in" in page and "This is not a phone number" in page
    assert not Lead.objects.exists()
    assert "They are new today" in page and "They are older enquiries (date unknown)" in page
    assert "A receipt leaves at once to whoever allowed e-mail" in page and "Nothing is sent by itself" in page
    unsaid = manager.post(f"/imports/{run.id}/start")
    assert unsaid.status_code == 422 and "Say whether these people ask today" in unsaid.content.decode()
    assert not Lead.objects.exists() and ImportRun.objects.get().started_at is None
    assert manager.post(f"/imports/{run.id}/start", {"age": "older"}).status_code == 303
    import_step(run_id=str(run.id))
    assert Lead.objects.count() == 2
    page = manager.get(f"/imports/{run.id}").content.decode()
    assert "2 opened a lead" in page and "1 refused" in page
    assert all(f'href="/leads/L-{number}"' in page for number in Lead.objects.values_list("number", flat=True))


def test_a_file_that_came_in_before_is_recognised_as_soon_as_it_is_sent(manager: Client) -> None:
    run = sent(manager)
    assert "came in before" not in manager.get(f"/imports/{run.id}").content.decode()
    named(manager, run, **{"d-2": "mdy", "d-6": "mdy"})
    manager.post(f"/imports/{run.id}/start", {"age": "new"})
    import_step(run_id=str(run.id))
    answer = manager.post("/imports", {"file": SimpleUploadedFile("again.csv", FILE, "text/csv")})
    page = manager.get(answer["Location"]).content.decode()
    assert "This very file came in before" in page and f"/imports/{run.id}" in page


def test_headings_without_rows_are_refused_in_words(manager: Client) -> None:
    empty = SimpleUploadedFile("leads.csv", FILE.splitlines()[0], "text/csv")
    answer = manager.post("/imports", {"file": empty})
    assert answer.status_code == 422 and "headings and no rows" in answer.content.decode()
    assert not ImportRun.objects.exists()


def test_two_columns_of_one_meaning_are_named_as_the_screen_names_them(manager: Client) -> None:
    run = sent(manager, b"First name,Phone,Cell\nMia,608-555-0142,608-555-0143\n")
    assert named(manager, run, **{"c-1": "patient.phone", "c-2": "patient.phone"}) == 422
    answer = manager.post(f"/imports/{run.id}/map", {"c-1": "patient.phone", "c-2": "patient.phone"})
    page = answer.content.decode()
    assert "“Phone” means “" in page and "patient.phone already" not in page


def test_what_no_column_says_is_said_before_anything_is_checked(manager: Client) -> None:
    body = "First name;Phone;Reason\nZoë;608-555-0142;says twenty words\n".encode("cp1252")
    page = manager.get(f"/imports/{sent(manager, body).id}").content.decode()
    missing = "the patient&#x27;s last name, the birth date, the ZIP code, the therapy, when it was received"
    assert f"No column says {missing}." in page
    assert "Windows-1252, cells apart by a semicolon" in page and "Zoë" in page


def test_nothing_is_said_to_be_missing_where_every_column_is_there(manager: Client) -> None:
    whole = FILE.replace(b"Reason", b"Reason,Therapy").replace(b",11/0", b",SLP,11/0")
    run = sent(manager, whole)
    assert "No column says" not in manager.get(f"/imports/{run.id}").content.decode()


def test_a_page_that_follows_a_file_does_not_fetch_it(manager: Client) -> None:
    run = sent(manager)
    assert named(manager, run, **{"d-2": "mdy", "d-6": "mdy"}) == 303
    for page in (f"/imports/{run.id}", f"/imports/{run.id}/progress", "/imports"):
        with CaptureQueriesContext(connection) as asked:
            assert manager.get(page).status_code == 200
        assert not any("documents_document" in query["sql"] for query in asked.captured_queries)


def test_dates_that_could_be_read_both_ways_are_asked_and_what_was_chosen_stays(manager: Client) -> None:
    run = sent(manager)
    page = manager.get(f"/imports/{run.id}")
    assert "Every one of these dates could begin with the month or with the day" in page.content.decode()
    assert named(manager, run, **{"c-5": "asks"}) == 422
    answer = manager.post(f"/imports/{run.id}/map", {"c-0": "patient.first_name", "c-5": "asks"})
    assert b'value="asks" selected' in answer.content
    assert ImportRun.objects.get().status == "mapping"


def test_what_is_no_csv_is_refused_where_it_was_chosen(manager: Client) -> None:
    answer = manager.post("/imports", {"file": SimpleUploadedFile("leads.xlsx", b"PK\x03\x04...", "text/csv")})
    assert answer.status_code == 422
    assert "an Excel or OpenDocument file" in answer.content.decode()
    assert not ImportRun.objects.exists()


def test_the_report_names_nobody_and_the_refused_rows_are_for_who_may_see_them(manager: Client) -> None:
    run = sent(manager)
    named(manager, run, **{"d-2": "mdy", "d-6": "mdy"})
    import_step(run_id=str(run.id))
    manager.post(f"/imports/{run.id}/start", {"age": "new"})
    import_step(run_id=str(run.id))
    report = manager.get(f"/imports/{run.id}/report.csv").content.decode()
    assert "Phone" in report and "Okafor" not in report
    refused = manager.get(f"/imports/{run.id}/refused.csv").content.decode()
    assert "Okafor" in refused and "Delgado" not in refused


def test_the_progress_ends_when_there_is_something_else_to_see(manager: Client) -> None:
    run = sent(manager)
    assert manager.get(f"/imports/{run.id}/progress").status_code == 205
    ImportRun.objects.update(status="importing", rows=3, position=2)
    assert "1 of 3 rows" in manager.get(f"/imports/{run.id}/progress").content.decode()


def test_who_may_not_import_finds_no_such_page(signed_in: SignIn, manager: Client) -> None:
    run = sent(manager)
    dana = signed_in("dana")
    for path in ("/imports", f"/imports/{run.id}", f"/imports/{run.id}/refused.csv"):
        assert dana.get(path).status_code == 404


def test_the_list_asks_the_database_as_often_for_many_files_as_for_one(manager: Client) -> None:
    sent(manager)
    few = questions(manager, "/imports")
    for n in range(5):
        manager.post("/imports", {"file": SimpleUploadedFile("x.csv", FILE + b"\n" * n, "text/csv")})
    assert questions(manager, "/imports") == few


def test_the_day_of_a_birth_is_not_offered_as_the_patients_own(manager: Client) -> None:
    page = unescape(manager.get(f"/imports/{sent(manager).id}").content.decode())
    assert "Patient: birth date" in page and "Date of a birth, not the patient's own" in page
