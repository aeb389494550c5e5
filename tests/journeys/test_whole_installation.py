"""A whole installation under many hands, and what a thief of its database or a reader of its logs learns."""

from __future__ import annotations

import base64
import re
import subprocess
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from tests.installation import Installation, installation
from tests.people import (
    FAMILY,
    FAR_AWAY,
    MARQUETTE_MAN,
    ORGANIZATION,
    RED_FLAG,
    TUESDAY,
    UNSURE,
    but,
    surgeon,
)  # fmt: skip

from firstvisit.config.demo import send
from firstvisit.config.demo.referrals import ByApi, all_of
from firstvisit.kernel import postgres

OURS = (FAMILY, RED_FLAG, UNSURE, FAR_AWAY, MARQUETTE_MAN, ORGANIZATION, surgeon(TUESDAY.date()))


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    with installation(tmp_path_factory.mktemp("whole") / "home") as found:
        yield found


@pytest.fixture(scope="module")
def lived_in(running: Installation) -> tuple[list[Any], bytes, dict[str, bytes]]:
    """After everybody of the demo and of the stories went through the doors and has a receipt: what they
    sent, the database as plain SQL, and what was logged."""
    referrals = all_of(datetime.now(UTC).date())
    send.send(referrals, base_url=running.origin, api_key=running.api_key)
    for body in OURS:
        assert running.post(body)[0] == 201
    running.post(but(FAMILY, patient__date_of_birth="2199-09-09", concern="Refused Lollapaloozer words"))
    running.move_clock(11 * 60)
    running.settle()
    assert len(running.mailbox.mails) >= 12
    dump = subprocess.run(
        [str(postgres.binary("pg_dump")), running.server.owner_url],
        capture_output=True,
        check=True,
        timeout=60,
    ).stdout
    assert b"COPY public.people_person" in dump
    sent: list[Any] = [
        each.body if isinstance(each, ByApi) else [each.step1, each.step2] for each in referrals
    ]
    return [*sent, *OURS], dump, running.written()


PERSONAL = {
    "first_name",
    "last_name",
    "name",
    "phone",
    "fax",
    "email",
    "date_of_birth",
    "birth_date",
    "member_id",
    "street",
    "npi",
    "concern",
    "asks",
    "patient_first_name",
    "patient_last_name",
    "organization",
}


def said(value: Any, field: str = "") -> Iterator[tuple[str, str]]:
    """Every personal value of a request, with its field."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from said(
                inner, "payer" if name == "payers" else "name_of_payer" if field == "payer" else name
            )
            if name == "payers":
                yield from (("member_id", one["member_id"]) for one in inner if "member_id" in one)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from said(inner, field)
    elif isinstance(value, str) and field in PERSONAL:
        yield field, value


def spellings(field: str, value: str) -> set[str]:
    """The ways in which a value could be written."""
    found = {value, value.lower()}
    if field in ("phone", "fax"):
        digits = re.sub(r"\D", "", value)[-10:]
        found |= {digits, f"+1{digits}", f"({digits[:3]}) {digits[3:6]}-{digits[6:]}"}
    if field in ("date_of_birth", "birth_date"):
        day = datetime.strptime(value, "%m/%d/%Y" if "/" in value else "%Y-%m-%d").date()  # noqa: DTZ007
        found |= {day.isoformat(), day.strftime("%m/%d/%Y"), day.strftime("%Y%m%d"), day.strftime("%m%d%Y")}
    if field in ("concern", "asks"):
        found.add(" ".join(value.split()[:4]))
    if field in ("first_name", "last_name", "name", "patient_first_name", "patient_last_name"):
        found |= {word for word in value.split() if len(word) > 7}
    return {text for text in found if len(text) > 5}


def encoded(text: str) -> set[bytes]:
    """The bytes themselves, in hex, and in base64 wherever in a longer text they stand."""
    plain = text.encode()
    inner = {base64.b64encode(b"x" * shift + plain)[-(-shift * 4 // 3) : -4] for shift in range(3)}
    return {
        plain,
        plain.hex().encode(),
        plain.hex().upper().encode(),
        *(one for one in inner if len(one) > 7),
    }


def public() -> bytes:
    """What the practice itself says everywhere: nobody's secret."""
    return b"".join(
        file.read_bytes() for file in Path(postgres.__file__).parents[2].glob("practice/**/*.toml")
    )


