"""Receipts: at most once, only with consent, and what a mail server can do to them."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from tests.conftest import ClientPost
from tests.mail import DROP, Mailbox, always
from tests.people import FAMILY, FIRST_STEP, MADISON, RED_FLAG, TUESDAY, UNSURE, but

from firstvisit.journey import invariants, jobs, verbs
from firstvisit.kernel import clock, seal
from firstvisit.kernel.audit import SYSTEM
from firstvisit.kernel.ids import new_id
from firstvisit.leads.models import Event, Lead, Task
from firstvisit.messages import services as outbox
from firstvisit.messages.models import Message
from firstvisit.people.consenting import withdraw_consent
from firstvisit.people.models import ConsentEntry, Person
from firstvisit.practice.models import User

pytestmark = pytest.mark.django_db
ODALYS = "odalys.quisenberry@example.org"


def later(**how_long: float) -> None:
    clock.move(timedelta(**how_long))
    jobs.sweep()


@pytest.fixture(autouse=True)
def _morning(tuesday: datetime) -> None:
    """All of it begins on a Tuesday at ten."""


def test_a_family_has_its_receipt_once_and_the_text_is_kept_sealed(
    arrive: Callable[[Any], Lead], mailbox: Mailbox
) -> None:
    lead = arrive(FAMILY)
    for _ in range(3):
        jobs.sweep()
    (mail,) = mailbox.to(ODALYS)
    assert mail["Subject"] == f"Cedar Street Therapy: we have your request (L-{lead.number})"
    message = Message.objects.select_related("person__key").get()
    assert (message.status, message.attempts) == ("sent", 1)
    assert mail["Message-ID"].startswith(f"<{message.id}@")
    key = seal.open_key(message.person.key)
    kept = seal.unseal(key, "messages_message", "sealed", message.id, message.sealed)
    body = mail.get_payload(decode=True)
    assert isinstance(body, bytes) and body.decode().strip() in kept.decode().replace("\n", "\r\n")
    assert Event.objects.filter(lead=lead, name="message_sent").count() == 1
    assert list(invariants.messages_once(invariants.Scope(clock.now(), None))) == []  # type: ignore[arg-type]


def test_the_receipt_goes_to_the_patients_address_where_the_contact_has_none(
    arrive: Callable[[Any], Lead], mailbox: Mailbox
) -> None:
    lead = arrive(but(FAMILY, contact__email=None, patient__email=ODALYS))
    jobs.sweep()
    (mail,) = mailbox.to(ODALYS)
    assert f"L-{lead.number}" in str(mail["Subject"])
    link = re.search(r"/stop/[^\s>]+", mail["List-Unsubscribe"] or mail.get_payload(decode=True).decode())  # type: ignore[union-attr]
    assert link is not None and Client().post(link[0]).status_code == 200
    arrive(but(UNSURE, contact__email=ODALYS))
    jobs.sweep()
    assert len(mailbox.to(ODALYS)) == 1


def test_a_patients_own_refusal_holds_for_mail_to_whoever_speaks_for_them(
    arrive: Callable[[Any], Lead], mailbox: Mailbox
) -> None:
    lead = arrive(but(FAMILY, contact__email=None, patient__email=ODALYS))
    assert lead.patient is not None
    ConsentEntry(
        person=lead.patient, channel="email", given=False, wording="email-receipt:1", source_kind="call",
        source_id=new_id(), at=clock.now(),
    ).save(force_insert=True)  # fmt: skip
    jobs.sweep()
    assert mailbox.mails == []
    assert (Message.objects.get().status, Message.objects.get().why) == ("refused", "refused")


def test_asking_again_brings_no_second_receipt(client_post: ClientPost, mailbox: Mailbox) -> None:
    for words in ("first", "second", "third"):
        client_post(but(FAMILY, concern=words))
        jobs.sweep()
    assert len(mailbox.mails) == 1


def test_somebody_who_speaks_spanish_is_written_to_in_spanish(
    arrive: Callable[[Any], Lead], mailbox: Mailbox
) -> None:
    arrive(but(UNSURE, patient__language="Spanish"))
    jobs.sweep()
    (mail,) = mailbox.mails[0][1:]
    body = mail.get_payload(decode=True)
    assert isinstance(body, bytes) and "su solicitud" in body.decode()


@pytest.mark.parametrize(
    "consents",
    [None, [{"channel": "email", "given": False, "wording": "email-receipt:1"}]],
    ids=["never asked", "refused"],
)
def test_without_consent_nothing_is_written(
    arrive: Callable[[Any], Lead], mailbox: Mailbox, consents: Any
) -> None:
    arrive(but(FAMILY, consents=consents))
    jobs.sweep()
    assert mailbox.mails == []
    assert Message.objects.count() == 0


def test_do_not_contact_ruled_before_sending_withdraws_the_receipt(
    arrive: Callable[[Any], Lead], staff: Callable[[str], User], mailbox: Mailbox
) -> None:
    lead = arrive(FAMILY)
    verbs.do_not_contact(lead, staff("dana"), actor=SYSTEM, reason="asked us not to write")
    later(minutes=5)
    assert mailbox.mails == []
    assert Message.objects.get().status == "withdrawn"


def test_closing_before_sending_withdraws_the_receipt(
    arrive: Callable[[Any], Lead], staff: Callable[[str], User], mailbox: Mailbox
) -> None:
    verbs.close(
        arrive(FAMILY), staff("dana"), actor=SYSTEM, how="patient_declined", reason="called to say so"
    )
    later(minutes=5)
    assert mailbox.mails == []
    assert Message.objects.get().status == "withdrawn"
    assert not Task.objects.filter(status="open").exists()


def stop(address: str) -> None:
    whoever = Person.objects.order_by("id").first()
    assert whoever is not None
    withdraw_consent(person=whoever, channel="email", address=address, source_id=whoever.id, at=clock.now())


def test_a_stop_silences_an_address_for_everybody_who_shares_it(
    arrive: Callable[[Any], Lead], mailbox: Mailbox
) -> None:
    mother = arrive(FAMILY)
    father = arrive(but(UNSURE, contact__email=ODALYS.upper()))
    stop(ODALYS)
    later(minutes=1)
    assert mailbox.mails == []
    for lead in (mother, father):
        message = Message.objects.get(lead=lead)
        assert (message.status, message.why) == ("refused", "stopped")


def test_a_message_that_the_gate_refused_is_on_the_timeline_and_becomes_a_task(
    arrive: Callable[[Any], Lead], mailbox: Mailbox
) -> None:
    lead = arrive(FAMILY)
    stop(ODALYS)
    later(minutes=1)
    later(minutes=1)
    assert Event.objects.filter(lead=lead, name="message_refused").count() == 1
    assert Task.objects.filter(lead=lead, kind="message_refused", status="open").count() == 1


def test_a_temporary_refusal_is_tried_again_later(arrive: Callable[[Any], Lead], mailbox: Mailbox) -> None:
    arrive(FAMILY)
    mailbox.at_data = always("451 try again")
    jobs.sweep()
    message = Message.objects.get()
    assert (message.status, message.attempts, mailbox.mails) == ("wanted", 1, [])
    jobs.sweep()
    assert Message.objects.get().attempts == 1, "not before two minutes have passed"
    mailbox.at_data = always("250 taken")
    later(minutes=3)
    assert Message.objects.get().status == "sent"
    assert len(mailbox.mails) == 1


def test_a_server_that_stays_away_is_not_asked_for_ever(
    arrive: Callable[[Any], Lead], mailbox: Mailbox
) -> None:
    lead = arrive(FAMILY)
    mailbox.at_recipient = always("450 mailbox busy")
    for _ in range(outbox.MOST_ATTEMPTS + 2):
        later(minutes=3)
    message = Message.objects.get()
    assert (message.status, message.attempts) == ("refused", outbox.MOST_ATTEMPTS)
    assert Task.objects.filter(lead=lead, kind="message_refused", status="open").count() == 1


def test_a_server_that_cannot_be_reached_loses_nothing(
    arrive: Callable[[Any], Lead], mailbox: Mailbox, settings: Any
) -> None:
    arrive(FAMILY)
    working, settings.SMTP_URL = settings.SMTP_URL, "smtp://127.0.0.1:9"
    jobs.sweep()
    assert Message.objects.get().status == "wanted"
    settings.SMTP_URL = working
    later(minutes=3)
    assert (Message.objects.get().status, len(mailbox.mails)) == ("sent", 1)


@pytest.mark.parametrize("where", ["at_recipient", "at_data"])
def test_a_final_refusal_becomes_a_task_and_no_second_try(
    arrive: Callable[[Any], Lead], mailbox: Mailbox, where: str
) -> None:
    lead = arrive(FAMILY)
    setattr(mailbox, where, always("550 no such person"))
    for _ in range(3):
        later(minutes=5)
    message = Message.objects.get()
    assert (message.status, message.attempts, mailbox.mails) == ("refused", 1, [])
    task = Task.objects.get(lead=lead, kind="message_refused")
    assert (task.status, task.reason) == ("open", "It could not be sent")


def test_a_line_that_breaks_after_the_text_is_unclear_and_never_sent_again(
    arrive: Callable[[Any], Lead], mailbox: Mailbox
) -> None:
    lead = arrive(FAMILY)
    mailbox.at_data = always(DROP)
    jobs.sweep()
    mailbox.at_data = always("250 taken")
    for _ in range(4):
        later(minutes=30)
    assert Message.objects.get().status == "unclear"
    assert len(mailbox.to(ODALYS)) == 1, "it did arrive, and must not arrive twice"
    assert Task.objects.get(lead=lead, kind="message_unclear").status == "open"


def test_one_broken_line_does_not_hold_up_the_others(arrive: Callable[[Any], Lead], mailbox: Mailbox) -> None:
    arrive(FAMILY)
    arrive(UNSURE)
    arrive(RED_FLAG)
    mailbox.at_data = lambda address: DROP if address == ODALYS else "250 taken"
    jobs.sweep()
    later(minutes=3)
    assert sorted(Message.objects.values_list("status", flat=True)) == ["sent", "sent", "unclear"]
    assert len(mailbox.mails) == 3


def test_a_server_that_says_good_bye_to_one_makes_the_others_wait_and_not_unclear(
    arrive: Callable[[Any], Lead], mailbox: Mailbox
) -> None:
    arrive(FAMILY)
    arrive(UNSURE)
    mailbox.at_recipient = lambda address: "421 closing" if address == ODALYS else "250 OK"
    jobs.sweep()
    assert "unclear" not in set(Message.objects.values_list("status", flat=True)), "no text has left yet"
    mailbox.at_recipient = always("250 OK")
    later(minutes=3)
    assert sorted(Message.objects.values_list("status", flat=True)) == ["sent", "sent"]


def test_a_message_that_a_dead_process_left_behind_is_unclear(
    arrive: Callable[[Any], Lead], mailbox: Mailbox
) -> None:
    lead = arrive(FAMILY)
    taken = jobs._mark_sending()
    assert taken is not None and len(taken[0]) == 1, "and here the process dies"
    clock.move(outbox.UNCLEAR_AFTER + timedelta(seconds=1))
    assert jobs.unclear_abandoned() == 1
    jobs.sweep()
    assert (Message.objects.get().status, mailbox.mails) == ("unclear", [])
    assert Task.objects.filter(lead=lead, kind="message_unclear", status="open").exists()


def test_a_receipt_asked_for_at_night_leaves_at_night_but_a_late_one_waits_for_the_morning(
    arrive: Callable[[Any], Lead], mailbox: Mailbox, set_clock: Callable[[datetime], None]
) -> None:
    set_clock(TUESDAY.replace(hour=22))
    arrive(FAMILY)
    jobs.sweep()
    assert len(mailbox.mails) == 1
    arrive(UNSURE)
    later(hours=3)
    assert len(mailbox.mails) == 1, "one in the morning is no time for an old message"
    set_clock(datetime(2026, 11, 25, 8, 1, tzinfo=MADISON))
    jobs.sweep()
    assert len(mailbox.mails) == 2


def test_an_unfinished_form_has_its_receipt_after_ten_minutes(
    client_post: ClientPost, mailbox: Mailbox
) -> None:
    from django.test import Client

    assert Client().post("/request", {**FIRST_STEP, "token": "stopped-after-one"}).status_code == 303
    later(minutes=9)
    assert mailbox.mails == []
    later(minutes=1, seconds=1)
    assert len(mailbox.to("rosalind.thistlewood@example.org")) == 1
    later(hours=1)
    assert len(mailbox.mails) == 1


def test_a_receipt_that_could_not_leave_in_time_waits_for_the_recipients_own_morning(
    arrive: Callable[[Any], Lead], mailbox: Mailbox, set_clock: Callable[[datetime], None]
) -> None:
    mailbox.at_data = always("451 try again")
    set_clock(datetime(2026, 11, 24, 22, 0, tzinfo=MADISON))
    arrive(but(UNSURE, patient__postal_code="90001"))
    jobs.sweep()
    set_clock(datetime(2026, 11, 25, 0, 30, tzinfo=MADISON))
    mailbox.at_data = always("250 taken")
    jobs.sweep()
    assert mailbox.mails == [], "half past ten at night in Los Angeles, and no longer just asked"
    set_clock(datetime(2026, 11, 25, 9, 0, tzinfo=MADISON))
    jobs.sweep()
    assert mailbox.mails == [], "seven in the morning in Los Angeles"
    set_clock(datetime(2026, 11, 25, 10, 1, tzinfo=MADISON))
    jobs.sweep()
    assert len(mailbox.mails) == 1


def test_a_batch_in_which_nothing_leaves_does_not_hold_up_the_next(
    arrive: Callable[[Any], Lead], mailbox: Mailbox
) -> None:
    lead = arrive(FAMILY)
    gone = [
        Message(
            id=new_id(), key=f"none:{n}", lead=lead, person_id=lead.contact_id, channel="email", purpose="receipt",
            template="receipt", cause_kind="item", cause_id=lead.id, made_at=TUESDAY, wanted_at=TUESDAY,
        )
        for n in range(jobs.BATCH)
    ]  # fmt: skip
    Message.objects.bulk_create(gone)
    jobs.send_wanted()
    assert Message.objects.filter(status="withdrawn").count() == jobs.BATCH
    assert len(mailbox.mails) == 1
