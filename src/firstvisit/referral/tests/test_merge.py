"""A second reading of the same request."""

from __future__ import annotations

from datetime import date

from firstvisit.referral.merge import joined
from firstvisit.referral.record import ConsentGiven, Contact, Patient, Referral

FIRST = Referral(
    channel="web",
    lead_kind="caregiver",
    patient=Patient(first_name="Mia", postal_code="53713"),
    contact=Contact(name="Rosa Delgado", phone="+16085550142"),
    concern="About twenty words",
    documents=("order",),
    consents=(ConsentGiven(channel="email", given=True, wording="email-receipt:1"),),
)


def test_what_was_newly_stated_completes_and_nothing_known_is_lost() -> None:
    newer = Referral(channel="phone", patient=Patient(date_of_birth=date(2024, 2, 8)))
    merged, changed = joined(FIRST, newer)
    assert merged == FIRST.model_copy(
        update={"patient": FIRST.patient.model_copy(update={"date_of_birth": date(2024, 2, 8)})}
    )
    assert changed == ()


def test_a_corrected_value_wins_and_is_named() -> None:
    merged, changed = joined(FIRST, Referral(channel="web", patient=Patient(postal_code="53703")))
    assert merged.patient.postal_code == "53703"
    assert merged.patient.first_name == "Mia"
    assert changed == ("patient.postal_code",)


def test_words_are_kept_beside_those_said_before_and_a_repetition_is_said_once() -> None:
    merged, _ = joined(FIRST, Referral(channel="web", concern="She also falls"))
    assert merged.concern == "About twenty words\nShe also falls"
    assert joined(merged, FIRST)[0].concern == merged.concern


def test_documents_and_consents_add_up() -> None:
    refused = ConsentGiven(channel="sms", given=False, wording="text-request:1")
    newer = Referral(channel="web", documents=("iep", "order"), consents=(refused, FIRST.consents[0]))
    merged, _ = joined(FIRST, newer)
    assert merged.documents == ("order", "iep")
    assert merged.consents == (FIRST.consents[0], refused)
