"""An authorization from the payer's "yes, it needs one" to the request for more: through the doors that staff use."""

from __future__ import annotations

import html
import io
import json
import re
import uuid
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pypdfium2
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from fhir.resources.R4B.bundle import Bundle
from PIL import Image
from tests.people import MADISON, TUESDAY, but, surgeon
from tests.stated import correct

from firstvisit.documents.services import kept
from firstvisit.journey.booking.offering import offers
from firstvisit.journey.jobs import sweep
from firstvisit.journey.loading import load
from firstvisit.journey.plan import plan
from firstvisit.journey.privacy import erase
from firstvisit.journey.verify import verify
from firstvisit.kernel import clock
from firstvisit.kernel.audit import SYSTEM
from firstvisit.kernel.seal import open_key
from firstvisit.leads.models import DecisionRow, Event, Lead, LeadReferral, Task, UndoStep
from firstvisit.leads.services import read
from firstvisit.practice.queries import policy, practice, queue_ids
from firstvisit.steps.coverage import determinations, requests, review_requests
from firstvisit.steps.coverage.models import AuthorizationRequest
from firstvisit.steps.coverage.tests.payers import interchange, transaction
from firstvisit.steps.intake.models import ItemPage, Part
from firstvisit.web.tests.payers_say import PLAN, answered

pytestmark = pytest.mark.django_db
Arrive = Callable[[Any], Lead]
SetClock = Callable[[datetime], None]
MICHIGAN = [{"name": "Michigan Medicaid", "member_id": "MM-5530"}]
COMP = [{"name": "Great Lakes Compensation Mutual", "kind": "workers_comp", "claim_number": "WC-1"}]
WAITS = but(surgeon(TUESDAY.date()), program="orthopedic", diagnoses=["M54.50"], events=[], payers=MICHIGAN)
BY_RULE = but(WAITS, payers=COMP)
NEEDS_ONE = ("EB*1**PT*********Y", "EB*CB**PT********Y*Y")
FAXED = {"way": "fax", "to": "517 555 0133, prior authorization"}
PARTLY = {"decision": "partly", "said_by": "Portal", "number": "PA-20-771", "granted": "10", "from_day": "2026-12-03",
          "through_day": "2027-03-01", "granted_codes": "97161 97110", "refused_why": "Ten of twelve"}  # fmt: skip


@pytest.fixture
def dana(browser: Callable[[str], Client], tuesday: datetime) -> Client:
    return browser("dana")


def tasks(lead: Lead) -> dict[str, Task]:
    return {t.kind: t for t in Task.objects.filter(lead=lead, status="open")}


def the(lead: Lead, **which: Any) -> AuthorizationRequest:
    return AuthorizationRequest.objects.get(lead=lead, **which)


def address(row: AuthorizationRequest, verb: str = "") -> str:
    number = Lead.objects.get(id=row.lead_id).number
    return f"/leads/L-{number}/authorizations/{row.id}" + (f"/{verb}" if verb else "")


def does(client: Client, row: AuthorizationRequest, verb: str, **said: Any) -> Any:
    found = client.post(address(row, verb), said)
    row.refresh_from_db()
    return found


def says(client: Client, row: AuthorizationRequest) -> str:
    return words(client.get(address(row)).content)


def words(page: bytes) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html.unescape(page.decode())))


def later(set_clock: SetClock, moment: datetime) -> None:
    set_clock(moment)
    while sweep():
        pass


def details(row: AuthorizationRequest) -> dict[str, Any]:
    return requests.details(row, open_key(LeadReferral.objects.select_related("key").get(lead=row.lead_id).key))


def record(lead: Lead) -> Any:
    row = LeadReferral.objects.select_related("key").get(lead=lead)
    return (read(row, open_key(row.key)).payers or ())[0]


PATIENT = "NYKVISTBERG*LEOPOLD****MI*MM-5530"


def reply(trace: str, *event: str, number: str = "", who: str = PATIENT) -> str:
    """The payer's 278 to the request of that trace, about that person."""
    said = ("TRN*2*" + trace + "*9CEDARST01",) if trace else ()
    body = (
        "BHT*0007*11*T1*20261122*0900*18", "HL*1**20*1", "NM1*X3*2*INVENTED REVIEW*****PI*00001", "HL*2*1*21*1",
        "NM1*1P*2*CEDAR STREET THERAPY*****XX*1999999984", "HL*3*2*22*1", f"NM1*IL*1*{who}",
        "HL*4*3*EV*0", *said, "UM*HS*I*PT*11:B", *event, *((f"REF*NT*{number}",) if number else ()),
    )  # fmt: skip
    return interchange(*body, kind="278").decode()


