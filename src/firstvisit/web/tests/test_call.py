"""A call card: saved as it is typed, gone on with anywhere, ended into a lead."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client

from firstvisit.journey import call_answers, call_sending, calls
from firstvisit.journey.let_go import note_let_go
from firstvisit.kernel import clock
from firstvisit.kernel.audit import Actor
from firstvisit.kernel.models import AuditRow, DataKey
from firstvisit.leads.models import Lead, Task, UndoStep
from firstvisit.people.models import ConsentEntry
from firstvisit.practice.models import User
from firstvisit.steps.intake import calls as cards
from firstvisit.steps.intake.models import CallCard, Item
from firstvisit.web.tests.conftest import Arrive, SignIn, questions

pytestmark = pytest.mark.django_db


def answers(path: str) -> dict[str, object]:
    return cards.said(CallCard.objects.select_related("key").get(id=path[6:])).answers


def say(browser: Client, path: str, verb: str = "answer", **said: object) -> str:
    answer = browser.post(f"{path}/{verb}", said)
    assert answer.status_code in (200, 303), answer.content
    return str(answer.get("Location", answer.content.decode()))


def test_the_number_to_call_back_is_asked_first(dana: Client, call: str) -> None:
    page = dana.get(call).content.decode()
    assert "If we are cut off, what number do I call you back on" in page
    assert "Red flags, listen for" in page


def test_what_is_typed_is_saved_and_sealed(dana: Client, call: str) -> None:
    say(dana, call, "save", caller="Karen Nyberg", phone="(608) 555-01")
    assert answers(call) == {"caller": "Karen Nyberg", "phone": "(608) 555-01"}
    assert b"Karen" not in bytes(CallCard.objects.get().sealed or b"")
    assert "This is not a phone number" in dana.get(f"{call}?q=callback").content.decode()


def test_a_question_half_answered_is_opened_again_until_it_was_left(dana: Client, call: str) -> None:
    say(dana, call, "save", caller="Karen Nyberg", asking="callback")
    page = dana.get(call).content.decode()
    assert 'id="ask">“If we are cut off' in page
    assert 'value="Karen Nyberg"' in page
    say(dana, call, phone="6085550163", asking="callback")
    assert 'id="ask">“Who needs care' in dana.get(call).content.decode()


def test_an_answer_is_followed_by_the_next_question_and_says_what_it_would_lead_to(
    dana: Client, call: str
) -> None:
    say(dana, call, caller="Karen Nyberg", phone="6085550163")
    page = dana.get(call).content.decode()
    assert "Who needs care: you, or somebody else?" in page
    say(dana, call, who="organization")
    assert "An organization asks" in dana.get(call).content.decode()


def test_the_next_best_question_is_the_one_that_can_change_the_outcome_most(dana: Client, call: str) -> None:
    say(dana, call, caller="Karen Nyberg", phone="6085550163", who="self", birth_date="02/08/1961")
    say(dana, call, returning="no", concern="The knee hurts", red_flags_asked="none", last_name="Nyberg")
    assert "Which therapy is it for?" in dana.get(call).content.decode()
    say(dana, call, put_off="therapy")
    page = dana.get(call).content.decode()
    assert 'id="ask">“Which therapy' not in page
    assert "put off" in page


def test_two_machines_go_on_with_one_card(signed_in: SignIn, dana: Client, call: str) -> None:
    say(dana, call, "save", caller="Karen Nyberg")
    other = signed_in("dana")
    say(other, call, "save", phone="6085550163")
    say(dana, call, "save", concern="The knee")
    assert answers(call) == {"caller": "Karen Nyberg", "phone": "6085550163", "concern": "The knee"}
    assert "Karen Nyberg" in other.get("/call").content.decode()


def test_a_colleague_takes_over_what_was_let_go_and_not_before(
    signed_in: SignIn, dana: Client, call: str, account: Callable[[str], User]
) -> None:
    say(dana, call, "save", caller="Karen Nyberg")
    priya = signed_in("priya")
    assert "is on the call with Karen Nyberg" in priya.get(call).content.decode()
    assert priya.post(f"{call}/take-over").status_code == 409
    assert priya.post(f"{call}/save", {"caller": "X"}).status_code == 409
    clock.move(timedelta(minutes=6))
    assert "let go of the call" in priya.get(call).content.decode()
    assert priya.post(f"{call}/take-over").status_code == 303
    assert CallCard.objects.get().holder == account("priya")
    refused = dana.post(f"{call}/save", {"caller": "Mine"})
    assert (refused.status_code, refused.content.decode()) == (
        409,
        f"{account('priya').name} has taken this call over.",
    )
    assert answers(call)["caller"] == "Karen Nyberg"
    assert AuditRow.objects.filter(verb="call_taken_over").count() == 1


def test_a_card_of_another_site_is_not_there(
    signed_in: SignIn, dana: Client, call: str, account: Callable[[str], User]
) -> None:
    CallCard.objects.update(site="marquette")
    priya = account("priya")
    priya.sites.set([row for row in priya.sites.model.objects.all() if row.slug != "marquette"])
    assert signed_in("priya").get(call).status_code == 404


@pytest.mark.parametrize("name", ["auditor", "admin", "joan"])
def test_only_those_who_may_hear_it_take_calls(
    signed_in: SignIn, account: Callable[[str], User], name: str
) -> None:
    expected = 200 if calls.may_call(account(name)) else 404
    assert signed_in(name).get("/call").status_code == expected


def test_ending_makes_a_lead_counts_as_a_try_and_keeps_consent_with_its_wording(
    dana: Client, call: str, account: Callable[[str], User]
) -> None:
    say(dana, call, caller="Karen Nyberg", phone="6085550163", who="self", birth_date="02/08/1961")
    say(dana, call, concern="The knee hurts on stairs", therapy="PT", may_text="yes", may_voicemail="no")
    agreed = (clock.now() + timedelta(days=2)).isoformat(timespec="minutes")
    to = say(dana, call, "end", result="reached_callback_set", words="Tuesday after ten", again_at=agreed)
    lead, item, card = Lead.objects.get(), Item.objects.get(), CallCard.objects.get()
    assert to.partition("?")[0] == f"/leads/L-{lead.number}"
    assert (item.source, card.status, card.item, card.lead) == ("call", "ended", item, lead)
    done = Task.objects.get(lead=lead, status="done", result="reached_callback_set")
    assert done.ended_by == account("dana")
    assert {(c.channel, c.given, c.wording) for c in ConsentEntry.objects.all()} == {
        ("sms", True, "call-text:1"),
        ("voicemail", False, "call-voicemail:1"),
    }
    page = dana.get(to).content.decode()
    assert "Tuesday after ten" in page
    assert "typed by Dana Whitlock" in page
    assert "“May we text you about this request? You can reply STOP at any time. No advertising.”" in page
    assert "through a call, taken by Dana Whitlock, call-text:1" in page


def test_how_they_heard_of_us_is_asked_at_the_end(dana: Client, call: str) -> None:
    say(dana, call, caller="Karen Nyberg", phone="6085550163")
    assert "How did they hear of us?" in dana.get(f"{call}?end").content.decode()
    to = say(dana, call, "end", result="reached_thinking", source_kind="social")
    page = dana.get(to).content.decode()
    assert "How they came" in page and "social media" in page


def test_of_an_ended_call_nothing_stays_but_the_item(dana: Client, call: str) -> None:
    say(dana, call, caller="Karen Nyberg", phone="6085550163")
    say(dana, call, "end", result="reached_thinking")
    card = CallCard.objects.get()
    assert card.sealed is None
    assert DataKey.objects.get(id=card.key_id).wrapped is None
    assert "This call has ended" in dana.get(call).content.decode()
    assert dana.post(f"{call}/end", {"result": "reached_thinking"}).status_code == 409
    assert Lead.objects.count() == 1


def test_a_call_in_which_nothing_was_said_leaves_nothing(dana: Client, call: str) -> None:
    say(dana, call, "end", result="nothing_said")
    assert not Item.objects.exists()
    assert CallCard.objects.get().status == "ended"


def test_something_said_is_not_thrown_away(dana: Client, call: str) -> None:
    say(dana, call, "save", caller="Karen Nyberg")
    answer = dana.post(f"{call}/end", {"result": "nothing_said"})
    assert answer.status_code == 422
    assert "Something was typed" in answer.content.decode()


def test_a_red_flag_shows_its_line_while_typing_and_reaches_a_clinician_before_the_call_ends(
    dana: Client, call: str
) -> None:
    say(dana, call, caller="Karen Nyberg", phone="6085550163", who="self")
    live = say(dana, call, "save", concern="My knee, and since today I have chest pain")
    assert "Please call 911 now" in live
    assert not Lead.objects.exists()
    say(dana, call, "save", concern="My knee, and since today I have chest pain", settled="1")
    lead = Lead.objects.get()
    assert lead.outcome == "clinician_review"
    assert Task.objects.get(lead=lead, status="open").safety
    say(dana, call, therapy="PT", birth_date="02/08/1961")
    say(dana, call, "end", result="reached_answered")
    assert Lead.objects.get() == lead
    assert Task.objects.get(lead=lead, safety=True).status == "open"


def test_heard_is_as_good_as_typed(dana: Client, call: str) -> None:
    say(dana, call, caller="Karen Nyberg", phone="6085550163", who="self")
    say(dana, call, lists="heard", heard=["suicidal"])
    assert Lead.objects.get().outcome == "clinician_review"
    assert "988" in dana.get(call).content.decode()


def test_possible_matches_are_shown_while_typing_and_choosing_one_joins_it(
    dana: Client, call: str, arrive: Arrive
) -> None:
    lead = arrive(name="Rosa Example", phone="6085550177", patient_last_name="Xylander")
    live = say(dana, call, "save", phone="(608) 555-0177")
    assert "Xylander" in live
    assert "Same phone" in live
    seen = AuditRow.objects.filter(verb="viewed", subject_kind="call matches")
    assert str(lead.id) in seen.get().subjects
    say(dana, call, "save", caller="Rosa")
    assert seen.count() == 1, "the same names on the same card are one view"
    say(dana, call, "about", lead=f"L-{lead.number}")
    page = dana.get(call).content.decode()
    assert "from the lead" in page
    say(dana, call, **{"note.order": "faxed yesterday", "order": "signed"})
    say(dana, call, "end", result="reached_answered")
    assert Lead.objects.get() == lead
    assert lead.parts.count() == 2


def test_somebody_else_after_all(dana: Client, call: str, arrive: Arrive) -> None:
    lead = arrive(phone="6085550177")
    say(dana, call, "save", phone="6085550177", caller="Karen Nyberg")
    say(dana, call, "about", lead=f"L-{lead.number}")
    say(dana, call, "apart")
    assert answers(call) == {"caller": "Karen Nyberg"} or answers(call)["caller"] == "Karen Nyberg"
    assert CallCard.objects.get().lead is None


def test_a_call_about_a_lead_does_not_ask_what_it_says_already(dana: Client, arrive: Arrive) -> None:
    lead = arrive()
    path = dana.post("/call/start", {"lead": f"L-{lead.number}"})["Location"]
    page = dana.get(path).content.decode()
    assert "What is the patient&#x27;s name" not in page
    assert "about twenty words" in page.casefold()


def test_what_cannot_be_read_does_not_stop_the_call(dana: Client, call: str) -> None:
    say(dana, call, caller="Karen Nyberg", phone="6085550163", birth_date="spring 1950", who="self")
    to = say(dana, call, "end", result="reached_thinking")
    assert "spring 1950" in dana.get(to).content.decode()


def test_a_date_that_cannot_be_read_is_said_at_its_own_question(dana: Client, call: str) -> None:
    say(dana, call, caller="Karen Nyberg", phone="6085550163", asking="callback")
    say(dana, call, who="self", asking="who")
    said = {"first_name": "Karen", "last_name": "Nyberg", "birth_date": "13/45/2020", "asking": "patient"}
    say(dana, call, **said)
    page = dana.get(call).content.decode()
    assert 'id="ask">“What is the patient' in page and 'value="13/45/2020"' in page
    assert re.search(r"Birth date: [^<]+ Mend it, or ask later", page) and ">birth_date<" not in page
    say(dana, call, birth_date="13/45/2020", asking="patient", put_off="patient")
    page = dana.get(call).content.decode()
    assert 'id="ask">“Have they been' in page and '<a href="?q=patient">Birth date</a>' in page
    say(dana, call, birth_date="02/08/1961", asking="patient")
    assert 'id="call-wrong" data-live></div>' in dana.get(call).content.decode()


def test_enter_never_presses_an_answer(dana: Client, call: str) -> None:
    page = dana.get(f"{call}?q=date").content.decode()
    form = page[page.index('class="call-form"') :]
    assert form.index('name="next"') < form.index('name="event_kind"')


@pytest.mark.parametrize(
    ("minutes", "said"), [(0, "now"), (22, "22 min ago"), (300, "5 h ago"), (23033, "15 days ago")]
)
def test_how_long_ago_a_call_was_touched_is_said_as_people_say_it(
    dana: Client, call: str, minutes: int, said: str
) -> None:
    clock.move(timedelta(minutes=minutes))
    assert f'data-label="Last touched">{said}<' in dana.get("/call").content.decode()


@pytest.mark.parametrize(
    "sent",
    [{"concern": "W" * 5000}, {"caller": "a\x00b"}, {"lists": "times", "times": ["x"] * 60}],
)
def test_nonsense_is_refused_in_words_and_the_card_stands(
    dana: Client, call: str, sent: dict[str, object]
) -> None:
    say(dana, call, "save", caller="Karen Nyberg")
    assert dana.post(f"{call}/save", sent).status_code == 422
    assert answers(call) == {"caller": "Karen Nyberg"}


def test_a_card_asks_the_database_no_more_with_more_matches(
    dana: Client, call: str, arrive: Arrive
) -> None:
    said = {"caller": "Karen Nyberg", "phone": "6085550163", "who": "self", "birth_date": "02/08/1961"}
    say(dana, call, last_name="Nyberg", **said)
    arrive(phone="6085550163", patient_last_name="Othera")
    one = questions(dana, call)
    for n in range(4):
        arrive(phone="6085550163", patient_last_name=f"Other{chr(98 + n)}")
    assert questions(dana, call) == one


def test_a_call_that_is_sent_twice_is_one_item(dana: Client, call: str, account: Callable[[str], User]) -> None:
    say(dana, call, caller="Karen Nyberg", phone="6085550163")
    card = calls.card_for(CallCard.objects.get().id, account("dana"))
    actor = Actor("user", str(account("dana").id))
    first, _ = call_sending.deliver(card, account("dana"), actor=actor)
    second, _ = call_sending.deliver(card, account("dana"), actor=actor)
    assert first.code == second.code
    assert Lead.objects.count() == 1


def test_a_call_that_stands_still_becomes_a_task_of_its_holder_and_then_of_the_queue(
    signed_in: SignIn, dana: Client, call: str, account: Callable[[str], User]
) -> None:
    say(dana, call, "save", caller="Karen Nyberg")
    assert "You were interrupted." in dana.get("/today").content.decode()
    note_let_go(now=clock.now())
    assert not Task.objects.exists()
    clock.move(timedelta(minutes=16))
    note_let_go(now=clock.now())
    note_let_go(now=clock.now())
    task = Task.objects.get()
    assert (task.kind, task.owner_user) == ("finish_call", account("dana"))
    page = dana.get("/today").content.decode()
    assert "Finish the call" in page
    assert call in page
    clock.move(task.due_at - clock.now())
    note_let_go(now=clock.now())
    task.refresh_from_db()
    assert task.owner_user is None
    assert task.owner_queue is not None
    assert "Karen Nyberg" in signed_in("ruth").get("/today").content.decode()
    dana.get(call)
    task.refresh_from_db()
    assert task.status == "withdrawn"
    assert CallCard.objects.get().status == "open"


def test_questions_of_the_practices_rules_fill_the_record(dana: Client, call: str) -> None:
    say(dana, call, caller="Karen Nyberg", phone="6085550163", who="self", birth_date="02/08/1961")
    say(dana, call, last_name="Nyberg", returning="no", concern="Knee", red_flags_asked="none", therapy="PT")
    assert "Walker, wheelchair, stairs" in dana.get(f"{call}?q=access").content.decode()
    say(dana, call, **{"q.access": "a walker, no stairs", "q.therapy_elsewhere": "yes", "q.custody": "nobody"})
    view = cards.said(CallCard.objects.get())
    referral = call_answers.record(view.answers, User.objects.get(email__startswith="dana"))
    assert (referral.access_needs, referral.therapy_elsewhere) == ("a walker, no stairs", True)
    to = say(dana, call, "end", result="reached_answered")
    assert "custody: nobody" in dana.get(to).content.decode()


def test_a_lead_is_called_from_its_own_page(dana: Client, arrive: Arrive) -> None:
    lead = arrive()
    assert f'name="lead" value="L-{lead.number}"' in dana.get(f"/leads/L-{lead.number}").content.decode()
    card = dana.post("/call/start", {"lead": f"L-{lead.number}"})["Location"]
    page = dana.get(card).content.decode()
    assert f"L-{lead.number}</b> is joined at the end" in page
    assert "(608) 555-0101" in page


def test_pressed_twice_it_is_one_call_until_it_has_ended(
    signed_in: SignIn, dana: Client, arrive: Arrive
) -> None:
    said = {"lead": f"L-{arrive().number}"}
    first = dana.post("/call/start", said)["Location"]
    assert dana.post("/call/start", said)["Location"] == first
    assert signed_in("mei").post("/call/start", said)["Location"] != first
    say(dana, first, "end", result="no_answer")
    assert dana.post("/call/start", said)["Location"] != first


def test_nobody_is_offered_to_call_whom_nobody_may(signed_in: SignIn, dana: Client, arrive: Arrive) -> None:
    silenced, closed = arrive(), arrive()
    dana.post(f"/leads/L-{silenced.number}/do-not-contact", {"reason": "asked us to stop"})
    dana.post(f"/leads/L-{closed.number}/close", {"how": "patient_declined", "reason": "went elsewhere"})
    for lead in (silenced, closed):
        assert 'name="lead"' not in dana.get(f"/leads/L-{lead.number}").content.decode()
    assert 'name="lead"' not in signed_in("walt").get(f"/leads/L-{arrive().number}").content.decode()


def test_how_a_call_ended_is_undone_and_what_was_said_stays(dana: Client, arrive: Arrive) -> None:
    lead = arrive()
    before = Task.objects.get(lead=lead, status="open").id
    card = dana.post("/call/start", {"lead": f"L-{lead.number}"})["Location"]
    say(dana, card, returning="no")
    to = say(dana, card, "end", result="left_vm", words="told the machine")
    page = dana.get(to).content.decode()
    assert "Call ended: L-" in page and "What was said stays with the lead" in page
    lead.refresh_from_db()
    assert lead.first_tried_at is not None
    assert Task.objects.get(id=before).status == "done"
    assert dana.post(f"/undo/{UndoStep.objects.get().id}").status_code == 303
    lead.refresh_from_db()
    assert lead.first_tried_at is None
    assert Task.objects.get(id=before).status == "open"
    assert lead.facts.returning is False


def test_ended_too_long_ago_it_stands(dana: Client, arrive: Arrive) -> None:
    lead = arrive()
    card = dana.post("/call/start", {"lead": f"L-{lead.number}"})["Location"]
    say(dana, card, "end", result="no_answer")
    clock.move(timedelta(seconds=11))
    assert dana.post(f"/undo/{UndoStep.objects.get().id}").status_code == 409


def test_a_call_that_came_in_offers_only_what_can_happen_to_it(dana: Client, call: str) -> None:
    say(dana, call, "save", caller="Karen Nyberg", phone="6085550163")
    page = dana.get(f"{call}?end").content.decode()
    assert "They called us." in page
    assert 'value="reached_booked" required> Visit agreed' in page
    for code in ("vm_full", "left_vm", "no_answer", "third_party_only", "wrong_number", "disconnected", "sent_text"):
        assert f'value="{code}"' not in page, code
        assert dana.post(f"{call}/end", {"result": code}).status_code == 422
    assert CallCard.objects.get().status == "open"


def test_who_called_whom_is_said_otherwise_and_the_ends_follow(dana: Client, call: str) -> None:
    say(dana, call, "save", caller="Karen Nyberg", phone="6085550163")
    to = say(dana, call, "turn", who="we")
    page = dana.get(to).content.decode()
    assert "We called them." in page and 'value="vm_full"' in page
    say(dana, call, "end", result="left_vm")
    assert CallCard.objects.get().status == "ended"


def test_a_call_about_a_lead_begins_as_ours(dana: Client, arrive: Arrive) -> None:
    card = dana.post("/call/start", {"lead": f"L-{arrive().number}"})["Location"]
    page = dana.get(f"{card}?end").content.decode()
    assert "We called them." in page and "Left a voicemail" in page
    assert "No answer" not in dana.get(say(dana, card, "turn", who="they")).content.decode()


def test_a_colleague_turns_no_card_that_somebody_talks_on(dana: Client, call: str, signed_in: SignIn) -> None:
    assert signed_in("mei").post(f"{call}/turn", {"who": "we"}).status_code == 409
    assert CallCard.objects.get().inbound


def test_a_call_of_somebody_who_has_left_waits_for_their_queue_at_once(call: str) -> None:
    User.objects.filter(email="dana@cedarstreet.example.org").update(is_active=False)
    clock.move(timedelta(minutes=20))
    note_let_go(now=clock.now())
    task = Task.objects.get(kind="finish_call")
    assert task.owner_user is None and task.owner_queue is not None
    assert task.owner_queue.slug == "front_desk_madison"
