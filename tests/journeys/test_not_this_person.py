"""Not this person: the machine took somebody for a person we know, and a person says that they are somebody else."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from html import unescape
from typing import Any

import pytest
from django.test import Client
from tests.checks import faults
from tests.mail import Mailbox
from tests.people import FAMILY, MAY_EMAIL, but

from firstvisit.journey import jobs
from firstvisit.kernel import clock
from firstvisit.kernel.models import AuditRow
from firstvisit.leads.models import Event, Lead, LeadReferral, Task
from firstvisit.leads.services import read
from firstvisit.people.models import ContactPoint, Guardian, Insurance, Person, PersonKey, PossibleMatch
from firstvisit.people.queries import consents, identities, same_people
from firstvisit.practice.models import User
from firstvisit.practice.queries import forget, live_policy
from firstvisit.practice.services import publish_policy
from firstvisit.referral.record import Referral
from firstvisit.steps.intake.models import Item, Part

pytestmark = pytest.mark.django_db
Arrive = Callable[[Any], Lead]
Browser = Callable[[str], Client]

HALE: Any = {
    "lead_kind": "patient",
    "discipline": ["PT"],
    "patient": {
        "first_name": "Robert", "last_name": "Halvorsgaard", "date_of_birth": "1958-03-14",
        "street": "12 Birch Lane", "city": "Madison", "state": "WI", "postal_code": "53713",
    },
    "contact": {"name": "Robert Halvorsgaard", "relationship": "self", "phone": "+16085550131"},
    "concern": "The shoulder catches when I reach up",
    "payers": [{"name": "Northfield Health", "member_id": "NHQ-1000-01"}],
}  # fmt: skip
COUSIN = but(
    HALE, patient__last_name="Halvorsgard", patient__date_of_birth="1958-03-15", patient__street="77 Elm Court",
    contact__name="Robert Halvorsgard", contact__email="cousin@example.org", consents=MAY_EMAIL,
    concern="My knee gives way on the stairs", payers=[{"name": "Summit Mutual", "member_id": "SM-2000-02"}],
)  # fmt: skip
"""A cousin on the same phone: the machine takes him for the man known, a letter and a day apart."""
WHY = "He is the cousin, I spoke with both"


@pytest.fixture(autouse=True)
def _morning(tuesday: datetime) -> None:
    """All of it happens on a Tuesday at ten."""


def reading(lead: Lead) -> Referral:
    return read(LeadReferral.objects.select_related("key").get(lead=lead))


def newest(lead: Lead) -> Part:
    part = Part.objects.filter(lead=lead).order_by("-id").first()
    assert part is not None
    return part


def press(client: Client, lead: Lead, part: Part, reason: str = WHY) -> Any:
    where = f"/leads/L-{lead.number}/not-this-person"
    return client.post(where, {"item": str(part.item_id), "reason": reason})


def other_than(lead: Lead) -> Lead:
    return Lead.objects.exclude(id=lead.id).get(closed_at=None)


def page(client: Client, lead: Lead) -> str:
    return unescape(client.get(f"/leads/L-{lead.number}").content.decode())


@pytest.fixture
def joined(arrive: Arrive) -> Lead:
    """The cousin's request joined the lead of the man it was taken for."""
    lead = arrive(HALE)
    assert arrive(COUSIN) == lead
    return lead


def test_what_joined_goes_to_a_person_and_a_lead_of_its_own_and_the_other_is_as_before(
    arrive: Arrive, dana: Client
) -> None:
    lead = arrive(HALE)
    before = reading(lead)
    facts = Lead.objects.filter(id=lead.id).values("outcome", "facts__payer", "facts__may_email", "facts__has_email")[0]
    known = identities([lead.patient_id])[lead.patient_id][0]
    arrive(COUSIN)
    assert reading(lead) != before
    assert press(dana, lead, newest(lead)).status_code == 303
    other = other_than(lead)
    assert reading(lead) == before
    assert Lead.objects.filter(id=lead.id).values(*facts)[0] == facts
    assert identities([lead.patient_id])[lead.patient_id][0] == known
    theirs = reading(other)
    assert (theirs.patient.last_name, theirs.concern) == ("Halvorsgard", "My knee gives way on the stairs")
    assert [payer.member_id for payer in theirs.payers or ()] == ["SM-2000-02"]
    assert other.patient_id != lead.patient_id and other.outcome and other.owner_queue_id