def test_the_whole_story(dana: Client, arrive: Arrive, set_clock: SetClock) -> None:
    lead = arrive(WAITS)
    assert not AuthorizationRequest.objects.filter(lead=lead).exists()

    answered(lead, PLAN, *NEEDS_ONE)  # the 271 says that it needs one
    lead.refresh_from_db()
    assert lead.outcome == "need_auth_first"
    row = the(lead)
    assert (row.service, row.discipline, row.payer, row.status) == ("evaluation", "PT", "michigan_medicaid", "needed")
    assert row.needed_by == "271" and row.needed_from.startswith("The payer's answer about PT of")
    assert "request_authorization" in tasks(lead)
    assert f'href="{address(row)}"' in dana.get(f"/leads/L-{lead.number}").content.decode()

    page = says(dana, row)
    assert "Needed, not sent yet" in page and "97161 97162 97163" in dana.get(address(row)).content.decode()
    prepared = does(dana, row, "prepare", units="12", procedures="97161, 97110", begins="2026-12-01",
                    ends="2027-02-28", words="Cannot climb stairs after the knee replacement", urgent="")  # fmt: skip
    assert prepared.status_code == 303 and row.status == "prepared"
    packet = dana.get(address(row, "files/packet"))
    assert packet["Content-Type"] == "application/pdf"
    text = pypdfium2.PdfDocument(packet.content)[0].get_textpage().get_text_range()
    for said in ("Michigan Medicaid", "Leopold Nykvistberg", "MM-5530", "97161, 97110", row.trace, "Cannot climb"):
        assert said in text, said

    sent = does(dana, row, "sent", **FAXED, reference="IN-9")
    assert sent.status_code == 303 and row.status == "requested"
    assert row.expected_from == "law" and row.expected_at == datetime(2026, 12, 1, 17, tzinfo=MADISON)
    kept_sheet = requests.opened(row, open_key(LeadReferral.objects.get(lead=lead).key), "request")
    assert kept_sheet and kept_sheet.startswith(b"%PDF") and details(row)["sent_to"] == FAXED["to"]
    assert "request_authorization" not in tasks(lead) and set(tasks(lead)) >= {"nudge_payer"}
    lead.refresh_from_db()
    (waits,) = [b for b in lead.blockers if b[0] == "authorization"]
    assert datetime.fromisoformat(waits[4]) == row.expected_at
    (case,) = load([lead], {number: slug for slug, number in queue_ids().items()}, clock.now())
    planned = plan(case, practice(), policy(), clock.now())
    assert planned.expected_on is not None and planned.expected_on == (date(2026, 12, 1), "law")
    assert "answer due Tue Dec 1" in words(dana.get(f"/leads/L-{lead.number}").content)

    nudge = tasks(lead)["nudge_payer"]
    assert nudge.due_at >= row.expected_at and "by law" in nudge.reason
    later(set_clock, datetime(2026, 12, 2, 10, tzinfo=MADISON))
    assert tasks(lead)["nudge_payer"].due_at < clock.now(), "it is late"
    asked = does(dana, row, "asked", asked_words="Kim at the line: still with a nurse")
    assert asked.status_code == 303 and row.nudges == 1
    again = tasks(lead)["nudge_payer"]
    assert again.id != nudge.id and again.due_at > clock.now() and "asked after once" in again.reason

    decided = does(dana, row, "decided", **PARTLY)
    assert decided.status_code == 303
    assert (row.status, row.units, row.ends) == ("partly", 10, date(2027, 3, 1))
    assert row.procedures == ["97161", "97110"] and details(row)["number"] == "PA-20-771"
    lead.refresh_from_db()
    assert lead.outcome in ("book_now", "book_pending_docs") and "call_to_book" in tasks(lead)
    assert "nudge_payer" not in tasks(lead)
    page = words(dana.get(f"/leads/L-{lead.number}").content)
    assert "for 97161, 97110 approved in part" in page
    told = record(lead)
    assert (told.authorization_status, told.authorization_number) == ("approved", "PA-20-771")
    assert (told.authorization_units, told.authorization_through) == (10, date(2027, 3, 1))
    assert not any(verify(each) for each in DecisionRow.objects.filter(lead=lead))

    assert does(dana, row, "used", used="7").status_code == 303
    assert "extend_authorization" not in tasks(lead), "70 per cent"
    assert does(dana, row, "used", used="8").status_code == 303
    alert = tasks(lead)["extend_authorization"]
    assert alert.reason.startswith("8 of 10 authorized visits are used")
    more = does(dana, row, "more")
    extension = the(lead, extends=row)
    assert more["Location"] == address(extension) and extension.service == "treatment"
    assert "extend_authorization" not in tasks(lead) and "request_treatment" in tasks(lead)
    does(dana, extension, "prepare", units="10", procedures="97110", begins="2027-01-15", ends="2027-03-31")
    bundle = json.loads(dana.get(address(extension, "files/pas")).content)
    Bundle.model_validate(bundle)
    (asked_again,) = review_requests.read(transaction(dana.get(address(extension, "files/278")).content))
    assert (asked_again.kind, asked_again.number) == ("extension", "PA-20-771")
    assert asked_again.trace == extension.trace and asked_again.subscriber.member_id == "MM-5530"
    names = set(Event.objects.filter(lead=lead).values_list("name", flat=True))
    assert names >= {"authorization_prepared", "authorization_sent", "authorization_nudged", "authorization_decided",
                     "authorization_counted", "authorization_extended"}  # fmt: skip
    page = words(dana.get(f"/leads/L-{lead.number}").content)
    assert "Request for authorization sent: evaluation, PT, by fax" in page
    assert "Authorized visits counted: evaluation, PT, 8 of 10" in page


