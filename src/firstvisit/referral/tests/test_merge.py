"""A second reading of the same request."""

from __future__ import annotations

from datetime import date

import pytest

from firstvisit.referral.merge import joined
from firstvisit.referral.record import ConsentGiven, Contact, Diagnosis, Evidence, Patient, Payer, Referral

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
        "payers.0.claim_number": "form",
        "payers.1.member_id": "mail",
        "concern": "form",
    }
