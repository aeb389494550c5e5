"""ADT and SIU as another reader of HL7 understands them."""

from __future__ import annotations

from dataclasses import replace

import hl7
import pytest
from hl7apy.parser import parse_message
from hl7apy.validation import Validator
from hypothesis import given, settings
from hypothesis import strategies as st

from firstvisit.referral.record import Diagnosis
from firstvisit.steps.booking.emr.carried import carried
from firstvisit.steps.booking.emr.hl7_messages import SIU, admit, correct, refer, schedule, written
from firstvisit.steps.booking.emr.registration import Doctor, Name
from firstvisit.steps.booking.emr.rules import Emr
from firstvisit.steps.booking.emr.tests.samples import CHILD, LITTLE, VISIT, envelope

MESSAGES = [
    *(admit(who, envelope(register_as=how)) for who in (CHILD, LITTLE) for how in ("a04", "a28")),
    *(correct(who, envelope(register_as=how)) for who in (CHILD, LITTLE) for how in ("a04", "a28")),
    correct(LITTLE, envelope(), ("Patient: Phone", "Patient: Street", "Guardian: Phone", "Coverage: Payer")),
    correct(LITTLE, envelope(), tuple(carried(CHILD))),
    correct(LITTLE, envelope(register_as="a28"), tuple(carried(CHILD))),
    *(refer(who, envelope()) for who in (CHILD, LITTLE)),
    refer(replace(CHILD, orderer=CHILD.referrer, referrer=Doctor(Name())), envelope()),
    *(schedule(what, who, VISIT, envelope()) for who in (CHILD, LITTLE) for what in SIU),
]


@pytest.mark.parametrize("message", MESSAGES, ids=lambda message: message.split("|")[8])
def test_another_reader_finds_nothing_wrong(message: str) -> None:
    parsed = parse_message(message, find_groups=True)
    assert Validator.validate(parsed)


def segment(message: str, name: str, nth: int = 0) -> hl7.Segment:
    return hl7.parse(message).segments(name)[nth]


def test_the_patient_is_told_as_stated() -> None:
    message = admit(CHILD, envelope())
    assert message.startswith("MSH|^~\\&|FIRSTVISIT||EMR||20261124100000-0600||ADT^A04^ADT_A01|")
    assert "|FV0123456789ABCDEF01|P|2.5.1|" in message
    pid = segment(message, "PID")
    assert str(pid(3)) == "P-2641^^^FIRSTVISIT^PI"
    assert str(pid(5)).split("~")[0] == "Quisenberry^Mirabelle^Ann^^^^L"
    assert (str(pid(7)), str(pid(8))) == ("20230914", "F")
    assert str(pid(11)) == "3 Elm \\F\\ Oak Street^^Madison^WI^53713^USA^H"
    assert str(pid(13)).startswith("(608)555-0101^PRN^PH^^1^608^5550101^12~^NET^Internet^odalys.")
    assert str(segment(message, "NK1")(3)) == "MTH^mother^HL70063"
    first, second, third = hl7.parse(message).segments("IN1")
    assert (str(first(8)), str(first(14)), str(first(36))) == ("G\\T\\12", "AU\\S\\88^20261101", "NHQ-7731-55")
    assert (str(first(16)), str(first(17)), str(first(18))) == ("Quisenberry^Odalys^^^^^L", "", "19900203")
    assert (str(second(16)).split("^")[0], str(second(17))) == ("Quisenberry", "SEL^Self^HL70063")
    assert str(second(36)) == "123\\R\\9"
    assert str(third(6)) == "Poe^Ann^^^^^L"
    assert str(segment(message, "PV1")(8)).startswith("1234567893^Brandt^Elke^^^^MD^^NPI^L^^^NPI")
    assert str(segment(message, "ROL")(3)) == "RP^Referring Provider^HL70443"
    assert str(segment(message, "PV2")(8)) == "20261130090000-0600"
    assert str(segment(message, "OBX")(5)).endswith("so far,\\.br\\and never two of them together \\F\\ she points")
    assert str(segment(message, "ACC")(1)) == "20261002"


def test_a_long_reason_is_told_to_its_last_word() -> None:
    told = "word " * 780 + "the last word"
    message = admit(replace(CHILD, reason=told), envelope())
    assert str(segment(message, "OBX")(5)) == told