def test_a_payers_rule_needs_it_with_its_source_and_a_corrected_payer_does_not(dana: Client, arrive: Arrive) -> None:
    lead = arrive(BY_RULE)
    row = the(lead)
    assert row.needed_by == "rule" and "as of" in row.needed_from and row.status == "needed"
    correct(dana, lead, **{"payers.0.name": "Northfield Health", "payers.0.kind": "commercial"})
    row.refresh_from_db()
    assert row.status == "not_needed" and "request_authorization" not in tasks(lead)
    correct(dana, lead, **{"payers.0.name": COMP[0]["name"], "payers.0.kind": "workers_comp"})
    row.refresh_from_db()
    assert row.status == "needed", "needed again, and no second one"


def test_the_answer_noted_on_the_lead_decides_the_request_and_is_undone_with_it(dana: Client, arrive: Arrive) -> None:
    lead = arrive(BY_RULE)
    row = the(lead)
    does(dana, row, "sent", **FAXED)
    said = {"authorized": "approved", "said_by": "Kim Adler", "number": "AU-1", "units": "6"}
    assert dana.post(f"/leads/L-{lead.number}/authorization", said).status_code == 303
    row.refresh_from_db()
    assert (row.status, row.units) == ("approved", 6) and details(row)["number"] == "AU-1"
    assert dana.post(f"/undo/{UndoStep.objects.latest('at').id}").status_code == 303
    row.refresh_from_db()
    lead.refresh_from_db()
    assert (row.status, row.units, row.decided_at) == ("requested", None, None)
    assert lead.outcome == "need_auth_first" and "nudge_payer" in tasks(lead)


def test_none_is_needed_frees_the_lead_and_a_refusal_goes_to_a_person(dana: Client, arrive: Arrive) -> None:
    lead = arrive(BY_RULE)
    does(dana, the(lead), "decided", decision="not_needed", said_by="Kim, by phone")
    lead.refresh_from_db()
    assert the(lead).status == "not_needed" and record(lead).authorization_status == "not_required"
    assert lead.outcome in ("book_now", "book_pending_docs")
    assert "The payer says that no authorization is needed" in words(dana.get(f"/leads/L-{lead.number}").content)
    does(dana, the(lead), "decided", decision="denied", said_by="Letter", refused_why="Not a work injury")
    lead.refresh_from_db()
    assert (the(lead).status, lead.outcome) == ("denied", "person_looks")
    assert "decide whether to appeal" in tasks(lead)["decide"].reason


CERTIFIED = ("HCR*A1*AUTH-77", "DTP*AAH*RD8*20261201-20270228", "HSD*VS*12", "MSG*SEND NOTES AFTER VISIT 10")


