"""HL7 v2 over MLLP: a real port, real frames, people nobody else has heard of."""

from __future__ import annotations

import base64
import socket
import ssl
import subprocess
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import hl7
import pytest
from tests.api.test_folder import listening
from tests.api.test_mailbox import _answers, _free
from tests.installation import wait_until

from firstvisit.kernel.audit import SYSTEM
from firstvisit.leads.models import Event, Lead
from firstvisit.leads.services import read as read_lead
from firstvisit.steps.intake import deliveries, ways_in
from firstvisit.steps.intake.models import Delivery, Item, Part, WayIn
from firstvisit.steps.intake.sources import hl7v2
from firstvisit.steps.intake.sources.hl7v2 import Rejected, Settings, decode, reading_of

TODAY = date(2026, 11, 24)


def message(kind: str, *segments: str, control: str = "1001", charset: str = "", processing: str = "P") -> bytes:
    header = f"MSH|^~\\&|EMR|LAKESIDE|FV|CEDAR|20261124100000||{kind}|{control}|{processing}|2.5|||AL|NE||{charset}"
    return ("\r".join((header, *segments)) + "\r").encode("iso8859-1" if charset == "8859/1" else "utf-8")


PID = (
    "PID|1||77001^^^LAKESIDE^MR||Zwickelhuber^Theodora^Ann||19610415|F|||12 Elm St^Apt 3^Madison^WI^53703||"
    "(608) 555-0142^PRN^PH~^NET^Internet^theodora.z@example.org||EN^English"
)
REF = (
    "RF1|P^Pending|S^Stat|PT^Physical therapy|||REF77|20261123|||Knee stiff after replacement\\, cannot climb stairs",
    "PRD|RP^Referring Provider|Obermeier^Ludwig^^^Dr^MD|5 Lake Rd^^Madison^WI^53703|^^^Lakeside Orthopedics|"
    "(608) 555-0160^WPN^PH~(608) 555-0161^WPN^FX||1234567893^NPI",
    PID,
    "NK1|1|Zwickelhuber^Otto|SPO^Spouse||(608) 555-0143^PRN^PH",
    "IN1|1|NH^Northfield PPO|NH001|Northfield Health||||GRP-88||||||||Zwickelhuber^Theodora|SEL|19610415"
    "||||||||||||||||||NHZ-990",
    "DG1|1||M17.11^Unilateral primary osteoarthritis, right knee^I10",
)  # fmt: skip


@contextmanager
def port(**more: Any) -> Iterator[tuple[int, WayIn]]:
    """An HL7 way in that listens, on a port of its own."""
    number = _free()
    way = ways_in.make(
        slug="emr", kind="hl7", name="EMR", settings={"port": number, **more}, actor=SYSTEM
    )
    ways_in.switch(way, "on", actor=SYSTEM)
    with listening():
        wait_until("the port answers", lambda: _answers(number), 30)
        yield number, way


def ask(line: Any, body: bytes) -> list[str]:
    """Send one message; MSA of the answer: code, control id, words."""
    line.sendall(b"\x0b" + body + b"\x1c\r")
    return answer(line)


def answer(line: Any) -> list[str]:
    got = b""
    while not got.endswith(b"\x1c\r"):
        piece = line.recv(65536)
        assert piece, "hung up"
        got += piece
    msa = hl7.parse(got[1:-2].decode()).segment("MSA")
    return [str(msa(n)) for n in (1, 2, 3)]


@contextmanager
def line_to(number: int) -> Iterator[socket.socket]:
    with socket.create_connection(("127.0.0.1", number), 30) as line:
        yield line


