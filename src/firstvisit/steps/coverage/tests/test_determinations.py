"""A 278 reply says what was decided, or that nothing was."""

from __future__ import annotations

import pytest

from firstvisit.steps.coverage.determinations import Review, read
from firstvisit.steps.coverage.tests.payers import interchange, transaction

HEAD = (
    "BHT*0007*11*T1*20261122*0900*18", "HL*1**20*1", "NM1*X3*2*INVENTED REVIEW*****PI*00001", "HL*2*1*21*1",
    "NM1*1P*2*CEDAR STREET THERAPY*****XX*1999999984", "HL*3*2*22*1", "NM1*IL*1*DOE*ROBIN****MI*M0001",
)  # fmt: skip
EVENT = ("HL*4*3*EV*1", "TRN*2*OURS1*9CEDARST01", "UM*HS*I*PT*11:B")


def review(*event: str, head: tuple[str, ...] = HEAD) -> Review:
    (found,) = read(transaction(interchange(*head, *EVENT, *event, kind="278")))
    return found


@pytest.mark.parametrize(
    ("hcr", "outcome"),
    [
        ("HCR*A1*AUTH1", "certified"), ("HCR*A2*AUTH1", "partly_certified"), ("HCR*A3**82", "not_certified"),
        ("HCR*A4**0U", "pended"), ("HCR*A6*AUTH1", "modified"), ("HCR*C", "cancelled"), ("HCR*CT", "contact_payer"),
        ("HCR*NA", "not_needed"), ("HCR*A9", None), ("HCR*a1", None), ("HCR", None), ("REF*NT*1", None),
    ],
)  # fmt: skip
def test_what_was_decided(hcr: str, outcome: str | None) -> None:
    assert review(hcr).outcome == outcome


def test_number_dates_and_visits_of_what_was_certified() -> None:
    found = review(
        "HCR*A1*AUTH1", "DTP*AAH*RD8*20261201-20270228", "HSD*VS*12", "MSG*SEND NOTES AFTER VISIT 10"
    )
    (made,) = found.determinations
    assert (made.number, str(made.visits), made.messages) == ("AUTH1", "12", ("SEND NOTES AFTER VISIT 10",))
    assert made.certified_dates and made.certified_dates.words == "2026-12-01/2027-02-28"
    assert found.answers("OURS1") and not found.answers("OURS2")
    assert made.request == "I" and made.service_type == "PT"


def test_a_rate_is_no_count_of_visits() -> None:
    (made,) = review("HCR*A1*AUTH1", "HSD*VS*2*WK**34*3").determinations
    assert made.visits is None and made.deliveries[0].per == "WK"


SERVICE = ("HL*5*4*SS*0", "SV1*HC:97110:GP**UN*24")


@pytest.mark.parametrize(
    ("event", "services", "outcome"),
    [
        (["HCR*A1*AUTH1"], [["HCR*A1*AUTH1"]], "certified"),
        ([], [["HCR*A1*AUTH1"]], "certified"),
        ([], [["HCR*A1*AUTH1"], ["HCR*A3**82"]], "mixed"),
        (["HCR*A1*AUTH1"], [["HCR*A3**82"]], "mixed"),
        (["HCR*A1*AUTH1"], [[]], "certified"),
        (["HCR*A1*AUTH1"], [["AAA*N**33*C"]], None),
        (["HCR*A1*AUTH1", "AAA*N**33*C"], [], None),
        (["HCR*A1*AUTH1"], [["HCR*ZZ"]], None),
    ],
)
def test_services_that_differ_are_mixed_and_a_refusal_decides_nothing(
    event: list[str], services: list[list[str]], outcome: str | None
) -> None:
    below = [each for service in services for each in (*SERVICE, *service)]
    assert review(*event, *below).outcome == outcome


def test_what_a_service_asks_for() -> None:
    (made,) = review("HCR*A1*AUTH1", *SERVICE).determinations
    (service,) = made.services
    (procedure,) = service.procedures
    assert (procedure.code, procedure.modifiers) == ("97110", ("GP",))
    assert (str(procedure.quantity), procedure.unit) == ("24", "UN")


def test_a_refusal_names_its_loop_and_whose_it_is() -> None:
    for at, segment, loop, whose in (
        (3, "AAA*Y**42*R", "2010A", "payer"), (5, "AAA*N**51*C", "2010B", "provider"),
        (7, "AAA*N**72*C", "2010C", "subscriber"),
    ):  # fmt: skip
        found = review("HCR*A1*AUTH1", head=(*HEAD[:at], segment, *HEAD[at:]))
        assert [(each.loop, each.whose) for each in found.rejections] == [(loop, whose)]
        assert found.outcome is None


def test_a_request_and_a_reply_that_breaks_off_decide_nothing() -> None:
    asked = interchange(*HEAD, *EVENT, "HCR*A1*AUTH1", kind="278").replace(b"BHT*0007*11", b"BHT*0007*13")
    assert read(transaction(asked))[0].outcome is None
    whole = interchange(*HEAD, *EVENT, "HCR*A1*AUTH1", *SERVICE, "HCR*A3", kind="278")
    assert read(transaction(whole[: whole.index(b"HL*5")]))[0].outcome is None


def test_4010_hangs_services_on_the_patient() -> None:
    (found,) = read(
        transaction(interchange(*HEAD, "HL*4*3*SS*0", "TRN*2*OURS1", "HCR*A1*AUTH1", "HSD*VS*6", kind="278"))
    )
    assert found.outcome == "certified" and str(found.determinations[0].visits) == "6"