@pytest.mark.parametrize("by_file", [True, False], ids=["uploaded", "pasted"])
def test_a_278_that_came_back_is_read(dana: Client, arrive: Arrive, by_file: bool) -> None:
    lead = arrive(BY_RULE)
    row = the(lead)
    does(dana, row, "sent", **FAXED)
    text = reply(row.trace, *CERTIFIED)
    said = {"file": SimpleUploadedFile("a.278", text.encode())} if by_file else {"reply": text}
    assert does(dana, row, "reply", **said).status_code == 303
    assert (row.status, row.units, row.begins, row.ends) == ("approved", 12, date(2026, 12, 1), date(2027, 2, 28))
    assert details(row)["number"] == "AUTH-77" and record(lead).authorization_number == "AUTH-77"
    page = says(dana, row)
    assert "Authorized as asked for." in page and "“SEND NOTES AFTER VISIT 10”" in page and "HCR*A1*AUTH-77" in page


@pytest.mark.parametrize(
    ("event", "status", "units"),
    [
        (("HCR*A2*AUTH-9", "HSD*VS*6"), "partly", 6),
        (("HCR*A3**82",), "denied", None),
        (("HCR*A4**0U", "REF*NT*P2003"), "pended", None),
        (("HCR*CT",), "pended", None),
        (("HCR*NA",), "not_needed", None),
        (("HCR*A9",), "requested", None),
        (("HCR*A2*AUTH-9",), "requested", None),
        ((), "requested", None),
    ],
)
def test_what_a_278_decides(
    dana: Client, arrive: Arrive, event: tuple[str, ...], status: str, units: int | None
) -> None:
    lead = arrive(BY_RULE)
    row = the(lead)
    does(dana, row, "sent", **FAXED)
    assert does(dana, row, "reply", reply=reply(row.trace, *event)).status_code == 303
    assert (row.status, row.units) == (status, units)
    assert row.reply is not None
    if status == "requested":
        assert "nudge_payer" in tasks(lead) and "UM*HS*I*PT*11:B" in says(dana, row)
    if event == ("HCR*CT",):
        assert tasks(lead)["nudge_payer"].due_at <= clock.now() + timedelta(hours=1)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "Paste the reply"),
        ("<html>Sorry</html>", "no X12"),
        (reply("SOMEBODYELSE1", *CERTIFIED), "It answers another request"),
        (reply("", *CERTIFIED), "It answers another request"),
    ],
)
def test_another_patients_278_is_refused_and_nothing_of_it_is_kept(
    dana: Client, arrive: Arrive, text: str, why: str
) -> None:
    lead = arrive(BY_RULE)
    row = the(lead)
    does(dana, row, "sent", **FAXED)
    found = does(dana, row, "reply", reply=text)
    assert found.status_code == 422 and why in words(found.content)
    assert row.status == "requested" and row.reply is None


def test_without_a_trace_the_payers_own_number_decides(dana: Client, arrive: Arrive) -> None:
    lead = arrive(BY_RULE)
    row = the(lead)
    does(dana, row, "sent", **FAXED, reference="IN-9")
    assert does(dana, row, "reply", reply=reply("", "HCR*A1*AUTH-1", number="IN-9")).status_code == 303
    assert row.status == "approved"


def authorized_treatment(dana: Client, arrive: Arrive) -> AuthorizationRequest:
    """Treatment for which a 278 gave eight visits, three of them used."""
    lead = arrive(but(WAITS, payers=[{"name": "Northfield Health", "member_id": "NH-1"}]))
    dana.post(f"/leads/L-{lead.number}/authorization-needed", {"therapy": "PT", "said_by": "Kim at Northfield"})
    row = the(lead)
    does(dana, row, "sent", **FAXED)
    given = reply(row.trace, "HCR*A6*AUTH556677", "DTP*AAH*RD8*20261201-20270115", "HSD*VS*8")
    assert does(dana, row, "reply", reply=given).status_code == 303
    assert does(dana, row, "used", used="3").status_code == 303
    return row


