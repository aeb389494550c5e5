"""What the record holds beside the published schema, read from a body and kept through a second reading."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from firstvisit.kernel.errors import BadInput
from firstvisit.referral.merge import joined
from firstvisit.referral.projection import project
from firstvisit.referral.reading import read_record
from firstvisit.referral.record import Diagnosis, Referral

TODAY = dt.date(2026, 11, 21)


def read(**body: Any) -> Referral:
    return read_record(body, channel="fax", today=TODAY, item="item-1", known_programs=None)


def wrong(**body: Any) -> dict[str, str]:
    with pytest.raises(BadInput) as refused:
        read(**body)
    return {problem.field: problem.message for problem in refused.value.problems}


def test_who_ordered_and_who_sent_are_two_people() -> None:
    referral = read(
        referrer={"name": "Lee Park", "organization": "Harbor Rehab Intake", "updates_by": "fax"},
        ordering={"name": "Dr. Ines Moreau", "credential": "MD", "npi": "1234567893"},
    )
    assert (referral.referrer.name, referral.ordering.name) == ("Lee Park", "Dr. Ines Moreau")
    assert referral.referrer.updates_by == "fax"
    assert referral.evidence["ordering.npi"].place == "$.ordering.npi"
    assert "ordering" not in project(referral)


def test_a_diagnosis_is_a_code_or_words_and_may_have_a_side() -> None:
    referral = read(
        diagnoses=[
            "M54.50",
            {"code": "S66.011A", "side": "left"},
            {"words": "trigger finger", "side": "both"},
            {"code": "M54.50"},
        ]
    )
    assert referral.diagnoses == (
        Diagnosis(code="M54.50"),
        Diagnosis(code="S66.011A", side="left"),
        Diagnosis(words="trigger finger", side="both"),
    )
    assert referral.evidence["diagnoses.2.words"].place == "$.diagnoses[2].words"
    assert project(referral)["diagnoses"] == ["M54.50", "S66.011A"]


def test_a_side_alone_is_no_diagnosis() -> None:
    assert "names a side" in wrong(diagnoses=[{"side": "left"}])["diagnoses.0"]


def test_how_often_may_differ_by_therapy() -> None:
    referral = read(
        frequency={"visits_per_week": 2, "weeks": "6-8"},
        frequencies=[{"discipline": "SLP", "visits_per_week": "1-2", "total_visits": 12}],
    )
    assert referral.frequencies is not None
    assert [each.discipline for each in referral.frequencies] == [None, "SLP"]
    assert project(referral)["frequency"] == {"visits_per_week": 2, "weeks": "6-8"}


@pytest.mark.parametrize("kind", ["va", "vocational_rehabilitation", "employer"])
def test_kinds_of_payers_that_the_schema_lacks_are_unknown_there(kind: str) -> None:
    referral = read(
        payers=[{"kind": kind, "claim_number": "C-77", "adjuster_name": "Ana Ruiz"}, {"name": "Second Health"}]
    )
    assert referral.payers is not None and referral.payers[1].name == "Second Health"
    assert (referral.payers[0].kind, referral.payers[0].claim_number) == (kind, "C-77")
    assert project(referral)["payer"] == {"kind": "unknown"}


def test_an_organization_says_what_it_needs() -> None:
    referral = read(
        lead_kind="organization",
        organization={"needs": "Ergonomic reviews", "size": 40, "decision_path": "Board in January"},
    )
    assert (referral.organization.size, referral.organization.decision_path) == (40, "Board in January")
    assert "organization.size" in wrong(organization={"size": -1})


def test_the_first_touch_is_never_overwritten_and_the_last_is_the_newest() -> None:
    first = read(
        attribution={
            "kind": "search_ad",
            "first": {"utm_source": "search", "gclid": "abc"},
            "last": {"utm_source": "search"},
        }
    )
    later = read(attribution={"kind": "social", "first": {"utm_source": "feed"}, "last": {"utm_source": "feed"}})
    merged, changed = joined(first, later)
    assert merged.attribution is not None
    assert merged.attribution.first is not None and merged.attribution.first.click_ids == {"gclid": "abc"}
    assert merged.attribution.last is not None and merged.attribution.last.utm_source == "feed"
    assert (merged.attribution.kind, changed) == ("search_ad", ())


def test_when_somebody_agreed_earlier_is_kept_with_its_offset() -> None:
    consent = {"channel": "email", "given": True, "wording": "email-receipt:1"}
    [kept] = read(consents=[{**consent, "at": "2026-11-20T17:03:00-06:00"}]).consents
    assert kept.at == dt.datetime(2026, 11, 20, 23, 3, tzinfo=dt.UTC)
    assert "offset" in wrong(consents=[{**consent, "at": "2026-11-20T17:03:00"}])["consents.0.at"]
    assert "to come" in wrong(consents=[{**consent, "at": "2027-01-01T00:00:00Z"}])["consents.0.at"]
