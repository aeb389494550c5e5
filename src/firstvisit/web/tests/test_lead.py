"""The lead screen and its verbs."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from html import unescape
from zoneinfo import ZoneInfo

import pytest
from django.http import HttpResponse
from django.test import Client
from pydantic import ValidationError

from firstvisit.journey import verbs
from firstvisit.journey.queries import explanation
from firstvisit.kernel import clock
from firstvisit.kernel.audit import SYSTEM
from firstvisit.kernel.models import AuditRow
from firstvisit.leads.models import Lead, Ruling, Task
from firstvisit.practice.changing import change_entry, stamp
from firstvisit.practice.models import User
from firstvisit.practice.queries import policy, practice
from firstvisit.referral.red_flags import RED_FLAGS
from firstvisit.steps.qualify.policy import Judging
from firstvisit.web.staff.lead.verbs import LEAD_VERBS, TASK_VERBS
from firstvisit.web.staff.lead.views import _drawn
from firstvisit.web.tests.conftest import Arrive, SignIn, questions

pytestmark = pytest.mark.django_db

WORDS = "About twenty words, no two together."


def path(lead: Lead, verb: str = "") -> str:
    return f"/leads/L-{lead.number}" + (f"/{verb}" if verb else "")


def page(browser: Client, lead: Lead) -> str:
    return browser.get(path(lead)).content.decode()


def plain(answer: HttpResponse, number: int) -> str:
    """A page without its form token and its lead's number."""
    return re.sub(r'value="\w{64}"', "", answer.content.decode()).replace(f"L-{number}", "L-N")


def test_it_shows_who_what_is_wanted_and_the_arithmetic(arrive: Arrive, signed_in: SignIn) -> None:
    lead = arrive(zip="", birth_date="")
    shown, why = page(signed_in("dana"), lead), explanation(lead)
    assert "Lucía Delgado" in shown and WORDS in shown
    assert why["verdict"] in shown
    assert why["question"]["text"] in shown
    for line in why["score"]["lines"]:
        assert line["label"] in shown
    assert f"{why['score']['points_lo']} to {why['score']['points_hi']}" in shown


@pytest.mark.parametrize("flag", RED_FLAGS)
def test_every_red_flag_has_an_approved_line_that_says_whom_to_call(flag: str) -> None:
    assert re.search(r"911|988|emergency room|office that referred you", Judging().line_for(flag))


def test_a_practice_may_write_one_line_and_keep_the_others() -> None:
    own = Judging.model_validate({"approved_lines": [{"flag": "abuse", "say": "Call 911 now."}]})
    assert own.line_for("abuse") == "Call 911 now."
    assert own.line_for("suicidal") == Judging().line_for("suicidal")


@pytest.mark.parametrize(
    "lines",
    [
        [{"flag": "abuse", "say": " "}],
        [{"flag": "abuse", "say": "One\ntwo"}],
        [{"flag": "toothache", "say": "Call 911 now."}],
        [{"flag": "abuse", "say": "Call 911."}, {"flag": "abuse", "say": "Call 988."}],
    ],
)
def test_an_approved_line_that_cannot_be_read_out_is_refused(lines: list[dict[str, str]]) -> None:
    with pytest.raises(ValidationError):
        Judging.model_validate({"approved_lines": lines})


def test_at_a_red_flag_the_approved_line_stands_right_under_the_alarm(
    arrive: Arrive, signed_in: SignIn
) -> None:
    lead = arrive(concern="He has chest pain and wants to die.")
    lines = policy().section(Judging)
    for person in ("dana", "anna"):
        shown = unescape(page(signed_in(person), lead))
        places = [
            shown.index(f"<b>{RED_FLAGS['suicidal']}</b>"),
            shown.index(f"“{lines.line_for('chest_pain')}”"),
            shown.index(f"“{lines.line_for('suicidal')}”"),
            shown.index("<h2>Who</h2>"),
        ]
        assert places == sorted(places)


def test_an_auditor_sees_who_it_is_once_a_reason_is_given(arrive: Arrive, signed_in: SignIn) -> None:
    lead, browser = arrive(), signed_in("auditor")
    assert "Delgado" not in page(browser, lead)
    assert browser.post(path(lead, "unmask"), {"reason": ""}).status_code == 422
    assert "Delgado" not in page(browser, lead)
    assert browser.post(path(lead, "unmask"), {"reason": "Complaint of November 3"}).status_code == 303
    assert "Delgado" in page(browser, lead)
    assert "twenty words" not in page(browser, lead), "their words stay hidden"