def test_what_nobody_stated_is_left_out() -> None:
    message = admit(LITTLE, envelope())
    names = [line.split("|")[0] for line in message.split("\r") if line]
    assert names == ["MSH", "EVN", "PID", "PV1"]
    assert segment(message, "PID")[7:] and str(segment(message, "PID")(7)) == ""


def test_what_was_told_and_stands_no_more_is_said_to_be_nothing() -> None:
    message = correct(LITTLE, envelope(), ("Patient: Date of birth", "Patient: Phone", "Coverage: Payer"))
    pid = segment(message, "PID")
    assert (str(pid(7)), str(pid(13)), str(pid(8))) == ('""', '""', "")
    assert "IN1|1|" in message and "NK1" not in message


def test_what_was_told_of_an_order_and_stands_no_more_is_told_as_removed() -> None:
    before, after = admit(CHILD, envelope()), correct(LITTLE, envelope(), tuple(carried(CHILD)))
    told = {(str(obx(3)).split("^")[0], str(obx(4))): str(obx(11)) for obx in hl7.parse(before).segments("OBX")}
    removed = {(str(obx(3)).split("^")[0], str(obx(4))): str(obx(11)) for obx in hl7.parse(after).segments("OBX")}
    assert set(told.values()) == {"F"} and set(removed.values()) == {"D"}
    assert set(removed) == set(told), "each under the same OBX-3 and OBX-4 as it was told"
    roles = [(str(rol(2)), str(rol(3)).split("^")[0], str(rol(4))) for rol in hl7.parse(after).segments("ROL")]
    assert roles == [("DE", "RP", '""'), ("DE", "CP", '""')] and "|AD|RP^" in before
    assert (str(segment(after, "PV1")(8)), str(segment(after, "DG1")(3))) == ('""', '""')
    assert str(segment(after, "ACC")(2)) == '""'


def test_what_stands_of_an_order_stays_beside_what_was_removed() -> None:
    less = replace(CHILD, frequency="", orderer=Doctor(Name()), diagnoses=CHILD.diagnoses[:1], events=())
    gone = tuple(name for name in carried(CHILD) if name not in carried(less))
    after = correct(less, envelope(), gone)
    states = {str(obx(3)).split("^")[0]: str(obx(11)) for obx in hl7.parse(after).segments("OBX")}
    assert (states["FREQUENCY"], states["EVENT"], states["ORDERER"], states["ORDER"]) == ("D", "D", "D", "F")
    assert [str(rol(2)) for rol in hl7.parse(after).segments("ROL")] == ["UP", "DE"]
    assert len(hl7.parse(after).segments("DG1")) == 1 and str(segment(after, "ACC")(1)) == '""'


def test_a_referral_says_who_sends_whom_to_whom_and_why() -> None:
    message = refer(replace(CHILD, practice_npi="1992999999"), envelope())
    assert "|REF^I12^REF_I12|" in message
    assert str(segment(message, "RF1")(6)) == "L-2641^FIRSTVISIT"
    sends, orders, receives = hl7.parse(message).segments("PRD")
    assert (str(sends(1)), str(sends(2)), str(sends(7))) == (
        "RP^Referring provider^HL70286", "Brandt^Elke^^^^MD^L", "1234567893^NPI"
    )  # fmt: skip
    assert str(orders(1)).split("^")[0] == "CP" and len(orders) == 5, "no NPI is stated of them"
    assert str(receives(1)).startswith("RT^") and str(receives(2)).startswith("Cedar Street Therapy^")
    assert str(receives(7)) == "1992999999^NPI" and str(receives(3)).startswith("12 Cedar Street^^Madison^WI")
    assert str(segment(message, "DG1")(3)) == "F80.1^Expressive language disorder^I10"
    assert str(segment(message, "IN1")(36)) == "NHQ-7731-55" and str(segment(message, "PID")(3)).startswith("P-2641")
    assert "signed order on file" in message and "GT1" not in message


def test_a_plan_that_is_told_nothing_is_not_named() -> None:
    message = admit(replace(CHILD, covers=(), plan_told_nothing=True), envelope())
    assert "IN1|" not in message and "164.522" in message