def test_the_strangers_home_is_not_kept_as_one_where_the_known_person_lived_before(
    joined: Lead, arrive: Arrive, dana: Client
) -> None:
    cousins = newest(joined)
    assert arrive(but(HALE, concern="The shoulder still catches")) == joined
    assert "77 Elm Court" in str(identities([joined.patient_id])[joined.patient_id][0].former_homes)
    assert press(dana, joined, cousins).status_code == 303
    assert identities([joined.patient_id])[joined.patient_id][0].former_homes is None


def test_contact_points_cards_and_keys_that_came_with_it_alone_go_along(joined: Lead, dana: Client) -> None:
    press(dana, joined, newest(joined))
    other, known = other_than(joined), joined.patient_id
    for model, mine, theirs in ((ContactPoint, 1, 2), (Insurance, 1, 1)):
        assert model._default_manager.filter(person=known).count() == mine
        assert model._default_manager.filter(person=other.patient_id).count() == theirs
    shared = set(PersonKey.objects.filter(person=known).values_list("token", flat=True))
    assert not shared & set(PersonKey.objects.filter(person=other.patient_id).values_list("token", flat=True))
    assert known is not None and other.patient_id is not None
    assert consents([known, other.patient_id], "email") == {other.patient_id: True}


def test_both_timelines_and_the_log_say_what_happened_and_who_said_so(joined: Lead, dana: Client) -> None:
    press(dana, joined, newest(joined))
    other = other_than(joined)
    here, there = page(dana, joined), page(dana, other)
    assert "Not this person: what came here goes on in" in here and f"L-{other.number}</a>" in here
    assert "Not the person it was taken for; parted from" in there and f"L-{joined.number}</a>" in there
    for shown in (here, there):
        assert WHY in shown and "Dana Whitlock" in shown
        assert f"/matches/{PossibleMatch.objects.get().id}" in shown, "where it is taken back"
    row = AuditRow.objects.get(verb="person_parted")
    assert set(row.subjects) == {str(joined.patient_id), str(other.patient_id)} and row.actor.startswith("user:")
    assert faults() == []


def test_the_pair_is_kept_as_two_people_and_a_third_request_goes_to_the_right_one(
    joined: Lead, dana: Client, arrive: Arrive
) -> None:
    press(dana, joined, newest(joined))
    other = other_than(joined)
    pair = PossibleMatch.objects.get()
    assert (pair.status, {pair.known_id, pair.newcomer_id}) == ("different", {joined.patient_id, other.patient_id})
    assert arrive(but(COUSIN, concern="And at night")) == other
    assert arrive(but(HALE, concern="And lifting hurts")) == joined
    assert Lead.objects.count() == 2 and PossibleMatch.objects.count() == 1


def test_of_two_told_apart_who_are_equally_likely_a_person_says_which_it_is(arrive: Arrive, dana: Client) -> None:
    said = but(HALE, patient__street=None, payers=None)
    lead = arrive(but(said, contact__phone="+16085550141"))
    assert arrive(but(said, contact__phone="+16085550142")) == lead
    press(dana, lead, newest(lead))
    third = arrive(but(said, contact__phone="+16085550143"))
    assert third not in (lead, Lead.objects.exclude(id__in=(lead.id, third.id)).get())
    assert Task.objects.filter(lead=third, kind="compare_people", status="open").count() == 2


def test_pressed_twice_it_is_done_once(joined: Lead, dana: Client) -> None:
    part = newest(joined)
    assert [press(dana, joined, part).status_code for _ in range(2)] == [303, 303]
    assert (Lead.objects.count(), Event.objects.filter(name="parted_off").count()) == (2, 1)
    assert AuditRow.objects.filter(verb="person_parted").count() == 1