def test_what_was_stated_before_and_who_else_speaks_stand_on_the_lead(
    arrive: Arrive, signed_in: SignIn
) -> None:
    mia = {"patient_first_name": "Lucía", "patient_last_name": "Delgado", "birth_date": "2023-05-05"}
    child = {**mia, "email": "rosa@example.org"}
    lead = arrive(**child, name="Rosa Delgado", phone="608-555-0187")
    arrive(**child, name="Rosa Delgado", phone="608-555-0188")
    arrive(**child, name="Luis Delgado", phone="608-555-0189")
    shown = page(signed_in("dana"), lead)
    assert "Also stated" in shown and "(608) 555-0187" in shown
    assert "Also speaks" in shown and "Luis Delgado" in shown and "(608) 555-0189" in shown


def test_a_line_that_several_red_flags_share_is_read_once(arrive: Arrive, signed_in: SignIn) -> None:
    lead = arrive(concern="Chest pain since today, and her face is drooping.")
    shown = page(signed_in("dana"), lead)
    assert RED_FLAGS["chest_pain"] in shown and RED_FLAGS["stroke_signs"] in shown
    assert shown.count("“Please call 911 now.") == 1


def test_without_a_red_flag_there_is_no_line_to_read(arrive: Arrive, signed_in: SignIn) -> None:
    assert "Read this out" not in page(signed_in("dana"), arrive())


def test_the_timeline_says_in_words_what_a_second_request_changed(arrive: Arrive, signed_in: SignIn) -> None:
    mia = {"patient_first_name": "Lucía", "patient_last_name": "Delgado", "birth_date": "2023-02-08"}
    rosa = {"name": "Rosa Delgado", **mia}
    arrive(**rosa, phone="6085550142", zip="53703")
    lead = arrive(**rosa, phone="6085550142", zip="53711", concern="She still has no words.")
    shown = page(signed_in("dana"), lead)
    entry = re.search(r"More arrived for this lead.*?<small>([^<]*)</small>", shown)
    assert entry is not None
    changed, _, known_by = unescape(entry[1]).partition(", known as the same person by ")
    assert changed == "ZIP, their words"
    assert known_by.startswith("same: first name, last name, birth date, phone")


def test_the_lines_of_the_explanation_add_up(arrive: Arrive) -> None:
    score = explanation(arrive())["score"]
    assert sum(line["lo"] for line in score["lines"]) == score["points_lo"]
    assert sum(line["hi"] for line in score["lines"]) == score["points_hi"]
    assert sum(line["of"] for line in score["lines"]) == score["of"]


def test_out_of_scope_is_a_404_that_leaves_an_audit_row(
    arrive: Arrive, signed_in: SignIn, account: Callable[[str], User]
) -> None:
    lead, browser = arrive(), signed_in("reggie")
    hidden, missing = browser.get(path(lead)), browser.get("/leads/L-999999")
    assert hidden.status_code == missing.status_code == 404
    assert plain(hidden, lead.number) == plain(missing, 999999)
    rows = AuditRow.objects.filter(verb="refused", actor=f"user:{account('reggie').id}").order_by("id")
    assert [row.subjects for row in rows] == [[f"L-{lead.number}"], ["L-999999"]]
    assert rows[0].why == "leads.see"


def test_breaking_the_glass_opens_one_lead_and_needs_a_reason(arrive: Arrive, signed_in: SignIn) -> None:
    lead, other, browser = arrive(), arrive(), signed_in("reggie")
    assert "Break the glass" in browser.get(path(lead)).content.decode()
    assert browser.post(path(lead, "break-glass"), {"reason": " "}).status_code == 422
    assert browser.post(path(lead, "break-glass"), {"reason": "Madison is closed"}).status_code == 303
    assert browser.get(path(lead)).status_code == 200
    assert browser.get(path(other)).status_code == 404


def test_who_may_not_break_glass_is_not_offered_it(arrive: Arrive, signed_in: SignIn) -> None:
    refused = signed_in("imani").get(path(arrive()))
    assert refused.status_code == 404 and "glass" not in refused.content.decode()


