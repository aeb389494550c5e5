"""Cells and rows: what people write becomes a record, and what cannot be understood is named, never guessed."""

from __future__ import annotations

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from firstvisit.kernel.errors import BadInput
from firstvisit.steps.intake.file import cells
from firstvisit.steps.intake.file.mapping import read_mapping, settled
from firstvisit.steps.intake.file.rows import Read, Reader, Refused
from firstvisit.steps.intake.file.table import read_table
from firstvisit.steps.intake.sources import csv as kept_rows

NOW = dt.datetime(2026, 11, 21, 18, tzinfo=dt.UTC)
ZONE = ZoneInfo("America/Chicago")


def read(text: str, stated: dict[str, Any] | None = None) -> list[Read | Refused]:
    table = read_table(text.encode())
    reader = Reader(settled(table, stated or {}), table.headings, {"early_language"}, NOW, ZONE)
    return [reader.read(row) for row in table.rows()]


def one(text: str, stated: dict[str, Any] | None = None) -> Any:
    [found] = read(text, stated)
    assert isinstance(found, Read), found
    return found.referral


def problems(text: str, stated: dict[str, Any] | None = None) -> dict[str, str]:
    [found] = read(text, stated)
    assert isinstance(found, Refused)
    return dict(found.problems)


@pytest.mark.parametrize(
    ("text", "order", "day"),
    [
        ("2026-03-04", "ymd", dt.date(2026, 3, 4)),
        ("03/04/2026", "mdy", dt.date(2026, 3, 4)),
        ("03/04/2026", "dmy", dt.date(2026, 4, 3)),
        ("4.3.2026", "dmy", dt.date(2026, 3, 4)),
        ("4 Mar 2026", "ymd", dt.date(2026, 3, 4)),
        ("March 4th, 2026", "ymd", dt.date(2026, 3, 4)),
        ("2026-03-04 14:05:00", "ymd", dt.date(2026, 3, 4)),
    ],
)
def test_dates_are_read_in_the_order_of_their_column(text: str, order: cells.Order, day: dt.date) -> None:
    assert cells.date(text, order) == day


@pytest.mark.parametrize("text", ["3/4/26", "46107", "02/30/2026", "soon", "13/13/2026"])
def test_dates_that_cannot_be_read_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"enter|four digits|check|spreadsheet"):
        cells.date(text, "mdy")


def test_a_column_of_dates_that_fit_both_orders_is_asked_about_and_never_guessed() -> None:
    text = "Name,Phone,DOB\nMia Example,608-555-0142,03/04/2020\n"
    with pytest.raises(BadInput) as bad:
        read(text)
    assert [problem.field for problem in bad.value.problems] == ["dates.DOB"]
    assert one(text, {"dates": "dmy"}).patient.date_of_birth == dt.date(2020, 4, 3)


def test_one_date_proves_the_order_of_its_column() -> None:
    text = "Name,Phone,DOB\nMia Example,608-555-0142,03/04/2020\nLeo Example,608-555-0143,03/26/2020\n"
    first = read(text)[0]
    assert isinstance(first, Read) and first.referral.patient.date_of_birth == dt.date(2020, 3, 4)


def test_dates_that_contradict_each_other_are_asked_about() -> None:
    text = "Name,Phone,DOB\nA B,608-555-0142,26/03/2020\nC D,608-555-0143,03/26/2020\n"
    with pytest.raises(BadInput, match="others only with the day"):
        read(text)


@pytest.mark.parametrize(
    ("cell", "means"),
    [("yes please", True), ("Yes, thanks", True), ("sure, ok", True), ("no thanks", False), ("No, thank you.", False),
     ("sí, por favor", True), ("no gracias", False)],
)  # fmt: skip
def test_yes_and_no_are_read_in_polite_words(cell: str, means: bool) -> None:
    assert cells.yes_no(cell) is means


@pytest.mark.parametrize("cell", ["yes and no", "please", "thanks", "not yes", "yes but only mornings", "no problem"])
def test_what_is_neither_yes_nor_no_is_refused(cell: str) -> None:
    with pytest.raises(ValueError, match="neither yes nor no"):
        cells.yes_no(cell)