@pytest.mark.parametrize(
    ("what", "action", "status"),
    [("booked", "A", "BOOKED"), ("moved", "U", "BOOKED"), ("cancelled", "D", "CANCELLED"), ("missed", "U", "NOSHOW")],
)
def test_what_became_of_a_visit(what: str, action: str, status: str) -> None:
    message = schedule(what, CHILD, VISIT, envelope())
    assert str(segment(message, "RGS")(2)) == action
    sch = segment(message, "SCH")
    assert str(sch(1)).split("^")[0] == VISIT.id and str(sch(25)).split("^")[0] == status
    assert (str(sch(9)), str(sch(10))) == ("45", "min^minutes^UCUM")
    assert str(sch(11)) == "^^M45^20261130090000-0600^20261130094500-0600"
    timing = segment(message, "TQ1")
    assert (str(timing(6)), str(timing(7))) == ("45^min&minutes&UCUM", "20261130090000-0600")
    assert str(segment(message, "AIL")(3)) == "^room_2^^madison"
    assert str(segment(message, "AIP")(3)) == "imani_osei^Osei^Imani"


@pytest.mark.parametrize(
    ("encoding", "charset", "name"),
    [
        ("utf8", "UNICODE UTF-8", "Núñez-O’Neill"),
        ("latin1", "8859/1", "Núñez-O'Neill"),
        ("ascii", "ASCII", "Nunez-O'Neill"),
    ],
)
def test_letters_fit_the_character_set(encoding: str, charset: str, name: str) -> None:
    rules = Emr(encoding=encoding)
    raw = written(admit(LITTLE, envelope(encoding=encoding)), rules)
    codec = {"utf8": "utf-8", "latin1": "latin-1", "ascii": "ascii"}[encoding]
    assert f"|{charset}|".encode() in raw and name in raw.decode(codec)


@pytest.mark.parametrize(
    ("said", "ascii", "latin1"),
    [
        ("1½ years", "1 1/2 years", "1½ years"),
        ("½ hour, ¼, ⅓ and 2⅛", "1/2 hour, 1/4, 1/3 and 2 1/8", "½ hour, ¼, 1/3 and 2 1/8"),
        ("10², m², ①2", "10 2, m2, 1 2", "10², m², 1 2"),
        ("2⁄3 and １２", "2/3 and 12", "2/3 and 12"),
        ("90° ±5, 3× a week, ≥2, ≠1", "90 deg +/-5, 3x a week, >=2, !=1", "90° ±5, 3× a week, >=2, !=1"),
        ("re\u2011do, \u22125", "re-do, -5", "re-do, -5"),
    ],
)
def test_no_sign_becomes_a_digit_of_the_number_beside_it(said: str, ascii: str, latin1: str) -> None:
    for encoding, expected, codec in (("ascii", ascii, "ascii"), ("latin1", latin1, "latin-1")):
        raw = written(admit(replace(LITTLE, reason=said), envelope(encoding=encoding)), Emr(encoding=encoding))
        assert str(segment(raw.decode(codec), "OBX")(5)) == expected


odd = st.text(max_size=60)


@settings(max_examples=200, deadline=None)
@given(last=odd, first=odd, reason=odd, street=odd, words=odd, email=odd)
def test_no_word_of_anybody_breaks_a_message(
    last: str, first: str, reason: str, street: str, words: str, email: str
) -> None:
    odd_one = replace(
        CHILD, patient=Name(last, first), reason=reason, street=street, email=email,
        diagnoses=(Diagnosis.model_construct(code=None, words=words),),
    )  # fmt: skip
    plain = [line.split("|")[0] for line in admit(CHILD, envelope()).split("\r")]
    message = admit(odd_one, envelope())
    lines = message.split("\r")
    assert {line.split("|")[0] for line in lines} <= set(plain)
    assert all(ord(letter) >= 32 or letter == "\r" for letter in message)
    pid = next(line for line in lines if line.startswith("PID"))
    assert pid.count("|") == 18
    for encoding in ("utf8", "latin1", "ascii"):
        assert b"\x0b" not in written(message, Emr(encoding=encoding))


def test_nobody_guesses_whose_plan_it_is() -> None:
    about = replace(CHILD, covers=(replace(CHILD.covers[0], holder=Name(), holder_born=None),))
    in1 = segment(admit(about, envelope()), "IN1")
    assert (str(in1(16)), str(in1(17)), str(in1(18)), str(in1(36))) == ("", "", "", "NHQ-7731-55")