def test_a_referral_opens_a_lead_and_is_acknowledged(open_doors: str) -> None:
    with port() as (number, _), line_to(number) as line:
        assert ask(line, message("REF^I12^REF_I12", *REF)) == ["AA", "1001", ""]
    lead = Lead.objects.get()
    read = read_lead(lead.reading)
    assert (read.patient.last_name, read.patient.phone, read.patient.email) == (
        "Zwickelhuber", "+16085550142", "theodora.z@example.org",
    )  # fmt: skip
    assert (read.disciplines, read.timing, read.diagnoses[0].code) == (("PT",), "asap", "M17.11")
    assert (read.referrer.name, read.referrer.npi, read.referrer.fax) == (
        "Ludwig Obermeier", "1234567893", "+16085550161",
    )  # fmt: skip
    assert (read.payers[0].name, read.payers[0].member_id, read.payers[0].group_number) == (
        "Northfield Health", "NHZ-990", "GRP-88",
    )  # fmt: skip
    assert read.contact.relationship == "spouse"
    assert "cannot climb stairs" in read.concern


def test_the_same_control_id_is_one_message_and_the_answer_is_the_same(open_doors: str) -> None:
    with port() as (number, _), line_to(number) as line:
        for _ in range(3):
            assert ask(line, message("REF^I12^REF_I12", *REF)) == ["AA", "1001", ""]
    assert (Lead.objects.count(), Item.objects.count(), Delivery.objects.count()) == (1, 1, 1)


def test_what_tells_informs_an_open_lead_and_opens_none(open_doors: str) -> None:
    moved = PID.replace("12 Elm St^Apt 3", "99 Oak Ave^").replace("0142", "0177")
    stranger = PID.replace("Zwickelhuber^Theodora", "Pfefferkorn^Hilda").replace("19610415", "19500101").replace(
        "0142", "0199"
    ).replace("theodora.z", "hilda.p")  # fmt: skip
    with port() as (number, _), line_to(number) as line:
        ask(line, message("REF^I12^REF_I12", *REF))
        assert ask(line, message("ADT^A08^ADT_A01", "EVN|A08", moved, control="1002"))[0] == "AA"
        assert ask(line, message("ADT^A04^ADT_A01", "EVN|A04", stranger, control="1003"))[0] == "AA"
        visit = "SCH|1|2|||||Evaluation|Normal|60|min|^^60^20261201093000"
        assert ask(line, message("SIU^S12^SIU_S12", visit, moved, control="1004"))[0] == "AA"
    lead = Lead.objects.get()
    assert read_lead(lead.reading).patient.street == "99 Oak Ave"
    assert sorted(Part.objects.values_list("end", flat=True)) == ["answered", "joined", "joined", "opened"]
    told = Event.objects.get(name="visit_told")
    assert told.data == {"became": "booked", "at": "20261201093000"}
    assert set(Item.objects.values_list("status", flat=True)) == {"settled"}


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (message("REF^I14^REF_I12", *REF), "cancels what was asked for"),
        (message("ADT^A40^ADT_A39", PID, "MRG|56789^^^LAKESIDE^MR"), "merges two of their records"),
        (message("ORM^O01^ORM_O01", PID, "ORC|CA|77"), "cancels what was asked for"),
    ],
)
def test_what_a_person_must_judge_waits_for_one(open_doors: str, body: bytes, says: str) -> None:
    with port() as (number, _), line_to(number) as line:
        assert ask(line, body)[0] == "AA"
    item = Item.objects.get()
    assert deliveries.about(item)["says"] == says
    assert item.status == "received" and not Lead.objects.exists()


@pytest.mark.parametrize(
    ("body", "code", "words"),
    [
        (b"hello there, is anybody in?", "AR", "does not begin with MSH"),
        (message("VXU^V04", PID), "AR", "VXU V04 are not taken here"),
        (message("REF^I12", "RF1|P"), "AE", "PID-5, the patient's name, is missing"),
        (message("REF^I12", "PID|1||7||Niemand^Nora||19700101|F"), "AE", "state a phone number"),
        (message("REF^I12", PID, processing="T"), "AR", "only messages of production"),
        (message("REF^I12", PID, charset="KOI-8"), "AR", "MSH-18 names a character set we do not read"),
        (b"FHS|^~\\&|A\rBHS|^~\\&|A\r" + message("REF^I12", PID), "AR", "batches are not taken"),
        (message("REF^I12", PID, control=""), "AR", "MSH-10, the control id, is missing"),
    ],
)
def test_what_cannot_be_taken_is_answered_with_the_reason(
    open_doors: str, body: bytes, code: str, words: str
) -> None:
    with port() as (number, _), line_to(number) as line:
        said = ask(line, body)
        assert said[0] == code and words in said[2]
        assert ask(line, message("REF^I12", *REF, control="2"))[0] == "AA"  # the line goes on
    assert Lead.objects.count() == 1