def test_the_words_of_the_person_are_hidden_from_roles_without_the_narrative(
    arrive: Arrive, signed_in: SignIn
) -> None:
    lead = arrive()
    shown = page(signed_in("walt"), lead)
    assert WORDS not in shown and "hidden from your role" in shown and "Delgado" in shown


def test_coverage_is_hidden_from_a_clinician_and_names_from_an_auditor(
    arrive: Arrive, signed_in: SignIn
) -> None:
    lead = arrive(
        insurance="Northfield PPO", member_id="NF-2231", concern="She is choking and losing weight."
    )
    assert "NF-2231" not in page(signed_in("anna"), lead)
    assert "NF-2231" in page(signed_in("walt"), lead)
    masked = page(signed_in("auditor"), lead)
    assert "Delgado" not in masked and "555" not in masked and "NF-2231" not in masked


def test_opening_leases_it_and_the_next_person_can_only_read(arrive: Arrive, signed_in: SignIn) -> None:
    lead = arrive()
    assert "yours until" in page(signed_in("dana"), lead)
    second = signed_in("mei")
    shown = page(second, lead)
    assert "Dana Whitlock has this lead open until" in shown and "Close with a reason" not in shown
    assert second.post(path(lead, "take")).status_code == 409


def test_a_view_is_one_row_with_the_people_shown(
    arrive: Arrive, signed_in: SignIn, account: Callable[[str], User]
) -> None:
    lead = arrive()
    page(signed_in("dana"), lead)
    row = AuditRow.objects.get(verb="viewed", actor=f"user:{account('dana').id}")
    assert set(row.subjects) == {str(lead.id), str(lead.patient_id), str(lead.contact_id)}


def test_a_long_history_takes_no_more_questions(arrive: Arrive, signed_in: SignIn) -> None:
    lead, browser = arrive(), signed_in("dana")
    few = questions(browser, path(lead))
    for _ in range(3):
        task = Task.objects.filter(lead=lead, status="open").get()
        browser.post(f"/tasks/{task.id}/done", {"result": "no_answer", "words": "Rang out."})
    assert questions(browser, path(lead)) <= few


def test_done_with_a_result_leads_back_to_today_and_plans_the_next_try(
    arrive: Arrive, signed_in: SignIn
) -> None:
    lead, browser = arrive(), signed_in("dana")
    task = Task.objects.get(lead=lead)
    answer = browser.post(f"/tasks/{task.id}/done", {"result": "left_vm", "words": "Back after noon."})
    assert answer.status_code == 303 and answer["Location"].startswith("/today?done=")
    shown = page(browser, lead)
    assert "Left a voicemail" in shown and "Back after noon." in shown and "Try again" in shown
    assert "Back after noon." not in page(signed_in("walt"), lead)


def test_a_form_without_a_reason_comes_back_with_what_was_typed(arrive: Arrive, signed_in: SignIn) -> None:
    lead, browser = arrive(), signed_in("mei")
    answer = browser.post(path(lead, "close"), {"how": "patient_declined", "reason": ""})
    shown = answer.content.decode()
    assert answer.status_code == 422 and "Say why, in a few words." in shown
    assert '<option value="patient_declined" selected>' in shown
    assert Lead.objects.get(id=lead.id).closed_at is None


def test_the_verbs_of_a_lead(arrive: Arrive, signed_in: SignIn, account: Callable[[str], User]) -> None:
    lead, browser = arrive(), signed_in("mei")
    dana = account("dana")
    steps = [
        ("take", {}),
        ("overrule", {"outcome": "waitlist", "reason": "Full until spring"}),
        ("withdraw-overruling", {}),
        ("do-not-contact", {"reason": "Asked us to stop"}),
        ("hand-over", {"to": f"user:{dana.id}", "reason": "She knows them"}),
    ]
    for verb, typed in steps:
        assert browser.post(path(lead, verb), typed).status_code == 303, verb
    assert Lead.objects.get(id=lead.id).owner_user_id == dana.id
    assert "Do not contact." in page(signed_in("dana"), lead)
    dana_browser = signed_in("dana")
    closing = {"how": "patient_declined", "reason": "Went elsewhere"}
    assert dana_browser.post(path(lead, "close"), closing).status_code == 303
    assert "Closed: Declined" in page(dana_browser, lead)
    assert dana_browser.post(path(lead, "reopen"), {"reason": "Changed their mind"}).status_code == 303
    left = Ruling.objects.filter(lead=lead, withdrawn_at__isnull=True)
    assert set(left.values_list("what", flat=True)) == {"do_not_contact", "reopened"}
    assert dana_browser.post(path(lead, "reopen"), {"reason": "again"}).status_code == 409
    assert dana_browser.post(path(lead, "contact-again"), {"reason": "They rang us"}).status_code == 303
    assert "Do not contact." not in page(dana_browser, lead)


