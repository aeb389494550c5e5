"""A second reading of the same request."""

from __future__ import annotations

from datetime import date

import pytest

from firstvisit.referral.merge import joined
from firstvisit.referral.record import (
    ClinicalEvent,
    Clinician,
    ConsentGiven,
    Contact,
    Diagnosis,
    Evidence,
    Frequency,
    Patient,
    Payer,
    Referral,
    Referrer,
)

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


def paid_by(*payers: Payer) -> Referral:
    return Referral(channel="web", payers=payers or None)


COMP = Payer(kind="workers_comp", name="Badger Mutual", claim_number="C-99", adjuster_name="Ana Holt")
PLAN = Payer(kind="commercial", name="Northfield Health", member_id="Z1")


@pytest.mark.parametrize("plan", [Payer(name="Northfield Health"), Payer(member_id="Z1"), Payer(kind="medicare")])
def test_an_accidents_payer_is_never_taken_for_the_plan_on_the_card(plan: Payer) -> None:
    accident = Payer(kind="workers_comp", claim_number="C-99")
    for first, then in ((plan, accident), (accident, plan)):
        assert joined(paid_by(first), paid_by(then))[0].payers == (accident, plan)


def test_what_names_no_plan_is_of_whoever_pays_first() -> None:
    accident, said = Payer(kind="workers_comp", claim_number="C-99"), Payer(authorization_status="approved")
    assert joined(paid_by(accident, PLAN), paid_by(said))[0].payers == (
        accident.model_copy(update={"authorization_status": "approved"}),
        PLAN,
    )


def test_a_first_plan_of_which_nothing_was_known_is_filled_by_the_one_named() -> None:
    unknown, second = Payer(kind="unknown"), Payer(name="Supplement 12")
    assert joined(paid_by(unknown, second), paid_by(PLAN))[0].payers == (PLAN, second)
    assert joined(paid_by(PLAN), paid_by(unknown, second))[0].payers == (PLAN, second)


def test_another_payer_joins_those_on_file_and_an_accidents_payer_stays_first() -> None:
    medicare = Payer(kind="medicare")
    merged, changed = joined(paid_by(COMP), paid_by(medicare))
    assert merged.payers == (COMP, medicare)
    assert changed == ("payers",)
    assert joined(paid_by(PLAN), paid_by(medicare))[0].payers == (medicare, PLAN)


def test_a_payer_stated_again_is_completed_and_corrected() -> None:
    again = Payer(name="northfield  health", member_id="Z1", group_number="G7")
    assert joined(paid_by(PLAN), paid_by(again))[0].payers == (
        PLAN.model_copy(update={"name": "northfield  health", "group_number": "G7"}),
    )
    by_claim = Payer(claim_number="c-99", adjuster_phone="+16085550133")
    (merged,) = joined(paid_by(COMP), paid_by(by_claim))[0].payers or ()
    assert (merged.adjuster_name, merged.adjuster_phone, merged.kind) == ("Ana Holt", "+16085550133", "workers_comp")


def test_a_new_card_of_the_same_insurer_stands_beside_the_old_one() -> None:
    new_card = Payer(kind="commercial", name="Northfield Health", member_id="N9")
    assert joined(paid_by(PLAN), paid_by(new_card))[0].payers == (new_card, PLAN)


def test_nothing_said_of_payers_changes_none() -> None:
    assert joined(paid_by(COMP, PLAN), paid_by())[0].payers == (COMP, PLAN)


def test_first_and_last_name_in_each_others_field_change_nothing_and_it_is_said() -> None:
    robert = Referral(channel="web", patient=Patient(first_name="Robert", last_name="Hale"))
    crossed = Referral(channel="file", patient=Patient(first_name="hale", last_name="Robert", phone="+16085550131"))
    merged, changed = joined(robert, crossed)
    who = merged.patient
    assert (who.first_name, who.last_name, who.phone) == ("Robert", "Hale", "+16085550131")
    assert changed == ("patient.names_crossed",)


def _read(place: str, at: tuple[str, ...], **stated: object) -> Referral:
    """A reading whose values at these paths point at `place`."""
    evidence = {path: Evidence(item="i", place=place, confidence=0.9) for path in at}
    return Referral.model_validate({"channel": "email", "evidence": evidence, **stated})


