"""The coverage panel of the Lead, the page of one reply, and what is told by phone or portal."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from django.conf import LazySettings
from django.test import Client

from firstvisit.journey.correcting import correct, stated
from firstvisit.kernel import clock
from firstvisit.kernel.audit import SYSTEM
from firstvisit.kernel.models import AuditRow
from firstvisit.leads.models import Event, Lead, Task
from firstvisit.practice.models import User
from firstvisit.steps.coverage.connectors.sandbox import URL
from firstvisit.steps.coverage.models import Check, Insured
from firstvisit.web.tests.conftest import Arrive, SignIn, questions
from firstvisit.web.tests.payers_say import CLEAN, PLAN, SPEECH, answered, asked, down, reply

pytestmark = pytest.mark.django_db
Ask = Callable[..., Lead]
CALL = {"how": "phone", "said_by": "Kim", "reference": "R-77", "active": "yes", "covered": "yes", "copay": "30",
        "limited": "", "authorization": "no", "referral": "", "at": ""}  # fmt: skip


@pytest.fixture(autouse=True)
def connected(settings: LazySettings) -> None:
    """The sandbox payer is set up; nobody listens there."""
    settings.ENVIRONMENT = replace(settings.ENVIRONMENT, connectors={URL: "http://127.0.0.1:9"})


@pytest.fixture
def insured(arrive: Arrive) -> Lead:
    """Lucía, with a plan that a machine asks."""
    return arrive(insurance="Northfield Health", member_id="NH1")


def page(browser: Client, lead: Lead) -> str:
    return unescape(browser.get(f"/leads/L-{lead.number}").content.decode())


def panel(browser: Client, lead: Lead) -> str:
    found = re.search(r'<section class="sec" id="benefits">.*?</section>', page(browser, lead), re.S)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", found[0])) if found else ""


def tell(browser: Client, lead: Lead, **answers: str) -> Any:
    now = clock.now().astimezone().isoformat(timespec="minutes")
    return browser.post(f"/leads/L-{lead.number}/told/0/SLP", {**CALL, "at": now, **answers})


def test_a_clean_answer_stands_in_two_sentences_and_its_parts(insured: Lead, dana: Client) -> None:
    answered(insured, *CLEAN)
    shown = panel(dana, insured)
    assert "Plan active. Speech therapy covered, in network. Copay $25 a visit." in shown
    assert "Read out: Your plan told us that it is active." in shown
    assert "Su plan nos dijo que está activo." in shown
    for part in ("$250 of $1,500 left", "18 of 30 left, calendar year", "Authorization not stated", "Sandbox payer"):
        assert part in shown, part
    assert "just now, for" in shown and "Ask again" in shown


def test_it_says_how_old_the_answer_is(insured: Lead, dana: Client) -> None:
    check = answered(insured, *CLEAN)
    Check.objects.filter(id=check.id).update(answered_at=clock.now() - timedelta(hours=18, minutes=5))
    assert "18 h old" in panel(dana, insured)


def test_what_is_under_way_and_what_failed_is_said(insured: Lead, dana: Client) -> None:
    assert "Is being asked." in panel(dana, insured)
    asked(insured)
    assert "the answer is on its way" in panel(dana, insured)
    Check.objects.update(status="wanted")
    down(insured)
    shown = panel(dana, insured)
    assert "No answer to 1 try (Sandbox payer did not answer within 30 seconds). Asked again by itself at" in shown
    down(insured, temporary=False)
    shown = panel(dana, insured)
    assert "The question got no answer: Sandbox payer did not answer within 30 seconds." in shown
    assert "in time" not in shown, "what no later try mends was not too late"
    Check.objects.update(finding="down")
    assert "and nobody answered in time" in panel(dana, insured)


def test_a_refusal_names_the_field_whose_it_is_and_leads_to_it(insured: Lead, dana: Client) -> None:
    answered(insured, "AAA*N**72*C")
    shown = panel(dana, insured)
    assert "Member id missing or wrong, of whoever holds the plan. Ask for a photo of the card, both sides." in shown
    found = re.search(r'href="([^"]+payers\.0\.member_id)"', page(dana, insured))
    assert found is not None
    form = dana.get(found[1].partition("#")[0]).content.decode()
    field = re.search(r'<input id="payers.0.member_id"[^>]*>', form)
    assert field is not None and "autofocus" in field[0]


def test_the_refusal_of_a_name_leads_to_it(insured: Lead, dana: Client) -> None:
    answered(insured, "AAA*N**73*C")
    shown = panel(dana, insured)
    assert "Correct: first name" in shown and "the payer is asked again by itself" in shown
    assert 'name="patient.first_name"' in dana.get(f"/leads/L-{insured.number}/stated").content.decode()
    assert "Would you read me what stands on the card" in shown and "We are asking again" not in shown


def test_an_answer_for_somebody_else_is_never_shown_as_covered(insured: Lead, dana: Client) -> None:
    answered(insured, *CLEAN, trace="SOMEBODYELSE")
    shown = panel(dana, insured)
    assert "The reply answers another question than ours." in shown
    assert "covered" not in shown and "Read out" not in shown


@pytest.mark.parametrize("raw", [b"<html>busy</html>", b"", b"\xff\xfe\x00garbage", b"ISA*00*"])
def test_what_cannot_be_read_says_so_with_the_raw_text_one_click_away(raw: bytes, insured: Lead, dana: Client) -> None:
    check = answered(insured, raw=raw)
    shown = panel(dana, insured)
    assert "covered" not in shown and "Read out" not in shown
    one = dana.get(f"/leads/L-{insured.number}/benefits/{check.id}")
    assert one.status_code == 200
    if b"busy" in raw:
        assert "&lt;html&gt;busy" in one.content.decode()


@pytest.mark.parametrize("dates", ["DTP*347*D8*20261031", "DTP*346*D8*20991231", "DTP*291*RD8*20250101-20261031"])
def test_a_plan_that_has_ended_or_not_begun_is_not_active_by_a_line_of_the_therapy(
    dates: str, insured: Lead, dana: Client
) -> None:
    assert answered(insured, "EB*1*IND*30", dates, SPEECH).finding == "not_stated"
    shown = panel(dana, insured)
    assert "its dates say that the plan does not hold on that day" in shown and "Plan active" not in shown
    assert "covered" not in shown


def test_a_plan_under_investigation_says_so_to_the_desk_and_the_family(insured: Lead, dana: Client) -> None:
    answered(insured, "EB*5**30", *CLEAN[1:])
    shown = panel(dana, insured)
    for said in (
        "Plan active. Pending investigation: the payer may still take this back", "active, pending investigation",
        "It is still looking into it, so this may change.", "Todavía lo está revisando",
    ):  # fmt: skip
        assert said in shown, said


def test_of_no_visits_none_is_left_and_a_deductible_that_is_met_is_not_still_due(insured: Lead, dana: Client) -> None:
    met = ("EB*C*IND*30***23*200*****Y", "EB*C*IND*30***29*0*****Y", "EB*F**AF***23***VS*0**Y")
    assert answered(insured, PLAN, SPEECH, *met).finding == "used_up"
    shown = panel(dana, insured)
    for said in ("0 of 0 visits left", "Deductible $200: met.", "$200, met", "Your deductible of $200 is met."):
        assert said in shown, said


def test_an_answer_whose_own_count_says_that_segments_are_missing_covers_nothing(insured: Lead, dana: Client) -> None:
    raw = re.sub(rb"SE\*\d+\*", b"SE*40*", reply(asked(insured), *CLEAN))
    settled = answered(insured, raw=raw)
    assert (settled.finding, settled.active) == ("not_understood", None) and "segments are missing" in settled.why
    shown = panel(dana, insured)
    assert "its own count says that segments are missing" in shown
    assert "covered" not in shown and "Plan active" not in shown


def test_segments_nobody_understands_are_counted_and_stand_on_the_reply_s_page(insured: Lead, dana: Client) -> None:
    check = answered(insured, *CLEAN, "ZZZ*WHAT")
    assert "1 part of the answer was not understood" in panel(dana, insured)
    one = dana.get(f"/leads/L-{insured.number}/benefits/{check.id}").content.decode()
    assert "ZZZ*WHAT" in one and "NM1*IL*1*DOE*ROBIN" in one


def test_the_page_of_a_reply_leaves_a_row_in_the_log_and_is_for_who_may_see_coverage(
    insured: Lead, signed_in: SignIn, dana: Client
) -> None:
    check = answered(insured, *CLEAN)
    address = f"/leads/L-{insured.number}/benefits/{check.id}"
    assert dana.get(address).status_code == 200
    assert AuditRow.objects.filter(subject_kind="benefits_reply", subjects__contains=[str(check.id)]).count() == 1
    for other in User.objects.filter(is_active=True):
        if not (other.may("insurance.see") and other.may("leads.see") and other.may("identity.see")):
            browser = Client(HTTP_HOST="127.0.0.1")
            browser.force_login(other, backend="allauth.account.auth_backends.AuthenticationBackend")
            assert browser.get(address).status_code == 404, other.email
            assert 'id="benefits"' not in browser.get(f"/leads/L-{insured.number}").content.decode()


def test_a_reply_of_another_lead_is_not_found(insured: Lead, arrive: Arrive, dana: Client) -> None:
    check = answered(insured, *CLEAN)
    other = arrive(insurance="Northfield Health", member_id="NH2")
    assert dana.get(f"/leads/L-{other.number}/benefits/{check.id}").status_code == 404


def test_an_answer_whose_key_is_gone_says_so(insured: Lead, dana: Client) -> None:
    check = answered(insured, *CLEAN)
    Check.objects.filter(id=check.id).update(reply=b"x" * 60)
    shown = panel(dana, insured)
    assert "cannot be opened" in shown and "Plan active" not in shown


def test_asking_again_asks_once_within_a_minute(insured: Lead, dana: Client) -> None:
    answered(insured, *CLEAN)
    for _ in range(3):
        dana.post(f"/leads/L-{insured.number}/ask-again", {"rank": "0", "discipline": "SLP"})
    assert Check.objects.filter(lead=insured, cause="hand").count() == 1
    check = answered(insured, *CLEAN[:2])
    assert check.cause == "hand"
    dana.post(f"/leads/L-{insured.number}/ask-again", {"rank": "0", "discipline": "SLP"})
    assert Check.objects.filter(lead=insured, cause="hand").count() == 1, "pressed twice within a minute"
    Check.objects.filter(cause="hand").update(wanted_at=clock.now() - timedelta(minutes=2))
    dana.post(f"/leads/L-{insured.number}/ask-again", {"rank": "0", "discipline": "SLP"})
    assert Check.objects.filter(lead=insured, cause="hand").count() == 2
    shown = panel(dana, insured)
    assert "What was known before" in shown and "Copay $25" in shown


def test_a_question_that_waits_for_its_next_try_is_tried_now(insured: Lead, dana: Client) -> None:
    check = down(insured)
    assert check.again_at > clock.now()
    dana.post(f"/leads/L-{insured.number}/ask-again", {"rank": "0", "discipline": "SLP"})
    check.refresh_from_db()
    assert check.again_at <= clock.now() and Check.objects.count() == 1


@pytest.mark.parametrize(
    ("answers", "why"),
    [
        ({"insurance": "Northfield Health"}, "Missing: Member number"),
        ({"insurance": "Quiet Valley Plan", "member_id": "Q1"}, "This payer is not in our list"),
        ({"insurance": "Great Lakes Compensation Mutual", "member_id": "Q1"}, "no health plan"),
        ({}, "Nobody has said who pays. Ask, and add it: Payer"),
    ],
)
def test_why_nobody_was_asked(answers: dict[str, str], why: str, arrive: Arrive, dana: Client) -> None:
    lead = arrive(**answers)
    assert why in panel(dana, lead)
    assert "Ask now" not in panel(dana, lead)
    refused = dana.post(f"/leads/L-{lead.number}/ask-again", {"rank": "0", "discipline": "SLP"})
    assert refused.status_code == 422 and not Check.objects.exists()


def test_whoever_pays_in_full_and_wants_silence_is_never_asked_about(
    insured: Lead, dana: Client, account: Callable[[str], User]
) -> None:
    correct(
        insured, account("dana"), actor=SYSTEM, texts={"withhold_from_plan": "yes"}, mark=stated(insured).mark
    )
    shown = panel(dana, insured)
    assert "asked us to tell their plan nothing" in shown
    assert "Ask" not in shown and "Told by phone" not in shown
    assert tell(dana, insured).status_code == 422
    assert dana.post(f"/leads/L-{insured.number}/ask-again", {"rank": "0", "discipline": "SLP"}).status_code == 422


def test_an_answer_to_what_was_stated_before_is_no_answer_of_now(
    insured: Lead, dana: Client, account: Callable[[str], User]
) -> None:
    answered(insured, *CLEAN)
    mark = stated(insured).mark
    correct(insured, account("dana"), actor=SYSTEM, texts={"payers.0.member_id": "NH2"}, mark=mark)
    shown = panel(dana, insured)
    now, _, before = shown.partition("What was known before")
    assert "Plan active" not in now and "Is being asked" in now
    assert "asked with what was stated then" in before and "Plan active" in before


def test_a_question_that_was_put_off_ends_with_a_correction(
    insured: Lead, dana: Client, account: Callable[[str], User]
) -> None:
    old = down(insured)
    mark = stated(insured).mark
    correct(insured, account("dana"), actor=SYSTEM, texts={"payers.0.member_id": "NH2"}, mark=mark)
    old.refresh_from_db()
    assert old.status == "withdrawn"
    answered(insured, *CLEAN)
    shown = panel(dana, insured)
    assert "Plan active" in shown and "Asked again by itself" not in shown


def test_a_refusal_of_our_own_data_says_so_and_that_it_was_refused(insured: Lead, dana: Client) -> None:
    check = asked(insured)
    raw = reply(check, "AAA*N**43*C").replace(b"HL*3*2*22*0~\n", b"")
    lines = [line for line in raw.decode().split("\n") if not line.startswith(("TRN", "NM1*IL", "DTP"))]
    Check.objects.update(status="wanted")
    answered(insured, raw="\n".join(lines).encode())
    shown = panel(dana, insured)
    assert "The payer refused the question." in shown
    assert "Provider id missing or wrong, ours. Ask for the NPI that is enrolled with this payer." in shown


def test_a_question_that_was_not_taken_in_is_no_refusal_of_anybody_s_data(insured: Lead, dana: Client) -> None:
    ack = b"ISA*00*          *00*          *ZZ*SANDBOX        *ZZ*FIRSTVISIT     *261124*0900*^*00501*000000001*0*T*:~"
    ack += b"GS*FA*A*B*20261124*0900*1*X*005010X231A1~ST*999*0001*005010X231A1~AK1*HS*1~AK2*270*0001~IK5*R~AK9*R*1*1*0~"
    ack += b"SE*6*0001~GE*1*1~IEA*1*000000001~"
    answered(insured, raw=ack)
    shown = panel(dana, insured)
    assert "Our question was not taken in" in shown and "AAA" not in shown
    assert "its technical contact, with the reply at hand" in shown


def test_a_payer_that_puts_us_off_says_why(insured: Lead, dana: Client) -> None:
    answered(insured, "AAA*N**42*P")
    assert "No answer to 1 try (the payer says: unable to respond now)." in panel(dana, insured)
    row = dana.get("/verification").content.decode()
    assert "the payer says: unable to respond now" in row


def test_what_was_told_is_kept_sealed_said_and_settles_the_task(insured: Lead, dana: Client) -> None:
    answered(insured, PLAN)
    assert Task.objects.filter(lead=insured, kind="verify_by_hand", status="open").count() == 1
    assert "Verify by phone or portal" in page(dana, insured)
    assert tell(dana, insured).status_code == 303
    check = Check.objects.get(cause="told")
    assert check.told is not None and b"Kim" not in bytes(check.told) and check.finding == "clean"
    shown = panel(dana, insured)
    assert "Plan active. Speech therapy covered, in network. Copay $30 a visit." in shown
    assert "From Kim, by phone, reference R-77" in shown and "noted by Dana Whitlock" in shown
    assert not Task.objects.filter(lead=insured, kind="verify_by_hand", status="open").exists()
    assert Event.objects.filter(lead=insured, name="benefits_told").exists()
    assert "Northfield Health, SLP: active, covers this therapy, told by phone" in page(dana, insured)


def test_a_referral_that_was_told_on_the_phone_is_asked_for_and_one_that_was_not_is_asked_for_no_more(
    insured: Lead, dana: Client
) -> None:
    answered(insured, *CLEAN, "MSG*REFERRAL REQUIRED")
    wanted = Task.objects.filter(lead=insured, kind="ask_referral", status="open")
    assert "read that" in wanted.get().reason
    tell(dana, insured, referral="no")
    assert not wanted.exists()
    tell(dana, insured, referral="yes")
    assert wanted.get().reason == "The plan said that SLP needs a referral: ask for it"
    said = dana.get(f"/leads/L-{insured.number}/estimate").content.decode()
    assert "a referral is there where the plan wants one" in said


def test_what_the_payer_does_not_say_on_the_phone_either_is_asked_no_third_time(insured: Lead, dana: Client) -> None:
    answered(insured, PLAN)
    tell(dana, insured, covered="", copay="", authorization="", words="They could not say")
    assert Check.objects.get(cause="told").finding == "not_stated"
    assert "They said: “They could not say”" in panel(dana, insured)
    assert not Task.objects.filter(lead=insured, kind="verify_by_hand", status="open").exists()


def test_what_was_told_is_corrected_and_undone(insured: Lead, dana: Client) -> None:
    answered(insured, PLAN)
    tell(dana, insured)
    first = Check.objects.get(cause="told")
    form = dana.get(f"/leads/L-{insured.number}/told/0/SLP?corrects={first.id}").content.decode()
    assert 'value="Kim"' in form and 'name="active" value="yes" checked' in form and 'value="R-77"' in form
    done = tell(dana, insured, corrects=str(first.id), copay="35")
    first.refresh_from_db()
    assert first.status == "withdrawn" and "Copay $35 a visit" in panel(dana, insured)
    assert "Copay $30" not in panel(dana, insured)
    step = re.search(r"done=([0-9a-f-]+)", done["Location"])
    assert step is not None
    assert dana.post(f"/undo/{step[1]}").status_code == 303
    shown = panel(dana, insured)
    assert "Copay $30 a visit" in shown and "$35" not in shown


def test_undoing_the_first_brings_the_task_back(insured: Lead, dana: Client) -> None:
    answered(insured, PLAN)
    done = tell(dana, insured)
    step = re.search(r"done=([0-9a-f-]+)", done["Location"])
    assert step is not None
    dana.post(f"/undo/{step[1]}")
    assert Task.objects.filter(lead=insured, kind="verify_by_hand", status="open").count() == 1
    assert "Speech therapy covered" not in panel(dana, insured)


def test_a_form_that_cannot_be_kept_shows_what_was_typed(insured: Lead, dana: Client) -> None:
    refused = tell(dana, insured, copay="thirty")
    text = refused.content.decode()
    assert refused.status_code == 422 and 'value="thirty"' in text
    assert "Copay a visit: Enter a number such as 30 or 12.50, or nothing." in text
    assert not Check.objects.filter(cause="told").exists()


def test_the_form_has_at_hand_what_the_payer_asks_for(insured: Lead, dana: Client) -> None:
    form = dana.get(f"/leads/L-{insured.number}/told/0/SLP").content.decode()
    assert "(608) 555-0175" in form and "https://providers.northfield.example.org" in form
    assert "NH1" in form and "1234567893" in form and "Lucía Delgado" in unescape(form)
    assert form.index("plan active") < form.index("visit limit") < form.index("authorization needed")


def test_who_may_not_see_coverage_notes_nothing(insured: Lead, signed_in: SignIn) -> None:
    for other in User.objects.filter(is_active=True):
        if not other.may("insurance.see"):
            browser = Client(HTTP_HOST="127.0.0.1")
            browser.force_login(other, backend="allauth.account.auth_backends.AuthenticationBackend")
            assert tell(browser, insured).status_code == 404
            asks = browser.post(f"/leads/L-{insured.number}/ask-again", {"rank": "0", "discipline": "SLP"})
            assert asks.status_code == 404
    assert Check.objects.filter(cause__in=("told", "hand")).count() == 0


def test_two_plans_stand_one_below_the_other(insured: Lead, dana: Client, account: Callable[[str], User]) -> None:
    texts = {"payers.1.name": "BadgerCare Plus", "payers.1.member_id": "1234567890"}
    correct(insured, account("dana"), actor=SYSTEM, texts=texts, mark=stated(insured).mark)
    shown = panel(dana, insured)
    assert shown.index("pays first") < shown.index("pays second")
    assert Insured.objects.filter(lead=insured).count() == 2


def test_more_answers_ask_the_database_no_more(insured: Lead, dana: Client) -> None:
    answered(insured, *CLEAN)
    path = f"/leads/L-{insured.number}"
    few = questions(dana, path)
    for _ in range(3):
        Check.objects.filter(cause="hand").update(wanted_at=clock.now() - timedelta(minutes=2))
        dana.post(f"{path}/ask-again", {"rank": "0", "discipline": "SLP"})
        answered(insured, *CLEAN)
    assert questions(dana, path) <= few + 1