def test_nobody_is_written_to_in_the_wrong_name(joined: Lead, dana: Client, mailbox: Mailbox) -> None:
    press(dana, joined, newest(joined))
    other = other_than(joined)
    while jobs.sweep():
        pass
    [(to, letter)] = mailbox.mails
    assert to == "cousin@example.org"
    assert f"L-{other.number}" in letter.as_string() and f"L-{joined.number}" not in letter.as_string()


def test_a_receipt_that_has_left_is_not_sent_again(joined: Lead, dana: Client, mailbox: Mailbox) -> None:
    while jobs.sweep():
        pass
    sent = len(mailbox.mails)
    press(dana, joined, newest(joined))
    while jobs.sweep():
        pass
    assert len(mailbox.mails) == sent


def test_a_new_episode_that_was_attached_to_somebody_known_goes_on_in_a_lead_of_its_own(
    arrive: Arrive, dana: Client
) -> None:
    known = arrive(HALE)
    episode = arrive(but(COUSIN, discipline=["OT"]))
    assert episode.id != known.id and episode.patient_id == known.patient_id
    dana.post(f"/leads/L-{episode.number}/take", {})
    assert press(dana, episode, newest(episode)).status_code == 303
    episode.refresh_from_db()
    other = Lead.objects.exclude(id__in=(known.id, episode.id)).get()
    assert (episode.stage, episode.closed_how, other.closed_at) == ("closed", "continued", None)
    assert other.patient_id != known.patient_id and other.owner_user_id is not None
    assert reading(episode).concern is None and (reading(other).concern or "").startswith("My knee")
    assert press(dana, episode, Part.objects.get(lead=other)).status_code == 303, "pressed twice"
    assert Lead.objects.count() == 3 and faults() == []


def test_what_is_all_that_is_known_of_somebody_cannot_be_parted(arrive: Arrive, dana: Client) -> None:
    lead = arrive(HALE)
    refused = press(dana, lead, newest(lead))
    assert refused.status_code == 422 and "Nobody was recognised by this entry" in refused.content.decode()
    arrive(COUSIN)
    first = Part.objects.filter(lead=lead).order_by("id")[0]
    assert press(dana, lead, first).status_code == 422
    assert Lead.objects.count() == 1 and Part.objects.filter(lead=lead).count() == 2


def test_whoever_was_said_to_be_neither_is_a_third(arrive: Arrive, dana: Client) -> None:
    lead = arrive(HALE)
    arrive(COUSIN)
    press(dana, lead, newest(lead))
    other = other_than(lead)
    assert arrive(but(COUSIN, concern="Another cousin")) == other
    part = newest(other)
    for _ in range(2):
        here = Part.objects.get(item=part.item).lead
        assert here is not None
        press(dana, here, part)
    third = Part.objects.get(item=part.item).lead
    assert third is not None and third.patient_id not in (lead.patient_id, other.patient_id)
    assert faults() == []


def test_without_a_reason_nothing_happens_and_it_stays_open(joined: Lead, dana: Client) -> None:
    refused = press(dana, joined, newest(joined), reason=" ")
    assert refused.status_code == 422 and "Say why, in a few words." in refused.content.decode()
    assert Lead.objects.count() == 1


def test_whoever_may_not_decide_who_somebody_is_finds_nothing_and_the_log_says_it(
    joined: Lead, browser: Browser
) -> None:
    part = newest(joined)
    assert "Not this person" in page(browser("dana"), joined)
    for name in ("anna", "walt", "auditor", "reggie"):
        assert press(browser(name), joined, part).status_code == 404, name
        shown = browser(name).get(f"/leads/L-{joined.number}")
        assert "Not this person" not in shown.content.decode()
    assert AuditRow.objects.filter(verb="refused", subjects__contains=[f"L-{joined.number}"]).count() >= 4
    assert Lead.objects.count() == 1


