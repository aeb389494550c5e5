"""Every EB, AAA, HSD, DTP, MSG, REF and III of a reply ends in what is printed or in `not_understood`."""

from __future__ import annotations

import io
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from firstvisit.config.benefits import lines
from firstvisit.steps.coverage import determinations, reading, shown, shown_reviews
from firstvisit.steps.coverage.tests.payers import HEAD, SUBSCRIBER, interchange
from firstvisit.steps.coverage.x12.transactions import Transaction, transactions

COUNTED = {"EB", "AAA", "HSD", "DTP", "MSG", "REF", "III", "HCR", "UM", "TRN", "NM1"}
RICH = interchange(
    *HEAD, "AAA*Y**42*R", *SUBSCRIBER, "REF*6P*G1*EMPLOYER", "DTP*346*D8*20260101", "DTP*347*D8*20261301",
    "N3*1 ELM ROW", "EB*1**30^PT^AD", "REF*18*PLAN1", "MSG*FIRST*WITH A STAR", "MSG*SECOND",
    "EB*F*IND*PT***23***VS*30*Y*Y", "HSD*VS*12***29",
    "HSD*VS*2*WK*1", "DTP*348*RD8*20260101-20261231", "III*ZZ*11", "III*BK*M545", "AAA*N**CI*C", "LS*2120",
    "NM1*P3*1*JONES*MARCUS", "N3*2 ELM ROW", "PER*IC**TE*6085550100", "PRV*PC*PXC*207Q00000X", "LE*2120",
    "EB*zz*ind*pt",
    "EB*B**PT***27*thirty", "XX*1", "HL*4*3*23*0", "NM1*03*1*DOE*KIM", "AAA*N**58*C", "DTP*472*D8*20261122", "EB*6**30",
    "MSG*NO", "HL*5*4*99*0", "REF*1L*LOST", "HL*6*1*21*0", "NM1*1P*2*ANOTHER*****XX*1", "AAA*N**51*C",
)  # fmt: skip
OF_278 = interchange(
    "BHT*0007*11*T1*20261122*0900*18", "HL*1**20*1", "NM1*X3*2*INVENTED REVIEW*****PI*1", "HL*2*1*21*1",
    "NM1*1P*2*CEDAR STREET*****XX*1999999984", "AAA*N**41*C", "HL*3*2*22*1", "NM1*IL*1*DOE*ROBIN****MI*M1", "REF*EJ*A1",
    "HL*4*3*EV*1", "TRN*2*OURS1*9CEDARST01", "UM*HS*I*PT*11:B", "HCR*A1*AUTH1", "DTP*AAH*RD8*20261201-20270228",
    "HSD*VS*12", "MSG*CALL BEFORE THE LAST VISIT", "HL*5*4*SS*0", "HCR*A3**82", "SV1*HC:97161**UN*1", "HSD*VS*x",
    "AAA*N**33*C", "III*ZZ*11", "QQ*1", "HL*6**EV*0", "HCR*A9", "DTP*472*D8*20269999", kind="278",
)  # fmt: skip
_DATA = Path(__file__).parents[5] / "../shared/data"
SHARED = sorted(path for folder in ("x12", "payer-json") for path in (_DATA / folder).glob("*/*"))
"""Samples of third parties, which stand beside the repository and not in it."""


def numbers(value: Any) -> Iterator[int]:
    """Every segment number that a printed answer names."""
    if isinstance(value, dict):
        yield from value.get("segments", ())
        for n in value.get("not_understood", ()):
            yield n["n"]
        for each in value.values():
            yield from numbers(each)
    elif isinstance(value, list):
        for each in value:
            yield from numbers(each)


def lost(transaction: Transaction) -> list[str]:
    """Segments of the kinds that count which no answer names."""
    if transaction.kind == "271":
        answers = [shown.shown(each) for each in reading.read(transaction)]
        counted = COUNTED - {"NM1"}
    else:
        answers = [shown_reviews.shown(each) for each in determinations.read(transaction)]
        counted = COUNTED - {"NM1", "HL"}
    named = set(numbers(answers))
    return [
        text for n, text in enumerate(transaction.segments, 1)
        if text.split(transaction.delimiters.element)[0] in counted and n not in named
    ]  # fmt: skip


def read(data: bytes) -> list[Transaction]:
    found = [each for each in transactions(io.BytesIO(data)) if isinstance(each, Transaction)]
    return [each for each in found if each.kind in ("271", "278")]


@pytest.mark.parametrize("data", [RICH, OF_278], ids=["271", "278"])
def test_nothing_of_an_invented_reply_is_lost(data: bytes) -> None:
    (transaction,) = read(data)
    assert lost(transaction) == []


@pytest.mark.parametrize("path", SHARED, ids=[path.name for path in SHARED])
def test_nothing_of_the_shared_samples_is_lost(path: Path) -> None:
    for transaction in read(path.read_bytes()):
        assert lost(transaction) == []


@pytest.mark.parametrize("data", [RICH, OF_278, *(path.read_bytes() for path in SHARED)])
@pytest.mark.parametrize("seed", range(12))
def test_nothing_is_lost_however_a_reply_is_damaged(data: bytes, seed: int) -> None:
    chance = random.Random(seed)
    text = bytearray(data)
    for _ in range(chance.randint(1, 12)):
        match chance.randint(0, 3):
            case 0:
                del text[chance.randrange(len(text) // 2, len(text)) :]
            case 1:
                at = chance.randrange(len(text))
                del text[at : at + chance.randint(1, 40)]
            case 2:
                text[chance.randrange(len(text))] = chance.choice(b"*~^:\nHLEB19Z \xff")
            case _:
                at, size = chance.randrange(len(text)), chance.randint(1, 200)
                text[chance.randrange(len(text)) : 0] = text[at : at + size]
    for transaction in read(bytes(text)):
        assert lost(transaction) == []


def test_nothing_that_breaks_off_is_ever_active() -> None:
    whole = interchange(*HEAD, *SUBSCRIBER, "EB*1**30", "EB*1**PT", "EB*B**PT***27*30")
    for end in range(0, whole.index(b"SE*") + 2, 3):
        for transaction in read(whole[:end]):
            assert all(each.active is not True for each in reading.read(transaction))


def test_a_value_cut_in_the_middle_is_no_value(tmp_path: Path) -> None:
    whole = interchange(*HEAD, *SUBSCRIBER, "EB*1**30", "EB*B**PT***27*300")
    file = tmp_path / "cut.271"
    file.write_bytes(whole[: whole.index(b"*300") + 2])
    (said,) = lines(file)
    assert [line["kind"] for line in said["lines"]] == ["other"]
    assert said["not_understood"][-1]["segment"] == "EB*B**PT***27*3" and said["active"] is None
