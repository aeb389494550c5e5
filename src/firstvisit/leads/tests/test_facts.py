"""Facts: typed, without identifiers or free text, each declared once."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any, get_type_hints

import pytest

from firstvisit.leads.facts import FACTS, Facts, from_json, names

PROTECTED = {
    "age_months", "sex", "language", "payer", "payer_kind", "icd_categories", "authorization", "timing",
}  # fmt: skip
IDENTIFYING = ("name", "phone", "email", "birth", "address", "concern", "member", "street", "npi")


def some() -> Facts:
    known: dict[str, Any] = dict.fromkeys(names())
    known |= {
        "received_at": datetime(2026, 11, 24, 16, tzinfo=UTC),
        "disciplines": ("PT", "OT"),
        "age_months": 38,
        "event_on": date(2026, 11, 20),
        "documents": (),
        "has_phone": True,
        "red_flags": ("chest_pain",),
    }
    return Facts(**known)


def test_every_fact_is_declared_once_with_whether_it_may_rank() -> None:
    assert names() == tuple(FACTS) == Facts._fields


@pytest.mark.parametrize("fact", sorted(PROTECTED))
def test_a_protected_trait_or_its_proxy_may_not_rank(fact: str) -> None:
    assert FACTS[fact].may_rank is False


def test_no_fact_can_hold_an_identifier() -> None:
    hints = get_type_hints(Facts)
    for name in names():
        if any(word in name for word in IDENTIFYING):
            assert hints[name] is bool, f"{name} could hold more than whether it is known"


def test_facts_come_back_from_json_typed() -> None:
    facts = some()
    assert from_json(facts.as_json()) == facts


def test_a_stored_fact_that_nobody_knows_is_an_error() -> None:
    with pytest.raises(TypeError):
        from_json({**some().as_json(), "shoe_size": 44})