def hung_up_on(line: socket.socket, garbage: bytes) -> bool:
    """Whether the other side ends the line, also while bytes are on their way, which TCP tells by a reset."""
    try:
        line.sendall(garbage)
        return line.recv(10) == b""
    except (ConnectionResetError, BrokenPipeError):
        return True


def test_half_frames_garbage_and_silence_end_their_own_connection_alone(open_doors: str) -> None:
    whole = message("REF^I12^REF_I12", *REF)
    with port() as (number, _):
        with line_to(number) as half:
            half.sendall(b"\x0b" + whole[:100])
        with line_to(number) as noise:
            assert hung_up_on(noise, b"GET / HTTP/1.1\r\nHost: x\r\n\r\n" + b"x" * 70_000)
        with line_to(number) as line:
            line.sendall(b"noise before" + b"\x0b" + whole[:40])
            line.sendall(whole[40:] + b"\x1c")
            line.sendall(b"\r")
            assert answer(line)[0] == "AA"
            two = [message("REF^I12^REF_I12", *REF, control=f"5{n}") for n in range(2)]
            line.sendall(b"".join(b"\x0b" + each + b"\x1c\r" for each in two))
            got = b""
            while got.count(b"\x1c\r") < 2:
                got += line.recv(65536)
    assert Item.objects.count() == 3 and Lead.objects.count() == 1


def test_idle_lines_make_room_for_whoever_sends_and_the_way_in_says_so(open_doors: str) -> None:
    with port(connections=3) as (number, way), ExitStack() as idle:
        lines = [idle.enter_context(line_to(number)) for _ in range(3)]
        assert ask(lines[0], message("REF^I12^REF_I12", *REF, control="1"))[0] == "AA"
        for n in range(4):  # each newcomer ends the line that rests longest, and is served
            newest = idle.enter_context(line_to(number))
            assert ask(newest, message("REF^I12^REF_I12", *REF, control=f"2{n}"))[0] == "AA"
        assert lines[1].recv(10) == lines[2].recv(10) == lines[0].recv(10) == b""
        said = "3 connections were open at once: 4 that rested were closed to make room"
        wait_until("the way in says it", lambda: said in fresh(way).error, 30)
    assert Lead.objects.count() == 1 and Item.objects.count() == 5


def test_who_finds_every_line_in_the_middle_of_a_frame_is_turned_away_and_the_way_in_says_so(open_doors: str) -> None:
    with port(connections=2) as (number, way), ExitStack() as busy:
        lines = [busy.enter_context(line_to(number)) for _ in range(2)]
        for n, line in enumerate(lines):  # the second frame is begun behind a whole one: its line does not rest
            line.sendall(b"\x0b" + message("REF^I12^REF_I12", *REF, control=f"3{n}") + b"\x1c\r\x0bMSH|")
            assert answer(line)[0] == "AA"
        with line_to(number) as late:
            assert late.recv(10) == b""
        wait_until("the way in says it", lambda: "1 was turned away" in fresh(way).error, 30)
        lines[0].sendall(message("REF^I12^REF_I12", *REF, control="39")[4:] + b"\x1c\r")
        assert answer(lines[0])[:2] == ["AA", "39"]


def test_a_line_that_rests_too_long_is_closed(open_doors: str) -> None:
    with port(rest_seconds=2) as (number, _), ExitStack() as idle:
        silent, once, odd = (idle.enter_context(line_to(number)) for _ in range(3))
        assert ask(once, message("REF^I12^REF_I12", *REF))[0] == "AA"
        odd.sendall(b"\r\n")
        assert [each.recv(10) for each in (silent, once, odd)] == [b"", b"", b""]