@pytest.mark.parametrize(
    "sent", [b"how=patient_declined&reason=a%00b", b"how=patient_declined&reason=a%c3%28"]
)
def test_letters_lost_in_a_reason_are_named_on_the_lead_and_nothing_changes(
    arrive: Arrive, signed_in: SignIn, sent: bytes
) -> None:
    lead, form = arrive(), "application/x-www-form-urlencoded"
    answer = signed_in("mei").post(path(lead, "close"), sent, content_type=form)
    shown = answer.content.decode()
    assert answer.status_code == 422 and "Nothing was changed." in shown and "\x00" not in shown
    assert shown.count("Why, in a few words: some letters did not arrive well") == 2
    assert '<option value="patient_declined" selected>' in shown
    assert Lead.objects.get(id=lead.id).closed_at is None


def test_letters_lost_in_any_other_field_of_a_sheet_are_named_too(arrive: Arrive, signed_in: SignIn) -> None:
    lead, browser, form = arrive(), signed_in("mei"), "application/x-www-form-urlencoded"
    task = Task.objects.get(lead=lead)
    posts = [
        (path(lead, "hand-over"), b"to=queue:%00&reason=x", "To whom: "),
        (f"/tasks/{task.id}/done", b"result=no_answer&words=%ff", "What was said, if it matters later: "),
        (f"/tasks/{task.id}/snooze", b"until=%00", "Put away until: "),
        (path(lead, "take"), b"%ff=1", "The form: "),
    ]
    for where, sent, said in posts:
        answer = browser.post(where, sent, content_type=form)
        assert answer.status_code == 422 and f"{said}some letters" in answer.content.decode(), where
    # A form in parts, which browsers send with files, is held to the same.
    assert browser.post(path(lead, "hand-over"), {"to": "queue:\x00", "reason": "x"}).status_code == 422
    assert Task.objects.get(lead=lead).id == task.id and Task.objects.get().status == "open"


def test_snoozing_until_a_chosen_moment(arrive: Arrive, signed_in: SignIn) -> None:
    lead, browser = arrive(), signed_in("dana")
    browser.get(path(lead))
    task, (moment, _words) = Task.objects.get(lead=lead), browser.get(path(lead)).context["snoozes"][1]
    assert browser.post(f"/tasks/{task.id}/snooze", {"until": moment}).status_code == 303
    assert Task.objects.get(id=task.id).snoozed_until is not None
    assert browser.post(f"/tasks/{task.id}/snooze", {"until": "other", "moment": "soon"}).status_code == 422


def test_a_moment_when_we_are_closed_or_after_what_they_were_told_is_said(arrive: Arrive, signed_in: SignIn) -> None:
    friday = datetime(2026, 12, 4, 9, 24, tzinfo=ZoneInfo("America/Chicago"))
    clock.move(friday - clock.now())
    lead, browser = arrive(), signed_in("dana")
    choices = [words for _, words in browser.get(path(lead)).context["snoozes"]]
    assert choices[0].endswith(": later than they were told, 9:54 am") and "closed" not in choices[0]
    task = Task.objects.get(lead=lead)
    saturday = {"until": "other", "moment": "2026-12-05T09:00"}
    shown = browser.post(f"/tasks/{task.id}/snooze", saturday, follow=True).content.decode()
    assert "snoozed until Sat Dec 5, 9:00 am: we are closed then; later than they were told, 9:54 am" in shown
    open_ = {"until": "other", "moment": "2026-12-04T09:45"}
    shown = browser.post(f"/tasks/{task.id}/snooze", open_, follow=True).content.decode()
    assert "snoozed until 9:45 am<" in shown