def test_evidence_follows_its_value_and_goes_with_it() -> None:
    mail = _read(
        "mail", diagnoses=[Diagnosis(code="R29.6"), Diagnosis(code="Z91.81")], patient=Patient(postal_code="53713"),
        payers=[Payer(kind="medicare", member_id="1EG4TE5MK73")], concern="She fell",
        at=("diagnoses.0.code", "diagnoses.1.code", "patient.postal_code", "payers.0.member_id", "concern"),
    )  # fmt: skip
    form = _read(
        "form", diagnoses=[Diagnosis(code="R29.6")], patient=Patient(postal_code="53703"),
        payers=[Payer(kind="auto", claim_number="A-77")], concern="Unsteady",
        at=("diagnoses.0.code", "payers.0.claim_number", "concern"),
    )  # fmt: skip
    merged, _ = joined(mail, form)
    assert {path: each.place for path, each in merged.evidence.items()} == {
        "diagnoses.0.code": "form",
        "diagnoses.1.code": "mail",
        "payers.0.claim_number": "form",
        "payers.1.member_id": "mail",
        "concern": "form",
    }


ALPHA = Referrer(name="Dr. Ada Holm", organization="Alpha Ortho", phone="+16085550101", updates_by="phone")
BETA = Referrer(name="Dr. Ben Vang", organization="Beta Family", fax="+16085550102", updates_by="fax")


def test_events_diagnoses_and_frequencies_add_up() -> None:
    knee = ClinicalEvent(kind="surgery", date=date(2026, 11, 19), words="knee")
    home = ClinicalEvent(kind="discharge", date=date(2026, 11, 20))
    first = Referral(
        channel="fax", events=(knee,), diagnoses=(Diagnosis(code="Z96.651"),),
        frequencies=(Frequency(discipline="PT", visits_per_week=2.0, weeks=6),),
    )  # fmt: skip
    later = Referral(
        channel="fax", events=(home, ClinicalEvent(kind="surgery")), diagnoses=(Diagnosis(code="M54.50"),),
        frequencies=(Frequency(discipline="OT", visits_per_week=1.0, weeks=3),),
    )  # fmt: skip
    merged, changed = joined(first, later)
    assert merged.events == (knee, home)
    assert [each.code for each in merged.diagnoses or ()] == ["Z96.651", "M54.50"]
    assert [each.discipline for each in merged.frequencies or ()] == ["PT", "OT"]
    assert changed == ("events", "diagnoses", "frequencies")
    assert joined(merged, later) == (merged, ())


def test_what_one_of_ours_types_of_the_same_event_corrects_its_date_and_what_anybody_else_says_does_not() -> None:
    said = [ClinicalEvent(kind="injury", date=date(2026, 11, day)) for day in (2, 3)]
    first, later = (Referral(channel="phone", events=(each,)) for each in said)
    assert joined(first, later)[0].events == tuple(said)
    typed = later.model_copy(update={"evidence": {"events.0.date": Evidence(place="typed by Dana", confirmed_by="1")}})
    assert joined(first, typed)[0].events == (said[1],)


def test_a_second_sender_stands_beside_the_first_whole() -> None:
    merged, changed = joined(Referral(channel="web", referrer=ALPHA), Referral(channel="web", referrer=BETA))
    assert (merged.referrer, merged.also_referred, changed) == (ALPHA, (BETA,), ("also_referred",))
    assert joined(merged, Referral(channel="web", referrer=BETA))[0].also_referred == (BETA,)


def test_another_address_under_the_first_senders_name_takes_the_place_of_none() -> None:
    other = ALPHA.model_copy(update={"email": "elsewhere@example.org", "phone": None})
    merged, _ = joined(Referral(channel="web", referrer=ALPHA), Referral(channel="web", referrer=other))
    assert (merged.referrer, merged.also_referred) == (ALPHA, (other,))
    again = ALPHA.model_copy(update={"updates_by": "none"})
    merged, changed = joined(Referral(channel="web", referrer=ALPHA), Referral(channel="web", referrer=again))
    assert (merged.referrer, merged.also_referred, changed) == (again, None, ("referrer.updates_by",))


def test_two_who_ordered_are_never_made_one() -> None:
    one = Clinician(name="Dr. Ada Holm", organization="Alpha Ortho", phone="+16085550101")
    other = Clinician(name="Dr. Ben Vang", npi="1234567893")
    merged, _ = joined(
        Referral(channel="web", referrer=ALPHA, ordering=one), Referral(channel="web", ordering=other)
    )
    assert (merged.ordering, merged.also_ordered) == (other, (one,))
    merged, _ = joined(
        Referral(channel="web", referrer=ALPHA, ordering=one), Referral(channel="web", referrer=BETA, ordering=other)
    )
    assert (merged.ordering, merged.also_ordered) == (one, (other,))