def fresh(way: WayIn) -> WayIn:
    return WayIn.objects.get(id=way.id)


def test_ten_megabytes_with_an_enclosed_letter_are_taken(open_doors: str) -> None:
    letter = b"%PDF-1.4 " + b"0" * 7_500_000
    obx = f"OBX|1|ED|PDF^Letter||^application^PDF^Base64^{base64.b64encode(letter).decode()}"
    with port() as (number, _), line_to(number) as line:
        assert ask(line, message("REF^I12^REF_I12", *REF, obx))[0] == "AA"
    enclosed = Item.objects.get(document__media_type="application/pdf")
    assert enclosed.document.size == len(letter)
    assert deliveries.belongs_to(enclosed) == Lead.objects.get()


def test_over_tls_with_a_certificate_of_ours(open_doors: str, tmp_path: Path) -> None:
    key, cert = tmp_path / "key.pem", tmp_path / "cert.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", key, "-out", cert, "-days", "2",
         "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"],
        check=True, capture_output=True,
    )  # fmt: skip
    context = ssl.create_default_context(cafile=str(cert))
    with (
        port(certificate=str(cert), private_key=str(key)) as (number, _),
        line_to(number) as plain,
        context.wrap_socket(plain, server_hostname="localhost") as line,
    ):
        assert ask(line, message("REF^I12^REF_I12", *REF))[0] == "AA"
    assert Lead.objects.count() == 1


@pytest.mark.parametrize(("charset", "name"), [("8859/1", "Müller"), ("UNICODE UTF-8", "Nguyễn"), ("", "Ołówek")])
def test_letters_are_read_as_msh_18_names_them(charset: str, name: str) -> None:
    pid = PID.replace("Zwickelhuber", name)
    reading, _ = reading_of(decode(message("REF^I12", pid, charset=charset)), TODAY, ())
    assert reading.referral.patient.last_name == name


def test_a_byte_that_is_none_of_its_set_is_named() -> None:
    body = message("REF^I12", PID, charset="UNICODE UTF-8").replace(b"Theodora", b"Th\xffodora")
    with pytest.raises(Rejected, match="is not UNICODE UTF-8"):
        decode(body)


def test_a_value_nobody_can_use_is_left_out_and_told() -> None:
    pid = PID.replace("19610415", "20991231").replace("53703", "5370X")
    reading, left_out = reading_of(decode(message("REF^I12", pid)), TODAY, ())
    assert set(left_out) == {"patient.date_of_birth", "patient.postal_code"}
    assert reading.referral.patient.last_name == "Zwickelhuber"
    assert reading.referral.patient.date_of_birth is None


def test_escapes_are_what_they_stand_for() -> None:
    reading, _ = reading_of(decode(message("REF^I12", PID, "NTE|1||knee \\T\\ hip\\.br\\worse at night")), TODAY, ())
    assert reading.referral.concern == "knee & hip\nworse at night"


def test_only_the_facilities_that_are_named_are_heard() -> None:
    heard = Settings(facilities="LAKESIDE, MENDOTA")
    assert hl7v2.read(message("REF^I12", *REF), TODAY, (), settings=heard)
    with pytest.raises(Rejected, match="not one of ours"):
        hl7v2.read(message("REF^I12", *REF), TODAY, (), settings=Settings(facilities="MENDOTA"))


def every(size: int) -> Callable[[bytes], list[bytes]]:
    return lambda body: [body[n : n + size] for n in range(0, len(body), size)]


@pytest.mark.parametrize("cut", [every(1), every(7), every(100)])
def test_however_a_frame_is_cut_it_is_one(open_doors: str, cut: Callable[[bytes], list[bytes]]) -> None:
    with port() as (number, _), line_to(number) as line:
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for piece in cut(b"\x0b" + message("REF^I12^REF_I12", *REF) + b"\x1c\r"):
            line.sendall(piece)
        assert answer(line)[0] == "AA"