def test_a_lead_is_found_by_reference_and_by_phone(arrive: Arrive, signed_in: SignIn) -> None:
    lead, browser = arrive(phone="(608) 555-0142"), signed_in("dana")
    for asked in (f"l-{lead.number}", "608-555-0142", "+1 608 555 0142"):
        assert browser.post("/find", {"q": asked})["Location"] == path(lead), asked
    assert "Nobody was found" in browser.post("/find", {"q": "608-555-0199"}).content.decode()
    assert "Nobody was found" in signed_in("reggie").post("/find", {"q": "608-555-0142"}).content.decode()


def test_a_role_without_the_capability_gets_404_for_a_verb(arrive: Arrive, signed_in: SignIn) -> None:
    lead = arrive()
    assert (
        signed_in("walt").post(path(lead, "overrule"), {"outcome": "waitlist", "reason": "x"}).status_code
        == 404
    )
    assert signed_in("dana").post(path(lead, "burn")).status_code == 404
    assert signed_in("auditor").post(path(lead, "take")).status_code == 404
    assert verbs.LEASE == "lead"


@pytest.mark.parametrize("verb", sorted([*LEAD_VERBS, "break-glass"]))
def test_who_may_not_do_it_reads_nothing_of_what_is_wrong_with_it(arrive: Arrive, signed_in: SignIn, verb: str) -> None:
    lead = arrive()
    browser = signed_in("dana" if verb == "unmask" else "auditor")
    for sent in (b"how=x", b"reason=%ff"):
        answer = browser.post(path(lead, verb), sent, content_type="application/x-www-form-urlencoded")
        assert answer.status_code == 404, sent


def test_who_may_do_nothing_with_a_task_reads_nothing_of_what_is_wrong(arrive: Arrive, signed_in: SignIn) -> None:
    task = Task.objects.get(lead=arrive())
    for verb in TASK_VERBS:
        assert signed_in("auditor").post(f"/tasks/{task.id}/{verb}", {"until": "x"}).status_code == 404, verb


def test_the_third_stage_is_tried_until_somebody_was_reached_and_tells_the_first_time(
    arrive: Arrive, signed_in: SignIn
) -> None:
    lead, dana = arrive(), User.objects.get(email__startswith="dana")
    browser = signed_in("dana")
    for result, label in (("no_answer", "Tried"), ("left_vm", "Tried"), ("reached_thinking", "Contacted")):
        task = Task.objects.filter(lead=lead, status="open").order_by("due_at")[0]
        verbs.finish(task, dana, actor=SYSTEM, result=result)
        assert stages(page(browser, lead))[2].startswith(label), result
    lead.refresh_from_db()
    assert lead.first_tried_at is not None and lead.first_reached_at is not None


def test_a_closed_lead_waits_for_nobody(arrive: Arrive, signed_in: SignIn) -> None:
    lead = arrive(zip="", birth_date="")
    assert explanation(lead)["blockers"]
    dana = User.objects.get(email__startswith="dana")
    verbs.close(lead, dana, actor=SYSTEM, how="other_provider", reason="Found one nearer")
    lead.refresh_from_db()
    assert explanation(lead)["blockers"] == []
    assert explanation(lead)["closed"]["words"] == "Chose another provider"


def test_a_closed_lead_shows_what_was_decided_then_and_names_no_owner(arrive: Arrive, signed_in: SignIn) -> None:
    lead, browser = arrive(program="early_language"), signed_in("dana")
    dana = User.objects.get(email__startswith="dana")
    verbs.take(lead, dana, actor=SYSTEM)
    shown = page(browser, lead)
    assert "owner: you" in shown
    [then] = re.findall(r'<ul class="two">.*?</ul>', shown, re.S)
    arithmetic = explanation(lead)["score"]
    verbs.close(lead, dana, actor=SYSTEM, how="unable_to_reach", reason="Nobody answers")
    Lead.objects.filter(id=lead.id).update(owner_reason="Its clock broke again; present, with the fewest open leads")
    program = practice().programs["early_language"]
    change_entry(
        collection="programs", slug=program.slug, seen=stamp(program), actor=SYSTEM,
        values={**program.model_dump(mode="json"), "name": "Early words", "status": "closed"},
        by=User.objects.get(email__startswith="mei"),
    )  # fmt: skip
    clock.move(timedelta(days=100))
    lead.refresh_from_db()
    shown = page(browser, lead)
    assert then in shown and "Look again" not in shown and "Early words" in shown
    assert "owner:" not in shown and "clock broke" not in shown and ">First visit</dt>" not in shown
    assert (explanation(lead)["score"], explanation(lead)["question"]) == (arithmetic, None)