def secrets(sent: list[Any]) -> dict[bytes, str]:
    """Every byte string that must be nowhere, with the field it comes from."""
    known = public().lower()
    texts = {(text, field) for one in sent for field, value in said(one) for text in spellings(field, value)}
    return {
        way: f"{field} {text!r}"
        for text, field in texts
        if text.lower().encode() not in known
        for way in encoded(text)
    }


def test_the_search_would_find_what_is_there(lived_in: tuple[list[Any], bytes, dict[str, bytes]]) -> None:
    hidden = secrets(lived_in[0])
    assert len(hidden) > 1000
    fields = {what.partition(" ")[0] for what in hidden.values()}
    assert {"name", "phone", "email", "date_of_birth", "member_id", "concern", "first_name"} <= fields
    letter = base64.b64encode(b"Dear Odalys Quisenberry, born 2023-09-14") + b"Mirabelle".hex().encode()
    found = {what for way, what in hidden.items() if way in letter}
    assert {"date_of_birth '2023-09-14'", "first_name 'Mirabelle'"} <= found
    assert any("Quisenberry" in what for what in found)


def test_a_stolen_dump_names_nobody(lived_in: tuple[list[Any], bytes, dict[str, bytes]]) -> None:
    sent, dump, _ = lived_in
    lower = dump.lower()
    found = {what for way, what in secrets(sent).items() if way in dump or way.lower() in lower}
    assert found == set()


def test_no_log_names_anybody(lived_in: tuple[list[Any], bytes, dict[str, bytes]]) -> None:
    sent, _, logs = lived_in
    assert any(name.endswith("web.stderr") for name in logs)
    hidden = {**secrets(sent), b"Lollapaloozer": "a refused concern", b"2199-09-09": "a refused birth date"}
    for name, text in logs.items():
        assert {what for way, what in hidden.items() if way in text} == set(), name


def test_thirty_two_clients_and_one_family(running: Installation, lived_in: object) -> None:
    theirs = but(
        FAMILY,
        patient__first_name="Ottoline",
        patient__last_name="Featherstonehaugh",
        patient__date_of_birth="2022-03-04",
        contact__name="Hermione Featherstonehaugh",
        contact__phone="+16085550191",
        contact__email="hermione.featherstonehaugh@example.org",
        payers=[{"name": "Northfield Health", "member_id": "NHF-0191"}],
    )
    counts = {table: running.value(f"SELECT count(*) FROM {table}") for table in TABLES}
    answers: list[tuple[int, dict[str, Any]]] = []
    left, lock = iter(range(200)), threading.Lock()

    def client() -> None:
        while True:
            with lock:
                number = next(left, None)
            if number is None:
                return
            answer = running.post(theirs, repeat=f"family-{number}", timeout=60)
            with lock:
                answers.append(answer)

    threads = [threading.Thread(target=client) for _ in range(32)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    assert sorted({status for status, _ in answers}) in ([201], [201, 202]), [
        a for a in answers if a[0] > 202
    ][:3]
    assert len(answers) == 200
    running.move_clock(25)
    running.settle()
    grown = {table: running.value(f"SELECT count(*) FROM {table}") - counts[table] for table in TABLES}
    assert grown == {
        "intake_item": 200,
        "intake_part": 200,
        "leads_lead": 1,
        "people_person": 2,
        "people_guardian": 1,
    }
    lead = running.value("SELECT max(number) FROM leads_lead")
    ends = running.ask(
        'SELECT part."end", count(*) FROM intake_part part JOIN leads_lead lead ON lead.id = part.lead_id'
        f" WHERE lead.number = {int(lead)} GROUP BY 1 ORDER BY 1"
    )
    assert ends == [("joined", 199), ("opened", 1)]
    assert len(running.mailbox.to("hermione.featherstonehaugh@example.org")) == 1


TABLES = ("intake_item", "intake_part", "leads_lead", "people_person", "people_guardian")
