"""What comes back is told apart by kind before anybody reads it as an answer."""

from __future__ import annotations

import io

import pytest

from firstvisit.steps.coverage.acknowledgments import acknowledgment
from firstvisit.steps.coverage.replies import NotX12, replies
from firstvisit.steps.coverage.tests.payers import ISA, interchange, transaction
from firstvisit.steps.coverage.x12.transactions import Transaction


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"", "empty"), (b" \r\n\t", "empty"), (b"<html><body>502</body></html>", "html"),
        (b"\xef\xbb\xbf<!DOCTYPE html>\n<p>Sign in</p>", "html"), (b'<?xml version="1.0"?><Fault/>', "xml"),
        (b'{"error": "no"}', "json"), (b"[]", "json"), (b"Service unavailable", "text"), (b"\x00\xff\x13", "text"),
    ],
)  # fmt: skip
def test_what_is_no_x12(data: bytes, kind: str) -> None:
    (found,) = replies(io.BytesIO(data))
    assert isinstance(found, NotX12) and found.kind == kind and found.said


def test_x12_inside_of_a_page_is_x12() -> None:
    found = [
        each
        for each in replies(io.BytesIO(b"<pre>" + interchange("BHT*0022*11") + b"</pre>"))
        if isinstance(each, Transaction)
    ]
    assert [each.kind for each in found] == ["271"]


@pytest.mark.parametrize(
    ("segments", "taken"),
    [
        (["AK1*HS*42", "AK2*270*0001", "IK5*A", "AK9*A*1*1*1"], True),
        (["AK1*HS*42", "AK2*270*0001", "IK5*E", "AK9*E*1*1*1"], True),
        (["AK1*HS*42", "AK2*270*0001", "IK3*NM1*8**8", "IK4*9*67*1", "IK5*R*5", "AK9*R*1*1*0"], False),
        (["AK1*HS*42", "AK2*270*0001", "AK5*R*5", "AK9*P*1*1*0"], False),
        (["AK1*HS*42", "AK9*P*2*2*1"], None),
        (["AK1*HS*42"], None),
        (["AK1*HS*42", "AK9*z"], None),
    ],
)
def test_999(segments: list[str], taken: bool | None) -> None:
    found = acknowledgment(transaction(interchange(*segments, kind="999")))
    assert found.taken is taken and found.group == "42"
    assert "not an answer about benefits" in found.said


def test_999_names_what_was_wrong() -> None:
    found = acknowledgment(
        transaction(
            interchange(
                "AK1*HS*42",
                "AK2*270*0007",
                "IK3*NM1*8*2100C*8",
                "IK4*9*67*1",
                "IK3*DMG*9**1",
                "IK5*R",
                kind="999",
            )
        )
    )
    assert found.transactions == ("0007",)
    assert found.errors == (
        "segment NM1 at 8 in loop 2100C: error 8",
        "element 9: error 1",
        "segment DMG at 9: error 1",
    )


def test_ta1_is_found_by_our_interchange() -> None:
    (found, _) = replies(io.BytesIO(f"{ISA}TA1*000000042*261122*0900*R*006~IEA*0*000000001~".encode()))
    assert isinstance(found, Transaction)
    said = acknowledgment(found)
    assert (said.kind, said.taken, said.interchange, said.errors) == (
        "TA1",
        False,
        "000000042",
        ("interchange error 006",),
    )