def stages(shown: str) -> list[str]:
    """The stages as the page shows them, each with its note."""
    row = re.search(r'<ol class="steps".*?</ol>', shown, re.S)
    assert row is not None
    return [unescape(re.sub(r"<[^>]+>", "", each)).strip() for each in re.findall(r"<li.*?</li>", row[0], re.S)]


def test_a_way_that_was_refused_is_refused_in_words_on_screen_and_on_paper(arrive: Arrive, signed_in: SignIn) -> None:
    lead = arrive(email="rosa.delgado@example.org", may_email="yes")
    browser = signed_in("dana")
    for path in (f"/leads/L-{lead.number}", f"/leads/L-{lead.number}/packet"):
        shown = browser.get(path).content.decode()
        assert "text: no" in shown and "e-mail: yes" in shown and "voicemail: not asked" in shown


@pytest.mark.parametrize("result", ["done", "reviewed", "arranged"])
def test_a_call_does_not_end_in_a_mere_done(arrive: Arrive, signed_in: SignIn, result: str) -> None:
    lead = arrive(email="rosa.delgado@example.org")
    task = Task.objects.get(lead=lead, status="open")
    stage, browser = Lead.objects.get(id=lead.id).stage, signed_in("dana")
    refused = browser.post(f"/tasks/{task.id}/done", {"result": result})
    assert refused.status_code == 422 and "nobody has been in touch yet" in refused.content.decode()
    assert f'value="{result}"' not in browser.get(f"/leads/L-{lead.number}").content.decode()
    task.refresh_from_db()
    assert task.status == "open" and Lead.objects.get(id=lead.id).stage == stage


def test_how_whoever_refers_wants_to_hear_stands_on_the_lead_and_in_the_packet(signed_in: SignIn) -> None:
    from firstvisit.web.public.tests.test_refer import LEO, sent

    sent(Client(), LEO)
    number = Lead.objects.get().number
    for path in (f"/leads/L-{number}", f"/leads/L-{number}/packet"):
        shown = unescape(signed_in("dana").get(path).content.decode())
        for words in ("ines@example.org", "by e-mail", "1234567893", "they treat the patient"):
            assert words in shown, (path, words)


def test_whoever_the_machine_took_for_somebody_known_is_explained(arrive: Arrive, signed_in: SignIn) -> None:
    said = {"patient_first_name": "Lucía", "patient_last_name": "Delgado", "birth_date": "2022-05-08"}
    lead = arrive(**said)
    again = arrive(**said, therapy="occupational", phone="6085550101")
    shown = signed_in("dana").get(f"/leads/L-{again.number}").content.decode()
    assert "known as the same person by same: first name, last name, birth date" in shown
    first = signed_in("dana").get(f"/leads/L-{lead.number}").content.decode()
    assert again.id == lead.id or "known as the same person" not in first


@pytest.mark.parametrize("width", [572, 320])
@pytest.mark.parametrize(("lo", "hi", "low", "high"), [(100, 100, 40, 70), (63, 98, 40, 96), (0, 100, 1, 3),
                                                       (97, 99, 95, 100), (0, 0, 40, 70)])
def test_no_number_of_the_score_bar_is_cut_or_stands_on_another(
    width: int, lo: int, hi: int, low: int, high: int
) -> None:
    at = _drawn({"lo": lo, "hi": hi, "low": low, "high": high}, width)
    edge = 12  # half of "100"
    assert edge <= at["label"] <= width - edge
    assert edge <= at["at_low"] <= at["at_high"] - 2 * edge and at["at_high"] <= width - edge
    if lo != hi:
        assert at["label"] + 2 * edge <= at["other"] <= width - edge
    if at["books"]:
        assert at["mid_high"] - 14 >= at["at_high"] + edge, "the word book is some 28 wide"