def test_who_speaks_in_it_alone_goes_along_and_who_speaks_in_both_speaks_for_both(
    arrive: Arrive, dana: Client
) -> None:
    lead = arrive(FAMILY)
    namesake = but(
        FAMILY, contact__name="Bertram Quisenberry", contact__relationship="father", contact__phone="+16085550173",
        contact__email="bertram@example.org", documents=[], order_signed=False,
    )  # fmt: skip
    assert arrive(namesake) == lead
    assert Guardian.objects.filter(patient=lead.patient_id).count() == 2
    press(dana, lead, newest(lead))
    other = other_than(lead)
    who = identities(Guardian.objects.values_list("guardian", flat=True))
    speak = {}
    for each in (lead, other):
        pairs = Guardian.objects.filter(patient=each.patient_id).values_list("guardian", flat=True)
        speak[each.id] = sorted(who[guardian][0].first_name or "" for guardian in pairs)
    assert speak == {lead.id: ["Odalys"], other.id: ["Bertram"]}
    lead.refresh_from_db()
    assert (lead.contact_id, other.contact_id) == tuple(
        Guardian.objects.get(patient=each.patient_id).guardian_id for each in (lead, other)
    )


def test_both_steps_of_a_form_go_together_also_the_one_that_named_nobody(
    arrive: Arrive, dana: Client, pages: None
) -> None:
    lead = arrive(FAMILY)
    visitor = Client()
    who = {"who": "child", "name": "Ottilie Quisenberry", "phone": "608-555-0177", "token": "0" * 32}
    step2 = visitor.post("/request", who)["Location"]
    begun = Lead.objects.exclude(id=lead.id).get()
    child = {"patient_first_name": "Mirabelle", "patient_last_name": "Quisenberry", "birth_date": "2023-09-14"}
    said = {**child, "concern": "He falls a lot", "event_kind": "none", "token": "1" * 32}
    assert visitor.post(step2, said).status_code == 303
    begun.refresh_from_db()
    assert begun.closed_how == "continued" and Part.objects.filter(lead=lead).count() == 2
    assert press(dana, lead, newest(lead), reason="A cousin of the same name").status_code == 303
    other = Lead.objects.exclude(id__in=(lead.id, begun.id)).get()
    assert [Part.objects.filter(lead=each).count() for each in (lead, begun, other)] == [1, 0, 2]
    assert begun.patient is not None
    begun.patient.refresh_from_db()
    assert begun.patient.same_as_id == other.patient_id and other.patient_id != lead.patient_id
    assert other.contact is not None
    assert [identities([other.contact.id])[other.contact.id][0].first_name] == ["Ottilie"]
    assert faults() == []


def test_of_a_red_flag_each_keeps_its_own_and_no_wrong_person_is_called_about_it(arrive: Arrive, dana: Client) -> None:
    lead = arrive(HALE)
    arrive(but(COUSIN, concern="Since this morning I have chest pain on the stairs"))
    lead.refresh_from_db()
    assert lead.outcome == "clinician_review" and "Not this person" in page(dana, lead)
    assert press(dana, lead, newest(lead)).status_code == 303
    lead.refresh_from_db()
    assert lead.outcome != "clinician_review" and other_than(lead).outcome == "clinician_review"


def test_it_can_be_taken_back_and_told_apart_once_more(joined: Lead, dana: Client) -> None:
    press(dana, joined, newest(joined))
    other, pair = other_than(joined), PossibleMatch.objects.get()
    assert "One person after all" in dana.get(f"/matches/{pair.id}").content.decode()
    assert dana.post(f"/matches/{pair.id}/same-after-all", {"reason": " "}).status_code == 422
    assert dana.post(f"/matches/{pair.id}/same-after-all", {"reason": "Two spellings"}).status_code == 303
    for lead in (joined, other):
        lead.refresh_from_db()
    assert (joined.closed_at, other.stage) == (None, "closed")
    assert "My knee gives way" in (reading(joined).concern or "")
    assert "Two spellings" in page(dana, joined)
    assert dana.post(f"/matches/{pair.id}/same-after-all", {"reason": "Again"}).status_code == 409
    assert dana.post(f"/matches/{pair.id}/undo", {"reason": "No, two"}).status_code == 303
    other.refresh_from_db()
    assert other.closed_at is None and "My knee" not in (reading(joined).concern or "")
    assert faults() == []