def test_what_is_authorized_stays_whatever_is_pasted_later(dana: Client, arrive: Arrive) -> None:
    row = authorized_treatment(dana, arrive)
    for event, became in (
        ("HCR*ZZ*9", "No decision could be read"),
        ("HCR*A3**0Y", "It leaves less than is authorized"),
        ("HCR*A4**0U", "It leaves less than is authorized"),
    ):
        assert does(dana, row, "reply", reply=reply(row.trace, event)).status_code == 303
        page = says(dana, row)
        assert became in page and "No decision could be read" in page and event in page
        assert "HCR*A6*AUTH556677" in page, "the reply that authorized is one click away"
        assert (row.status, row.units, row.used, row.ends) == ("partly", 8, 3, date(2027, 1, 15))
        assert details(row)["number"] == "AUTH556677"
    again = does(dana, row, "reply", reply=reply(row.trace, "HCR*ZZ*9"))
    assert again.status_code == 409 and "kept already" in words(again.content)


@pytest.mark.parametrize(
    "less",
    [
        {"decision": "denied"},
        {"decision": "not_needed"},
        {"decision": "partly", "granted": "7"},
        {"decision": "approved", "granted": "8", "through_day": "2027-01-14"},
    ],
)
def test_a_decision_that_leaves_less_says_so_and_what_stood_before_stays(
    dana: Client, arrive: Arrive, less: dict[str, str]
) -> None:
    row = authorized_treatment(dana, arrive)
    refused = does(dana, row, "decided", said_by="Letter", **less)
    assert refused.status_code == 422 and "less than what is authorized now" in words(refused.content)
    assert (row.status, row.units) == ("partly", 8)
    assert does(dana, row, "decided", said_by="Letter", replaces="yes", **less).status_code == 303
    assert row.status == less["decision"]
    page = says(dana, row)
    assert "Decided before" in page and "No. AUTH556677; 8 visits, 3 used; Tue Dec 1, 2026 through Fri Jan 15" in page


def test_more_is_asked_for_where_treatment_is_authorized_and_more_than_that_is_not_counted_in_silence(
    dana: Client, arrive: Arrive
) -> None:
    row = authorized_treatment(dana, arrive)
    lead = Lead.objects.get(id=row.lead_id)
    page = dana.get(f"/leads/L-{lead.number}").content
    assert "PT is authorized: ask for more visits there" in words(page) and b"Treatment wants one" not in page
    again = dana.post(f"/leads/L-{lead.number}/authorization-needed", {"therapy": "PT", "said_by": "Kim"})
    assert again.status_code == 422 and "ask for more on its page" in words(again.content)
    assert AuthorizationRequest.objects.filter(lead=lead).count() == 1
    found = does(dana, row, "used", used="900")
    assert found.status_code == 422 and "8 are authorized" in words(found.content) and row.used == 3
    assert does(dana, row, "used", used="9", more_words="The ninth was not cancelled in time").status_code == 303
    assert row.used == 9


def test_signs_of_x12_in_words_are_blanks_and_in_a_number_are_named(dana: Client, arrive: Arrive) -> None:
    lead = arrive(WAITS)
    answered(lead, PLAN, *NEEDS_ONE)
    row = the(lead)
    does(dana, row, "prepare", units="1", words="Goal: walk without a stick * : ^ ~ by May")
    found = dana.get(address(row, "files/278"))
    (asked,) = review_requests.read(transaction(found.content))
    assert asked.words == "GOAL WALK WITHOUT A STICK BY MAY"
    correct(dana, lead, **{"payers.0.member_id": "MM*5530"})
    page = says(dana, row)
    assert "Correct the member id: it holds a character" in page and "(subscriber" not in page


SOMEBODY_ELSE = "DOE*ROBIN****MI*M0001"


@pytest.mark.parametrize(
    ("who", "taken"),
    [
        (SOMEBODY_ELSE, False),
        ("NYKVISTBERG*RAGNHILD****MI*M0001", False),
        ("NYKVISTBERG*LEO****MI*M0001", True),
        ("DOE*ROBIN****MI*MM 5530", True),
        ("DOE*ROBIN", True),
    ],
)
def test_our_number_with_another_name_and_member_id_decides_nothing(
    dana: Client, arrive: Arrive, who: str, taken: bool
) -> None:
    lead = arrive(WAITS)
    answered(lead, PLAN, *NEEDS_ONE)
    row = the(lead)
    does(dana, row, "sent", **FAXED)
    assert does(dana, row, "reply", reply=reply(row.trace, *CERTIFIED, who=who)).status_code == 303
    assert row.status == ("approved" if taken else "requested")
    if taken:
        return
    page = says(dana, row)
    first = who.split("*")[1]
    assert f"Not taken It names somebody else: {first}" in page and "M0001. Ask the payer." in page
    assert "HCR*A1*AUTH-77" in page and "nudge_payer" in tasks(lead)
    assert Event.objects.filter(lead=lead, name="authorization_reply_unclear").exists()


