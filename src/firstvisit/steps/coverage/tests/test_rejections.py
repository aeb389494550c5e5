"""A refusal says whose value is wrong, what to ask for, and who may ask again."""

from __future__ import annotations

import pytest

from firstvisit.steps.coverage import codes
from firstvisit.steps.coverage.rejections import rejection


@pytest.mark.parametrize(
    ("segment", "loop", "whose", "field", "by", "days"),
    [
        ("AAA*Y**42*R", "2100A", "payer", "", "machine", None),
        ("AAA*Y**42*P", "2100A", "payer", "", "machine", None),
        ("AAA*Y**42", "2100C", "payer", "", "machine", None),
        ("AAA*Y**42*N", "2100A", "payer", "", "nobody", None),
        ("AAA*Y**42*Y", "2100C", "payer", "", "nobody", None),
        ("AAA*Y**42*C", "2100A", "payer", "", "person", None),
        ("AAA*Y**80*W", "2100A", "payer", "", "machine", 30),
        ("AAA*Y**80*X", "2100A", "payer", "", "machine", 10),
        ("AAA*N**72*C", "2100C", "subscriber", "member_id", "person", None),
        ("AAA*N**72", "2100C", "subscriber", "member_id", "person", None),
        ("AAA*N**72*R", "2100C", "subscriber", "member_id", "person", None),
        ("AAA*N**75*C", "2100C", "subscriber", "identity", "person", None),
        ("AAA*N**58*C", "2100C", "subscriber", "birth_date", "person", None),
        ("AAA*N**58*C", "2100D", "patient", "birth_date", "person", None),
        ("AAA*N**67*C", "2100D", "patient", "identity", "person", None),
        ("AAA*N**77*C", "2100C", "patient", "identity", "person", None),
        ("AAA*N**71*C", "2100D", "patient", "birth_date", "person", None),
        ("AAA*N**62*C", "2110C", "provider", "service_date", "person", None),
        ("AAA*N**51*C", "2100B", "provider", "npi", "person", None),
        ("AAA*N**52*C", "2100C", "provider", "enrollment", "person", None),
        ("AAA*N**79*N", "2100A", "payer", "payer_id", "nobody", None),
        ("AAA*N**41*S", "2100B", "provider", "enrollment", "nobody", None),
    ],
)
def test_of_a_refusal(segment: str, loop: str, whose: str, field: str, by: str, days: int | None) -> None:
    found = rejection(7, segment.split("*"), loop)
    assert (found.whose, found.field, found.retry.by, found.retry.days) == (whose, field, by, days)
    assert found.known and found.ask_for and found.n == 7


@pytest.mark.parametrize("segment", ["AAA*N**ZZ*C", "AAA*N**42*Z", "AAA*N**42*r", "AAA*N", "AAA"])
def test_a_refusal_that_nobody_knows_is_never_tried_again_by_machine(segment: str) -> None:
    found = rejection(1, segment.split("*"), "2100C")
    assert not found.known and found.retry.by == "person" and found.ask_for


def test_every_reason_has_words_a_field_and_something_to_ask_for() -> None:
    for code, row in codes.rows("reason").items():
        assert (
            row["words"]
            and row["ask_for"]
            and row["whose"] in ("payer", "provider", "subscriber", "patient", "loop")
        ), code
        assert row["field"] or row.get("machine"), code