def test_the_undo_of_seconds_does_not_leave_it_half_done(joined: Lead, dana: Client) -> None:
    press(dana, joined, newest(joined))
    pair = PossibleMatch.objects.get()
    page = unescape(dana.get(f"/matches/{pair.id}").content.decode())
    assert "without a reason" not in page and "One person after all" in page
    assert dana.post(f"/matches/{pair.id}/take-back").status_code == 409
    pair.refresh_from_db()
    assert pair.status == "different"


def test_somebody_erased_cannot_be_parted(joined: Lead, dana: Client) -> None:
    part = newest(joined)
    Person.objects.filter(id=joined.patient_id).update(erased_at=clock.now())
    refused = press(dana, joined, part)
    assert refused.status_code == 422 and "has been erased" in refused.content.decode()
    assert Lead.objects.count() == 1 and Item.objects.count() == 2


def asks(name: str, phone: str, mail: str, concern: str, mark: str) -> None:
    """A grown person asks on the public form, both steps."""
    visitor = Client()
    who = {"who": "me", "name": name, "phone": phone, "email": mail, "may_email": "1", "token": mark * 32}
    step2 = visitor.post("/request", who)["Location"]
    said = {"birth_date": "1964-09-09", "concern": concern, "event_kind": "none", "token": mark * 31 + "f"}
    assert visitor.post(step2, said).status_code == 303


def test_nothing_of_a_stranger_who_filled_in_the_form_stays_and_letters_go_to_the_known_persons_own_address(
    browser: Browser, mailbox: Mailbox, staff: Callable[[str], User], pages: None
) -> None:
    sections = live_policy().as_json()
    sections["switches"].update(papers_request="do")
    publish_policy(sections, note="ask", drafted_by=staff("mei"), signed_by=staff("ruth"))
    forget()
    asks("Arthur Quill", "608-555-0180", "arthur.q@example.org", "My knee gives way on the stairs", "a")
    lead = Lead.objects.get(closed_at=None)
    assert lead.patient_id is not None
    before = identities([lead.patient_id])[lead.patient_id][0]
    read_before = reading(lead)
    asks("Arthur Quill", "906-555-0181", "other.quill@example.org", "My back hurts since the fall", "b")
    assert Lead.objects.filter(closed_at=None).get() == lead
    mei = browser("mei")
    assert press(mei, lead, newest(lead)).status_code == 303
    other = other_than(lead)
    assert other.patient_id is not None and other.patient_id != lead.patient_id
    assert identities([lead.patient_id])[lead.patient_id][0] == before and reading(lead) == read_before
    known = same_people([lead.patient_id])[lead.patient_id]
    theirs = same_people([other.patient_id])[other.patient_id]
    assert not known & theirs
    mine, others = (set(ContactPoint.objects.filter(person__in=who).values_list("token")) for who in (known, theirs))
    assert (len(mine), len(others)) == (2, 2) and not mine & others
    assert consents([lead.patient_id, other.patient_id], "email") == {lead.patient_id: True, other.patient_id: True}
    shown = page(mei, lead)
    assert "555-0180" in shown and "555-0181" not in shown and "other.quill" not in shown
    clock.move(timedelta(days=1))
    while jobs.sweep():
        clock.move(timedelta(minutes=1))
    written = {to: letter.as_string() for to, letter in mailbox.mails}
    assert set(written) == {"arthur.q@example.org", "other.quill@example.org"}
    assert not [to for to, letter in mailbox.mails if f"L-{lead.number}" in letter.as_string() and "other" in to]
    assert faults() == []