def test_our_own_278_is_no_answer(dana: Client, arrive: Arrive) -> None:
    lead = arrive(WAITS)
    answered(lead, PLAN, *NEEDS_ONE)
    row = the(lead)
    does(dana, row, "sent", way="x12", to="The clearinghouse")
    ours = dana.get(address(row, "files/278")).content
    (review,) = determinations.read(transaction(ours))
    assert review.is_request and review.answers(row.trace)
    found = does(dana, row, "reply", reply=ours.decode())
    assert found.status_code == 422 and "a request and no answer" in words(found.content)


def with_a_document(lead: Lead, *, part: int = 0, color: str = "white") -> None:
    """A page that a reader has made a picture of, of the document with which the lead came."""
    mine = Part.objects.select_related("item__key").filter(lead=lead).latest("at")
    picture = io.BytesIO()
    Image.new("RGB", (850, 1100), color).save(picture, "PNG")
    document = kept(key=open_key(mine.item.key), body=picture.getvalue(), media_type="image/png")
    document.save(force_insert=True)
    number = ItemPage.objects.filter(item=mine.item).count() + 1
    ItemPage.objects.create(item=mine.item, number=number, part=part, width=850, height=1100, document=document)


def test_the_papers_of_this_patient_go_with_it_and_those_of_another_do_not(dana: Client, arrive: Arrive) -> None:
    lead = arrive(WAITS)
    answered(lead, PLAN, *NEEDS_ONE)
    with_a_document(lead)
    with_a_document(lead)
    with_a_document(lead, part=1, color="black")
    row = the(lead)
    paper = str(Part.objects.get(lead=lead).id)
    assert "2 pages" in says(dana, row)
    does(dana, row, "prepare", units="1", papers=[paper, str(uuid.uuid4()), "no id"])
    pages = pypdfium2.PdfDocument(dana.get(address(row, "files/packet")).content)
    assert len(pages) == 3 and "1 of 3" in pages[0].get_textpage().get_text_range()
    bundle = json.loads(dana.get(address(row, "files/pas")).content)
    Bundle.model_validate(bundle)
    assert [e["resource"]["resourceType"] for e in bundle["entry"]].count("DocumentReference") == 1
    does(dana, row, "prepare", units="1")
    assert len(pypdfium2.PdfDocument(dana.get(address(row, "files/packet")).content)) == 1


def test_what_was_sent_stays_as_it_was(dana: Client, arrive: Arrive) -> None:
    lead = arrive(WAITS)
    answered(lead, PLAN, *NEEDS_ONE)
    row = the(lead)
    does(dana, row, "sent", **FAXED)
    first = dana.get(address(row, "files/packet")).content
    with_a_document(lead)
    assert dana.get(address(row, "files/packet")).content == first
    assert does(dana, row, "prepare", units="3").status_code == 409
    assert does(dana, row, "sent", **FAXED).status_code == 409


@pytest.mark.parametrize(
    ("verb", "said", "told"),
    [
        ("prepare", {"units": "a dozen"}, "Enter a whole number from 1 to 999"),
        ("prepare", {"procedures": "97161 knee"}, "KNEE is no code"),
        ("prepare", {"begins": "2026-12-01", "ends": "2026-11-01"}, "Enter a last day that is not before the first"),
        ("sent", {"way": "pigeon", "to": "them"}, "Choose how it was sent"),
        ("sent", {"way": "fax", "to": " "}, "Enter to whom"),
        ("sent", {**FAXED, "said": "2026-11-01"}, "still to come"),
        ("sent", {"way": "x12", "to": "The clearinghouse"}, "enter the payer's id at the clearinghouse"),
        ("decided", {"decision": "perhaps", "said_by": "Kim"}, "Say whether it has come"),
        ("decided", {"decision": "approved", "said_by": ""}, "Enter who said so"),
        ("decided", {"decision": "partly", "said_by": "Kim", "number": "1"}, "visits, days or procedures"),
        ("decided", {"decision": "approved", "said_by": "Kim", "granted": "0"}, "from 1 to 1,000"),
        ("decided", {"decision": "approved", "said_by": "Kim", "granted_codes": "x"}, "X is no code"),
        ("take-back", {"reason": ""}, "Say why"),
    ],
)
def test_what_cannot_be_is_refused_and_stays_typed(
    dana: Client, arrive: Arrive, verb: str, said: dict[str, str], told: str
) -> None:
    row = the(arrive(BY_RULE))
    found = does(dana, row, verb, **said)
    assert found.status_code == 422 and told in words(found.content)
    assert row.status == "needed"