def test_a_full_name_several_diagnoses_yes_no_and_therapies_in_one_cell() -> None:
    referral = one(
        "Client;Phone;Dx;Therapy;Order signed;May text\n"
        '"Delgado, Mia";(608) 555-0142;M54.50 Low back pain, S52.501A;PT/OT;Y;no\n'
    )
    assert (referral.patient.first_name, referral.patient.last_name) == ("Mia", "Delgado")
    assert [diagnosis.code for diagnosis in referral.diagnoses] == ["M54.50", "S52.501A"]
    assert referral.disciplines == ("PT", "OT")
    assert referral.order_signed is True
    assert [(consent.channel, consent.given) for consent in referral.consents] == [("sms", False)]


def test_every_wrong_cell_of_a_row_is_named_by_its_column_and_no_value_is_repeated() -> None:
    found = problems(
        "First name,Last name,Phone,DOB,Order signed,Dx\nMia,Example,12345,1820-01-01,perhaps,Z99.99999\n"
    )
    assert found.keys() == {"Phone", "DOB", "Order signed", "Dx"}
    assert not any(value in sentence for sentence in found.values() for value in ("12345", "perhaps", "Z99.99999"))


def test_a_row_that_says_nobody_to_get_back_to_is_refused() -> None:
    assert "phone number or e-mail" in problems("Name,Phone,Email\nMia Example,,\n")["(whole row)"]


def test_words_and_values_for_every_row_come_from_the_mapping() -> None:
    stated = read_mapping(
        b'[columns]\n"Art" = "patient.sex"\n[words."Art"]\nw = "female"\n[always]\nprogram = "early_language"\n'
    )
    referral = one("Name,Phone,Art\nMia Example,608-555-0142,W\n", stated)
    assert (referral.patient.sex, referral.program) == ("female", "early_language")


@pytest.mark.parametrize(
    ("toml", "field"),
    [
        (b"columns = 3", "columns"),
        (b"colums = 3", "colums"),
        (b"[columns", "mapping"),
        (b'dates = "us"', "dates.DOB"),
        (b'[columns]\n"Nme" = "patient.name"', "columns.Nme"),
        (b'[columns]\n"Name" = "patient.nme"', "columns.Name"),
        (b'delimiter = "?"', "delimiter"),
        (b"\xff\xfe", "mapping"),
    ],
)
def test_a_mapping_file_that_does_not_fit_is_refused_by_name(toml: bytes, field: str) -> None:
    with pytest.raises(BadInput) as bad:
        read("Name,Phone,DOB\nMia Example,608-555-0142,2020-03-04\n", read_mapping(toml))
    assert field in [problem.field for problem in bad.value.problems]


def test_a_column_that_stands_twice_is_refused_where_it_is_used() -> None:
    with pytest.raises(BadInput, match="2 columns “Phone”"):
        read("Name,Phone,Phone\nMia Example,608-555-0142,608-555-0143\n")


def test_when_it_was_received_is_kept_with_its_zone_and_not_in_the_future() -> None:
    text = "Name,Phone,Received\nMia Example,608-555-0142,{}\n"
    [found] = read(text.format("2026-11-03 14:05"))
    assert isinstance(found, Read)
    assert found.received_at == dt.datetime(2026, 11, 3, 14, 5, tzinfo=ZONE)
    assert "future" in problems(text.format("2027-01-01"))["Received"]


def test_a_kept_row_reads_as_it_did_when_it_came() -> None:
    [found] = read("Name,Phone,Dx,Surgery date\nMia Example,608-555-0142,F80.2,2026-10-02\n")
    assert isinstance(found, Read)
    again = kept_rows.parse(found.body, NOW.date(), ())
    assert again.referral == found.referral


def test_the_order_of_columns_does_not_make_another_row() -> None:
    one_way = read("Name,Phone\nMia Example,608-555-0142\n")[0]
    other_way = read("Phone,Name\n608-555-0142,Mia Example\n")[0]
    assert one_way.fingerprint == other_way.fingerprint
