"""`firstvisit import` as a person types it: what goes where, how it ends, and what it does the second time."""

from __future__ import annotations

import csv
from pathlib import Path

from .conftest import Installation

GOOD = (
    "First name,Last name,DOB,Phone,Reason\n"
    "Mia,Example,2020-03-04,608-555-0142,falls often\n"
    "Leo,Sample,2019-05-06,608-555-0143,falls often\n"
)
BAD = "Ava,Wrong,2019-13-06,608-555-0144,falls often\n"


def test_a_file_is_checked_brought_in_once_reported_and_mended(practice: Installation, tmp_path: Path) -> None:
    file, report, mend = tmp_path / "leads.csv", tmp_path / "report.csv", tmp_path / "mend.csv"
    file.write_text(GOOD + BAD)
    checked = practice.run("import", str(file), "--dry-run")
    assert checked.code == 1
    assert checked.out.startswith("ready\t2\n") and "row 4\tDOB" in checked.out
    assert "Checked 3 of 3 rows" in checked.err
    gaps = tmp_path / "gaps.csv"
    gaps.write_text(GOOD.replace("Leo", "\n,,,,\nLeo"))
    assert "Checked 2 of 2 rows" in practice.run("import", str(gaps), "--dry-run").err
    bad = tmp_path / "bad.csv"
    bad.write_text(GOOD + BAD + BAD.replace("Ava", "Eva"))
    practice.run("import", str(bad), "--dry-run", "--report", str(report), "--mend", str(mend))
    told = list(csv.DictReader(report.read_text("utf-8-sig").splitlines()))
    ready, refused = "would come in", "refused"
    assert [line["What became of it"] for line in told] == [ready, ready, refused, refused]
    assert [(line["Row"], line["Column"]) for line in told[2:]] == [("4", "DOB"), ("5", "DOB")]
    assert "Wrong" not in report.read_text("utf-8-sig")
    assert [name in mend.read_text("utf-8-sig") for name in ("Mia", "Ava", "Eva")] == [False, True, True]
    first = practice.run("import", str(file), "--report", str(report), "--mend", str(mend))
    assert (first.code, first.out) == (1, "opened\t2\njoined\t0\nrepeated\t0\nrefused\t1\n")
    told = list(csv.DictReader(report.read_text("utf-8-sig").splitlines()))
    assert [line["What became of it"] for line in told] == ["opened a lead", "opened a lead", "refused"]
    assert "Wrong" not in report.read_text("utf-8-sig") and "Wrong" in mend.read_text("utf-8-sig")
    again = practice.run("import", str(file))
    assert again.code == 0 and again.out == "" and "This very file came in" in again.err
    mend.write_text(mend.read_text("utf-8-sig").replace("2019-13-06", "2019-12-06"))
    mended = practice.run("import", str(mend))
    assert (mended.code, mended.out) == (0, "opened\t1\njoined\t0\nrepeated\t0\nrefused\t0\n")


def test_what_does_not_fit_is_named_and_nothing_begins(practice: Installation, tmp_path: Path) -> None:
    file, mapping = tmp_path / "leads.csv", tmp_path / "map.toml"
    file.write_text(GOOD)
    mapping.write_text('[columns]\n"Telephone" = "patient.phone"\n')
    said = practice.run("import", str(file), "--map", str(mapping))
    assert said.code == 2 and "The file has no column “Telephone”" in said.err
    assert practice.run("import", str(tmp_path / "none.csv")).code == 2
    file.write_bytes(b"")
    assert "empty" in practice.run("import", str(file)).err