def test_the_page_is_for_those_who_may_see_coverage(
    arrive: Arrive, browser: Callable[[str], Client], dana: Client
) -> None:
    lead = arrive(BY_RULE)
    row = the(lead)
    other = the(arrive(but(BY_RULE, patient__first_name="Casimir", patient__last_name="Yarrow",
                           patient__phone="+16085550177")))  # fmt: skip
    for name in ("auditor", "reggie"):
        assert browser(name).get(address(row)).status_code == 404
        assert browser(name).post(address(row, "sent"), FAXED).status_code == 404
    assert dana.get(f"/leads/L-{lead.number}/authorizations/{other.id}").status_code == 404
    assert dana.get(address(row, "files/everything")).status_code == 404
    assert dana.post(address(row, "eat"), {}).status_code == 404
    row.refresh_from_db()
    assert row.status == "needed"


def test_treatment_is_asked_for_after_the_visit_and_goes_on_when_the_lead_is_closed(
    dana: Client, arrive: Arrive, set_clock: SetClock
) -> None:
    lead = arrive(but(WAITS, payers=[{"name": "Northfield Health", "member_id": "NH-1"}]))
    answered(lead, PLAN, *NEEDS_ONE)  # of this payer the evaluation needs none, so treatment does
    lead.refresh_from_db()
    assert lead.outcome in ("book_now", "book_pending_docs")
    assert not AuthorizationRequest.objects.filter(lead=lead).exists()
    page = words(dana.get(f"/leads/L-{lead.number}").content)
    assert "None is needed as far as anybody said" not in page and "for treatment, not for the evaluation" in page
    assert page.count("says that PT must be authorized. By its rule (Invented for the sample, as of") == 2
    assert "Treatment is asked for once a visit is agreed." in page
    call = tasks(lead)["call_to_book"]
    done = {"result": "reached_booked", "again_at": "2026-12-01T10:00"}
    assert dana.post(f"/tasks/{call.id}/done", done).status_code == 303
    row = the(lead, service="treatment")
    assert row.needed_by == "271"
    assert 'name="begins" type="date" value="2026-12-01"' in dana.get(address(row)).content.decode()
    assert "once a visit is agreed" not in words(dana.get(f"/leads/L-{lead.number}").content)
    assert tasks(lead)["request_treatment"].due_at > datetime(2026, 12, 2, 10, tzinfo=MADISON)
    later(set_clock, datetime(2026, 12, 1, 15, tzinfo=MADISON))
    closing = dana.post(f"/leads/L-{lead.number}/close", {"how": "evaluated", "reason": "Seen"})
    assert closing.status_code == 303
    row.refresh_from_db()
    assert row.status == "needed" and "request_treatment" in tasks(lead)
    assert does(dana, row, "sent", **FAXED).status_code == 303
    assert set(tasks(lead)) == {"nudge_payer", "tell_partner"}
    does(dana, row, "decided", decision="approved", said_by="Portal", granted="12", through_day="2027-01-31")
    assert record(lead).authorization_status is None, "the record is about the evaluation"
    assert set(tasks(lead)) <= {"tell_partner"}
    later(set_clock, datetime(2027, 1, 16, 10, tzinfo=MADISON))
    assert "extend_authorization" not in tasks(lead), "fifteen days before its end"
    later(set_clock, datetime(2027, 1, 17, 10, tzinfo=MADISON))
    assert tasks(lead)["extend_authorization"].reason.startswith("The authorization ends Sun Jan 31")


