"""The demo: its referrals can all be read, its mail server keeps what it takes, its table is complete."""

from __future__ import annotations

import json
import signal
import smtplib
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import date, timedelta
from email.message import EmailMessage
from email.parser import BytesParser
from pathlib import Path

import pytest
from django.db import connection

from firstvisit.config.asked import Asked
from firstvisit.config.demo import documents, table
from firstvisit.config.demo.referrals import ByApi, ByForm, all_of
from firstvisit.journey.receiving import receive
from firstvisit.kernel import clock
from firstvisit.kernel.audit import Actor
from firstvisit.leads.models import Lead
from firstvisit.practice.files import SAMPLE, read_folder
from firstvisit.practice.queries import practice
from firstvisit.practice.services import load
from firstvisit.steps.intake.services import Arrival
from firstvisit.steps.intake.sources import form, parse


@pytest.fixture
def sample(db: None) -> Iterator[None]:
    load(read_folder(SAMPLE), by="test")
    yield


@pytest.fixture
def mail_server(tmp_path: Path) -> Iterator[tuple[subprocess.Popen[bytes], int, Path]]:
    """The demo's mail server in its own process."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    folder = tmp_path / "mail"
    command = [sys.executable, "-m", "firstvisit.config.demo.smtp", str(folder), str(port), str(folder / "box")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        _wait_until_listening(port, process)
        yield process, port, folder
        process.kill()


def _wait_until_listening(port: int, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        assert process.poll() is None
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
    raise AssertionError("the mail server does not listen")


def letter(subject: str) -> EmailMessage:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "intake@example.org", "rosa@example.org", subject
    mail.set_content("Guten Tag, señora Łuczak")
    return mail


def test_each_mail_is_a_file_in_the_order_of_arrival(
    mail_server: tuple[subprocess.Popen[bytes], int, Path],
) -> None:
    _, port, folder = mail_server
    with smtplib.SMTP("127.0.0.1", port) as client:
        for number in range(3):
            client.send_message(letter(f"number {number}"))
    files = sorted(folder.iterdir())
    assert [BytesParser().parsebytes(file.read_bytes())["Subject"] for file in files] == [
        "number 0", "number 1", "number 2",
    ]
    assert {file.suffix for file in files} == {".eml"}


@pytest.mark.parametrize("name", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_stops_it_quietly(
    mail_server: tuple[subprocess.Popen[bytes], int, Path], name: signal.Signals
) -> None:
    process, _, _ = mail_server
    process.send_signal(name)
    out, err = process.communicate(timeout=20)
    assert (process.returncode, out, err) == (0, b"", b"")


def test_the_demo_has_every_kind_and_each_a_key_of_its_own() -> None:
    everything = all_of(date(2026, 11, 21))
    assert len(everything) >= 14
    assert len({each.key for each in everything}) == len(everything)
    kinds = {each.body["lead_kind"] for each in everything if isinstance(each, ByApi)}
    assert {"referral_partner", "organization", "patient"} <= kinds
    assert any(isinstance(each, ByForm) and each.step2 is None for each in everything)


@pytest.mark.parametrize("today", [date(2026, 11, 21), date(2027, 2, 28), date(2028, 2, 29)])
def test_every_referral_can_be_read_on_every_day(sample: None, today: date) -> None:
    for each in all_of(today):
        _reading(each, today)


def test_the_table_is_one_line_a_lead_in_order_and_asks_four_questions(
    sample: None,
) -> None:
    today = clock.now().date()
    for each in all_of(today):
        source, body = _body(each)
        arrival = Arrival(source, Actor("public"), body, "application/json", each.key)
        receive(arrival, parse(source, body, today=today, programs=practice().program_words))
    practice()
    with Asked(connection) as asked:
        lines = table.lines()
    assert len(asked) == 4
    codes = [int(line.split()[0].removeprefix("L-")) for line in lines[1:]]
    assert lines[0].startswith("lead ")
    assert codes == sorted(codes) and len(codes) == len(all_of(today)) - 1
    shown = "\n".join(lines)
    outcomes = ("clinician_review", "refer_out", "discovery", "book_now", "need_auth_first", "need_info")
    assert all(outcome in shown for outcome in outcomes)
    assert "EST" in shown or "EDT" in shown
    assert "Delgado" not in shown


def test_of_many_leads_the_first_forty_are_told_and_the_rest_counted(sample: None) -> None:
    today = clock.now().date()
    (body,) = [each.body for each in all_of(today) if isinstance(each, ByApi)][:1]
    for number in range(43):
        surname = f"Kvist{chr(97 + number // 26)}{chr(97 + number % 26)}son"
        other = {"last_name": surname, "phone": f"+160855501{number:02d}"}
        born = (date(1940, 1, 1) + timedelta(days=431 * number)).isoformat()
        patient = {**body["patient"], **other, "date_of_birth": born, "first_name": f"Ro{chr(97 + number % 26)}an"}
        raw = json.dumps({**body, "patient": patient}).encode()
        arrival = Arrival("api", Actor("public"), raw, "application/json", f"key-{number}")
        receive(arrival, parse("api", raw, today=today, programs=practice().program_words))
    assert len(_numbers()) > 40
    head, *told, last = table.lines()
    assert head.startswith("lead ")
    assert [line.split()[0] for line in told] == [f"L-{number}" for number in _numbers()[:40]]
    assert last == f"and {len(_numbers()) - 40} more"


def _numbers() -> list[int]:
    return list(Lead.objects.order_by("number").values_list("number", flat=True))


def _body(each: ByApi | ByForm) -> tuple[str, bytes]:
    if isinstance(each, ByApi):
        return "api", json.dumps(each.body).encode()
    return "form", form.kept(2 if each.step2 else 1, {**each.step1, **(each.step2 or {})})


def _reading(each: ByApi | ByForm, today: date) -> None:
    source, body = _body(each)
    parse(source, body, today=today, programs=practice().program_words)


def test_the_demos_documents_are_read_and_one_birth_date_is_left_to_a_person(tmp_path: Path) -> None:
    documents.drop(tmp_path, date(2026, 11, 20))
    words = [Path(sys.executable).with_name("firstvisit"), "read", tmp_path, "--json"]
    told = subprocess.run(words, capture_output=True, text=True, timeout=120, check=True).stdout
    fax, mail, call = (json.loads(line) for line in told.splitlines())
    assert (fax["channel"], mail["channel"], call["channel"]) == ("fax", "email", "phone")
    assert fax["patient"]["last_name"] == "Krall" and fax["order_signed"] and "date_of_birth" not in fax["patient"]
    assert mail["patient"]["date_of_birth"] == "2023-10-12" and mail["contact"]["name"] == "Priyanka Rao"
    assert call["patient"]["postal_code"] == "53704" and call["contact"]["phone"] == "+16085550179"
