"""What the first visit costs: who pays themselves has it in writing in time, accepts it, and keeps the old one."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pypdfium2
import pytest
from django.test import Client
from tests.mail import Mailbox, always
from tests.people import FAMILY, TUESDAY, but

from firstvisit.journey import estimates, jobs, privacy, verbs
from firstvisit.kernel import clock, seal
from firstvisit.kernel.audit import SYSTEM
from firstvisit.kernel.errors import BadInput, Conflict, SealBroken
from firstvisit.leads.models import Event, Lead, LeadReferral, Task
from firstvisit.practice.models import User
from firstvisit.practice.queries import forget, live_policy
from firstvisit.practice.services import publish_policy
from firstvisit.steps.coverage.estimate_links import estimate_mark
from firstvisit.steps.coverage.estimates import pdf, reckoned
from firstvisit.steps.coverage.models import Estimate

pytestmark = pytest.mark.django_db
Arrive = Callable[[Any], Lead]
Staff = Callable[[str], User]
SELF_PAY = but(FAMILY, payers=[{"kind": "private_pay"}])


@pytest.fixture(autouse=True)
def _morning(tuesday: datetime) -> None:
    """All of it happens on a Tuesday at ten."""


@pytest.fixture
def fees(practice: Any, staff: Staff) -> Callable[..., None]:
    """Changes what a service costs without insurance."""

    def set_(**cash: int) -> None:
        sections = live_policy().as_json()
        for service in sections["fees"]["services"]:
            service["cash"] = cash.get(f"c{service['code']}", service["cash"])
        publish_policy(sections, note="fees", drafted_by=staff("mei"), signed_by=staff("ruth"))
        forget()

    return set_


def owed(lead: Lead) -> Task | None:
    return Task.objects.filter(lead=lead, kind="give_estimate", status="open").first()


def local(at: datetime) -> str:
    return f"{at.astimezone(TUESDAY.tzinfo):%Y-%m-%d %H:%M}"


def agree(lead: Lead, by: User, days: int) -> None:
    first = Task.objects.select_related("lead").filter(lead=lead, status="open").earliest("due_at")
    verbs.finish(first, by, actor=SYSTEM, result="reached_booked", again_at=clock.now() + timedelta(days=days))


def make(lead: Lead, by: User, language: str = "en") -> Estimate:
    return estimates.make_estimate(lead, by, discipline="SLP", language=language, actor=SYSTEM)


def text_of(row: Estimate) -> str:
    key = seal.open_key(LeadReferral.objects.select_related("key").get(lead=row.lead_id).key)
    document = pypdfium2.PdfDocument(pdf(row, key))
    return " ".join(" ".join(page.get_textpage().get_text_range().split()) for page in document)


def test_a_family_that_pays_itself_has_it_in_writing_in_time(arrive: Arrive, staff: Staff) -> None:
    lead, dana = arrive(SELF_PAY), staff("dana")
    assert owed(lead) is None
    agree(lead, dana, days=14)  # December 8, nine business days after Thanksgiving's week
    task = owed(lead)
    assert task is not None and "149.610" in task.reason
    assert local(task.due_at) == "2026-11-25 17:30"
    row = make(lead, dana)
    assert owed(lead) is not None, "made is not given"
    estimates.give_estimate(row, dana, how="aloud", actor=SYSTEM)
    assert owed(lead) is not None, "read aloud is not in writing"
    estimates.give_estimate(row, dana, how="print", actor=SYSTEM)
    assert owed(lead) is None and Task.objects.get(id=task.id).status != "open"
    assert (row.good_faith, row.basis, local(row.visit_at or clock.now())[:10]) == (True, "self_pay", "2026-12-08")


def test_it_says_all_that_the_law_asks_for(arrive: Arrive, staff: Staff) -> None:
    lead, dana = arrive(SELF_PAY), staff("dana")
    agree(lead, dana, days=14)
    said = text_of(make(lead, dana))
    for needed in (
        "Good faith estimate", "Mirabelle Quisenberry", "September 14, 2023", "speech therapy", "December 8, 2026",
        "92523", "$230", "1234567893", "39-5550100", "214 Cedar Street, Madison, WI 53703", "Diagnosis codes",
        "Scheduled separately", "may recommend other services", "only an estimate", "at least $400 more",
        "does not affect the quality", "www.cms.gov/nosurprises", "not a contract",
    ):  # fmt: skip
        assert needed in said, needed


def test_in_spanish_the_english_stands_behind_it_until_somebody_signs(arrive: Arrive, staff: Staff) -> None:
    lead, dana = arrive(SELF_PAY), staff("dana")
    said = text_of(make(lead, dana, "es"))
    assert "Estimación de buena fe" in said and "Good faith estimate" in said and "no revisada" in said


def test_whoever_asks_has_it_within_three_business_days_and_late_is_a_broken_clock(
    arrive: Arrive, staff: Staff
) -> None:
    lead, dana = arrive(SELF_PAY), staff("dana")
    estimates.ask_estimate(lead, dana, reason="The mother asked on the phone", actor=SYSTEM)
    task = owed(lead)
    assert task is not None and local(task.due_at) == "2026-11-30 17:30"
    clock.move(timedelta(days=7))
    jobs.sweep()
    task.refresh_from_db()
    assert task.breached_at is not None and task.status == "open"


def test_a_visit_within_two_days_owes_nothing_unless_they_ask(arrive: Arrive, staff: Staff) -> None:
    lead, dana = arrive(SELF_PAY), staff("dana")
    agree(lead, dana, days=1)
    assert owed(lead) is None


def test_an_insured_family_owes_nothing_to_the_law_and_one_that_withholds_it_does(
    arrive: Arrive, staff: Staff
) -> None:
    insured, dana = arrive(FAMILY), staff("dana")
    agree(insured, dana, days=14)
    assert owed(insured) is None
    other = but(
        FAMILY, patient__first_name="Corisande", patient__last_name="Thistlewood", contact__name="Ada Thistlewood",
        contact__phone="+16085550177", contact__email="ada.thistlewood@example.org", withhold_from_plan=True,
    )  # fmt: skip
    withheld = arrive(other)
    agree(withheld, dana, days=14)
    assert owed(withheld) is not None and make(withheld, dana).good_faith


def test_a_new_fee_asks_for_a_new_estimate_and_leaves_the_old_one_readable(
    arrive: Arrive, staff: Staff, fees: Callable[..., None]
) -> None:
    lead, dana = arrive(SELF_PAY), staff("dana")
    agree(lead, dana, days=14)
    old = make(lead, dana)
    estimates.give_estimate(old, dana, how="print", actor=SYSTEM)
    fees(c92523=250)
    Lead.objects.filter(id=lead.id).update(look_again_at=clock.now())
    jobs.sweep()
    task = owed(lead)
    assert task is not None and "changed" in task.reason and local(task.due_at) == "2026-12-07 17:30"
    new = make(lead, dana)
    estimates.give_estimate(new, dana, how="print", actor=SYSTEM)
    assert owed(lead) is None and new.supersedes_id == old.id
    key = seal.open_key(LeadReferral.objects.select_related("key").get(lead=lead).key)
    assert (reckoned(old, key)["en"].high, reckoned(new, key)["en"].high) == (230, 250)
    assert "$230" in text_of(old) and "$250" in text_of(new)
    with pytest.raises(Conflict, match="newer"):
        estimates.give_estimate(old, dana, how="print", actor=SYSTEM)


def test_that_it_was_accepted_is_noted_once_with_who_said_so(arrive: Arrive, staff: Staff) -> None:
    lead, dana = arrive(SELF_PAY), staff("dana")
    row = make(lead, dana)
    with pytest.raises(BadInput):
        estimates.accept_estimate(row, dana, how="phone", words="", actor=SYSTEM)
    estimates.accept_estimate(row, dana, how="phone", words="Odalys Quisenberry", actor=SYSTEM)
    step = row.history.get(what="accepted")
    assert (step.how, step.by) == ("phone", dana)
    assert Event.objects.filter(lead=lead, name="estimate_accepted", data__how="phone").exists()
    with pytest.raises(Conflict, match="before"):
        estimates.accept_estimate(row, dana, how="phone", words="Odalys Quisenberry", actor=SYSTEM)


def test_without_a_birth_date_it_is_not_complete_and_says_so(arrive: Arrive, staff: Staff) -> None:
    lead = arrive(but(SELF_PAY, patient__date_of_birth=None))
    with pytest.raises(BadInput) as refused:
        make(lead, staff("dana"))
    assert "birth date" in refused.value.problems[0].message


def page_of(lead: Lead) -> str:
    return f"/estimate/{estimate_mark(Estimate.objects.get(lead=lead, superseded_by=None).id, at=clock.now())}"


def marked(answer: Any) -> str:
    found = re.search(r'name="opened" value="([^"]+)"', answer.content.decode())
    assert found is not None
    return found.group(1)


def test_it_is_mailed_with_a_link_that_opens_with_the_birth_date(
    arrive: Arrive, staff: Staff, mailbox: Mailbox, pages: None
) -> None:
    lead, dana = arrive(SELF_PAY), staff("dana")
    agree(lead, dana, days=14)
    row = make(lead, dana)
    estimates.give_estimate(row, dana, how="email", actor=SYSTEM)
    jobs.sweep()
    said = " ".join(mailbox.text().partition("costs (L-")[2].split())
    assert "Mirabelle" not in said and "$" not in said
    found = re.search(r"(/estimate/\S+)", said)
    assert found is not None
    family = Client()
    closed = family.get(found.group(1)).content.decode()
    assert "Mirabelle" not in closed and "$" not in closed and "birth date" in closed
    wrong = family.post(found.group(1), {"birth": "2020-01-01"})
    assert wrong.status_code == 422 and "$" not in wrong.content.decode()
    opened = family.post(found.group(1), {"birth": "2023-09-14"})
    assert "$230" in opened.content.decode() and "at least $400 more" in opened.content.decode()
    mark = marked(opened)
    paper = family.post(found.group(1), {"opened": mark, "do": "pdf"})
    assert paper["Content-Type"] == "application/pdf" and paper.content.startswith(b"%PDF")
    nameless = family.post(found.group(1), {"opened": mark, "do": "accept"})
    assert nameless.status_code == 422 and not row.history.filter(what="accepted").exists()
    done = family.post(found.group(1), {"opened": mark, "do": "accept", "who": "Odalys Quisenberry"})
    assert "Accepted" in done.content.decode()
    step = row.history.get(what="accepted")
    assert (step.how, step.by_id) == ("page", None)


def test_a_page_that_nobody_opened_gives_and_takes_nothing(arrive: Arrive, staff: Staff, pages: None) -> None:
    lead = arrive(SELF_PAY)
    row = make(lead, staff("dana"))
    family, address = Client(), page_of(lead)
    for forged in ("", row.id.hex, estimate_mark(row.id, at=clock.now())):
        assert family.post(address, {"opened": forged, "do": "pdf"})["Content-Type"].startswith("text/html")
        family.post(address, {"opened": forged, "do": "accept", "who": "Anybody"})
    assert not row.history.exists()
    assert family.get(f"{address}x").status_code == 404


def test_birth_dates_cannot_be_tried_one_after_the_other(arrive: Arrive, staff: Staff, pages: None) -> None:
    lead = arrive(SELF_PAY)
    make(lead, staff("dana"))
    family, address = Client(), page_of(lead)
    tried = [family.post(address, {"birth": f"2020-01-{day:02}"}).status_code for day in range(1, 9)]
    assert tried == [422] * 6 + [429] * 2
    right = family.post(address, {"birth": "2023-09-14"})
    assert right.status_code == 429 and int(right["Retry-After"]) > 0
    assert "this link takes no more" in right.content.decode()


def test_who_mistypes_the_birth_date_shuts_nobody_out_behind_the_same_address(
    arrive: Arrive, staff: Staff, pages: None, settings: Any
) -> None:
    settings.DEMO = False
    make(arrive(SELF_PAY), staff("dana"))
    first = page_of(Lead.objects.get())
    for day in range(1, 20):
        Client().post(first, {"birth": f"2020-01-{day:02}"})
    other = but(
        SELF_PAY, patient__first_name="Corisande", patient__last_name="Thistlewood", contact__name="Ada Thistlewood",
        contact__phone="+16085550177", contact__email="ada.thistlewood@example.org",
    )  # fmt: skip
    neighbour = arrive(other)
    make(neighbour, staff("dana"))
    assert "$230" in Client().post(page_of(neighbour), {"birth": "2023-09-14"}).content.decode()
    assert Client().post("/request", {}).status_code != 429
    for _ in range(12):
        Client().post(f"{first}x", {"birth": "2023-09-14"})
    assert Client().post(f"{first}x", {"birth": "2023-09-14"}).status_code == 429, "no link of ours: by address"


def test_an_opened_page_is_open_for_half_an_hour(arrive: Arrive, staff: Staff, pages: None) -> None:
    lead = arrive(SELF_PAY)
    make(lead, staff("dana"))
    family, address = Client(), page_of(lead)
    mark = marked(family.post(address, {"birth": "2023-09-14"}))
    clock.move(timedelta(minutes=31))
    assert "$" not in family.post(address, {"opened": mark}).content.decode()


def test_the_link_to_an_old_estimate_still_reads_and_takes_no_acceptance(
    arrive: Arrive, staff: Staff, pages: None
) -> None:
    lead, dana = arrive(SELF_PAY), staff("dana")
    old = make(lead, dana)
    address, family = page_of(lead), Client()
    make(lead, dana)
    opened = family.post(address, {"birth": "2023-09-14"})
    assert "newer estimate" in opened.content.decode() and "$230" in opened.content.decode()
    family.post(address, {"opened": marked(opened), "do": "accept", "who": "Odalys Quisenberry"})
    assert not old.history.exists()


def test_in_spanish_the_page_says_both_until_somebody_signs(arrive: Arrive, staff: Staff, pages: None) -> None:
    lead = arrive(SELF_PAY)
    make(lead, staff("dana"))
    family, address = Client(), f"{page_of(lead)}?lang=es"
    opened = family.post(address, {"birth": "2023-09-14"}).content.decode()
    assert "Usted paga" in opened and "You pay" in opened


def test_without_consent_nothing_is_mailed(arrive: Arrive, staff: Staff) -> None:
    lead, dana = arrive(but(SELF_PAY, consents=[])), staff("dana")
    row = make(lead, dana)
    with pytest.raises(BadInput, match="e-mail"):
        estimates.give_estimate(row, dana, how="email", actor=SYSTEM)


def test_the_desk_reads_it_aloud_makes_it_gives_it_and_notes_that_it_was_accepted(
    arrive: Arrive, browser: Callable[[str], Client]
) -> None:
    lead, dana = arrive(SELF_PAY), browser("dana")
    address = f"/leads/L-{lead.number}/estimate"
    assert address in dana.get(f"/leads/L-{lead.number}").content.decode()
    page = dana.get(address).content.decode()
    assert "We expect the first visit to cost you $160 to $230." in page and "None made yet" in page
    assert dana.post(address, {"do": "ask", "reason": ""}).status_code == 422
    assert dana.post(address, {"do": "ask", "reason": "The mother, by phone"}).status_code == 303
    assert owed(lead) is not None
    assert "Make it and give it" in dana.get(f"/leads/L-{lead.number}").content.decode()
    assert dana.post(address, {"do": "make", "discipline": "SLP", "language": "en"}).status_code == 303
    row = Estimate.objects.get(lead=lead)
    paper = dana.get(f"{address}/{row.id}.pdf")
    assert paper.content.startswith(b"%PDF")
    assert dana.post(address, {"do": "give", "estimate": str(row.id), "how": "print"}).status_code == 303
    said = {"do": "accept", "estimate": str(row.id), "accepted": "paper", "who": "Odalys Quisenberry"}
    assert dana.post(address, said).status_code == 303
    page = dana.get(address).content.decode()
    assert "Given on paper" in page and "Accepted signed on paper" in page and owed(lead) is None
    lead_page = dana.get(f"/leads/L-{lead.number}").content.decode()
    assert "Estimate given: on paper" in lead_page and "Odalys Quisenberry" in lead_page
    assert dana.post(address, {"do": "make", "discipline": "SLP", "language": "es"}).status_code == 303
    assert dana.post(address, {"do": "give", "estimate": str(row.id), "how": "print"}).status_code == 409
    assert "Before" in dana.get(address).content.decode()


@pytest.mark.parametrize(
    ("name", "said", "never"),
    [
        ("Badger Medicare Advantage", "What your plan told us", "Part B"),
        ("Medicare", "Medicare Part B: after the yearly deductible", "in a year"),
    ],
)
def test_an_advantage_plan_is_not_told_as_part_b(
    arrive: Arrive, browser: Callable[[str], Client], name: str, said: str, never: str
) -> None:
    older = {"patient__date_of_birth": "1950-03-02", "patient__age_band": None}
    lead = arrive(but(FAMILY, payers=[{"name": name, "kind": "medicare"}], **older))
    page = browser("dana").get(f"/leads/L-{lead.number}/estimate").content.decode()
    assert said in page and never not in page


def test_whoever_sees_no_insurance_sees_no_estimate(arrive: Arrive, browser: Callable[[str], Client]) -> None:
    lead = arrive(SELF_PAY)
    for name in ("imani", "anna", "admin"):
        assert browser(name).get(f"/leads/L-{lead.number}/estimate").status_code == 404
    assert Client().get(f"/leads/L-{lead.number}/estimate").status_code == 302


def test_an_e_mail_that_waits_for_the_morning_has_given_nothing_yet(
    arrive: Arrive, browser: Callable[[str], Client], staff: Staff, mailbox: Mailbox
) -> None:
    lead, dana = arrive(SELF_PAY), staff("dana")
    agree(lead, dana, days=14)
    clock.move(timedelta(hours=11, minutes=7))  # 9:07 pm
    row, address = make(lead, dana), f"/leads/L-{lead.number}/estimate"
    given = {"do": "give", "estimate": str(row.id), "how": "email"}
    assert browser("dana").post(address, given).status_code == 303
    jobs.sweep()
    page = browser("dana").get(address).content.decode()
    assert "Not given yet: the e-mail leaves Wed Nov 25, 10:00 am" in page and "Given by e-mail" not in page
    assert "Estimate given" not in browser("dana").get(f"/leads/L-{lead.number}").content.decode()
    task = owed(lead)
    assert task is not None and "It has not left yet" in task.reason and not mailbox.mails
    clock.move(timedelta(hours=13))  # 10:07 am: of whom no zone is known is written to from 10
    jobs.sweep()
    jobs.sweep()
    assert owed(lead) is None and "/estimate/" in mailbox.text()
    page = browser("dana").get(address).content.decode()
    assert "Given by e-mail" in page and "10:07 am" in page


def test_an_e_mail_that_does_not_arrive_gave_nothing(arrive: Arrive, staff: Staff, mailbox: Mailbox) -> None:
    lead, dana = arrive(SELF_PAY), staff("dana")
    agree(lead, dana, days=14)
    mailbox.at_recipient = always("550 no such user")
    estimates.give_estimate(make(lead, dana), dana, how="email", actor=SYSTEM)
    jobs.sweep()
    jobs.sweep()
    assert owed(lead) is not None and Task.objects.filter(lead=lead, kind="message_refused", status="open").exists()


def test_the_link_ends_for_whom_a_restriction_names(
    arrive: Arrive, staff: Staff, browser: Callable[[str], Client]
) -> None:
    lead, dana = arrive(SELF_PAY), staff("dana")
    estimates.give_estimate(make(lead, dana), dana, how="email", actor=SYSTEM)
    address = page_of(lead)
    assert Client().get(address).status_code == 200
    said = {"do": "restrict", "kind": "may_not_be_told", "person": str(lead.contact_id), "reason": "The order"}
    assert browser("dana").post(f"/leads/L-{lead.number}/people", said).status_code == 303
    assert Client().get(address).status_code == 404
    assert Client().post(address, {"birth": "2023-09-14"}).status_code == 404


def test_what_is_erased_is_neither_read_nor_opened(
    arrive: Arrive, staff: Staff, browser: Callable[[str], Client]
) -> None:
    lead, dana = arrive(SELF_PAY), staff("dana")
    row, address = make(lead, dana), page_of(lead)
    verbs.close(lead, dana, actor=SYSTEM, how="patient_declined", reason="They called it off")
    assert "$230" in Client().post(address, {"birth": "2023-09-14"}).content.decode(), "a closed lead's stays readable"
    clock.move(timedelta(days=366 * 11))
    lead.refresh_from_db()
    privacy.erase(lead, "patient", reason="retention_over", actor=SYSTEM)
    clock.move(-timedelta(days=366 * 11))
    assert Client().get(address).status_code == 404
    assert browser("dana").get(f"/leads/L-{lead.number}/estimate").status_code == 404
    with pytest.raises(SealBroken):
        text_of(row)