def test_a_refused_treatment_is_a_persons_and_somebody_may_say_that_it_wants_one(dana: Client, arrive: Arrive) -> None:
    lead = arrive(but(WAITS, payers=[{"name": "Northfield Health", "member_id": "NH-1"}]))
    needed = {"therapy": "PT", "said_by": "Kim at Northfield"}
    assert dana.post(f"/leads/L-{lead.number}/authorization-needed", needed).status_code == 303
    row = the(lead)
    assert (row.service, row.needed_by, row.status) == ("treatment", "told", "needed")
    assert dana.post(f"/leads/L-{lead.number}/authorization-needed", needed).status_code == 409
    outcome = Lead.objects.get(id=lead.id).outcome
    does(dana, row, "decided", decision="denied", said_by="Letter", refused_why="Not medically necessary")
    assert tasks(lead)["decide_refusal"].reason.startswith("The payer refused treatment (PT)")
    assert Lead.objects.get(id=lead.id).outcome == outcome


def test_nobody_is_asked_about_a_patient_who_pays_in_full(arrive: Arrive, dana: Client) -> None:
    lead = arrive(BY_RULE)
    row = the(lead)
    does(dana, row, "prepare", units="1")
    other = dana.post(f"/leads/L-{lead.number}/authorization-needed", {"therapy": "PT", "said_by": "Kim"})
    assert other.status_code == 303
    correct(dana, lead, withhold_from_plan="yes")
    for each in AuthorizationRequest.objects.filter(lead=lead):
        found = does(dana, each, "sent", **FAXED)
        assert found.status_code == 422 and "asked us to tell their plan nothing" in words(found.content)
        assert dana.get(address(each, "files/packet"))["Content-Type"].startswith("text/html")
        assert each.requested_at is None


def test_what_is_needed_of_them_is_dropped(arrive: Arrive, dana: Client) -> None:
    lead = arrive(BY_RULE)
    correct(dana, lead, withhold_from_plan="yes")
    assert the(lead).status == "not_needed"


def test_nudges_go_up_after_some_and_nothing_is_asked_twice(
    dana: Client, arrive: Arrive, set_clock: SetClock
) -> None:
    lead = arrive(BY_RULE)
    row = the(lead)
    does(dana, row, "sent", **FAXED)
    seen = set()
    for day in (7, 10, 14, 17):
        later(set_clock, datetime(2026, 12, day, 10, tzinfo=MADISON))
        nudge = tasks(lead)["nudge_payer"]
        assert nudge.id not in seen
        seen.add(nudge.id)
        does(dana, row, "asked", asked_words="Still in hand")
    assert row.nudges == 4 and Task.objects.filter(lead=lead, kind="nudge_payer").count() == 5


def test_somebody_who_is_erased_leaves_nothing_to_read_in_a_request(
    dana: Client, arrive: Arrive, set_clock: SetClock
) -> None:
    lead = arrive(BY_RULE)
    row = the(lead)
    does(dana, row, "sent", **FAXED)
    does(dana, row, "reply", reply=reply(row.trace, *CERTIFIED))
    assert dana.post(f"/leads/L-{lead.number}/close", {"how": "patient_declined", "reason": "x"}).status_code == 303
    set_clock(datetime(2037, 1, 5, 10, tzinfo=MADISON))
    erase(Lead.objects.get(id=lead.id), "patient", reason="retention_over", actor=SYSTEM)
    row.refresh_from_db()
    with pytest.raises(Exception, match=r"destroyed|gone|broken|erased|Seal"):
        details(row)


def test_times_lie_in_the_days_that_the_payer_authorized(dana: Client, arrive: Arrive) -> None:
    lead = arrive(BY_RULE)
    row, page = the(lead), f"/leads/L-{lead.number}/visit"
    days = lambda: {each.starts_at.date() for each in offers(lead, now=clock.now(), count=12).offers}  # noqa: E731
    assert "nobody has asked for it yet" in words(dana.get(page).content)
    does(dana, row, "prepare", units="12", procedures="97161", begins="2026-12-01", ends="2027-02-28", urgent="")
    does(dana, row, "sent", **FAXED)
    assert "authorizes this visit first and was asked." in words(dana.get(page).content)
    said = {**PARTLY, "from_day": "2026-12-14", "through_day": "2026-12-18"}
    assert does(dana, row, "decided", **said).status_code == 303
    assert date(2026, 12, 14) <= min(days()) and max(days()) <= date(2026, 12, 18)
    assert "authorized it from Mon Dec 14 through Fri Dec 18" in words(dana.get(page).content)
