"""Tables of patients in texts, however their cells are set apart."""

from __future__ import annotations

import pytest

from firstvisit.steps.intake.readers.html_text import text_of
from firstvisit.steps.intake.understanding import letters, rows

TWO = [("Odo Falk", "1990-02-03"), ("Ida Voss", "1984-11-30")]


def patients(text: str) -> list[tuple[str, str]]:
    """Name and birth date of each patient of a text's tables."""
    made, _ = rows.cut(text)
    numbers = sorted({each.patient or 0 for each in made})
    return [
        (
            next(each.text for each in made if (each.patient or 0) == n and each.about("patient name")),
            next(each.text for each in made if (each.patient or 0) == n and each.about("dob")),
        )
        for n in numbers
    ]


@pytest.mark.parametrize(
    "text",
    [
        "Patient\tDOB\tPhone\nOdo Falk\t1990-02-03\t608-555-0101\nIda Voss\t1984-11-30\t608-555-0102\n",
        "Patient | DOB | Phone\nOdo Falk | 1990-02-03 | 608-555-0101\nIda Voss | 1984-11-30 | 608-555-0102\n",
        "| Patient | DOB | Phone |\n|---|---|---|\n| Odo Falk | 1990-02-03 | - |\n| Ida Voss | 1984-11-30 | - |\n",
        "Patient       DOB         Insurance\nOdo Falk      1990-02-03  Aetna\nIda Voss      1984-11-30  Cigna\n",
        "Student Name\tDate of Birth\tGrade\nOdo Falk\t1990-02-03\t2\n\nIda Voss\t1984-11-30\t4\n",
        "Name\tBirth date\tDx\tPhone\nOdo Falk\t1990-02-03\tM54.50\t\nIda Voss\t1984-11-30\t\t608-555-0102\n",
        "#\tPatient name\tDOB\tReason\n1\tOdo Falk\t1990-02-03\tback pain\n2\tIda Voss\t1984-11-30\tneck pain\n",
        "Field\tFirst\tSecond\nPatient\tOdo Falk\tIda Voss\nDOB\t1990-02-03\t1984-11-30\nPhone\t608-555-0101\t608-555-0102\n",
        "Patient | Odo Falk | Ida Voss\nDOB | 1990-02-03 | 1984-11-30\nInsurance | Aetna | Cigna\n",
        "Please see both.\n\nPt name\tD.O.B.\tIns\nOdo Falk\t1990-02-03\tAetna\nIda Voss\t1984-11-30\tCigna\nThank you\n",
        text_of(
            "<table><tr><th>Patient</th><th>DOB</th><th>Plan</th></tr><tr><td>Odo Falk</td><td>1990-02-03</td><td>x</td></tr>"
            "<tr><td>Ida<br>Voss</td><td>1984-11-30</td><td></td></tr></table>"
        ).replace("Ida, Voss", "Ida Voss"),
    ],
)
def test_patients_in_rows_or_columns(text: str) -> None:
    assert patients(text) == TWO


@pytest.mark.parametrize(
    "text",
    [
        "Name\tOdo Falk\tDOB\t1990-02-03\n",
        "Name  Odo Falk      DOB  1990-02-03\nPhone  608-555-0101   Plan  Aetna\n",
        "| Name | Odo Falk | DOB | 1990-02-03 |\n",
        text_of("<table><tr><td>Name</td><td>Odo Falk</td><td>DOB</td><td>1990-02-03</td></tr></table>"),
    ],
)
def test_label_and_value_by_turns(text: str) -> None:
    made, rest = rows.cut(text)
    assert [(each.question, each.text) for each in made][:2] == [("Name", "Odo Falk"), ("DOB", "1990-02-03")]
    assert not rest.strip(), rest
    assert len(rest) == len(text)


@pytest.mark.parametrize(
    "text",
    [
        "We would like to   see him   soon   please.\n",
        "Name: Odo Falk\nDOB: 1990-02-03\n",
        "Monday\tTuesday\tWednesday\n9\t10\t11\n",
        "Phone | Fax | Web\n",
        "",
    ],
)
def test_what_is_no_table_is_left_alone(text: str) -> None:
    assert rows.cut(text) == ([], text)


def test_a_page_laid_out_in_cells_is_read_as_lines() -> None:
    page = "<table><tr><td><p>One</p><p>Two</p><p>Three</p><p>Four</p><p>Five</p></td><td>Aside</td></tr></table>"
    assert text_of(page).split() == ["One", "Two", "Three", "Four", "Five", "Aside"]


@pytest.mark.parametrize(
    "text",
    [
        "- Odo Falk, 36 (DOB 2/3/1990). Back.\n- Ida Voss, DOB 11/30/1984. Neck.\n",
        "Odo Falk DOB 2/3/1990 needs PT.\nIda Voss DOB 11/30/1984 needs OT.\n",
        "For me, Odo Falk, 2/3/1990: back pain.\n\nFor her, Ida Voss, 11/30/1984: neck pain.\n",
        "* Odo Falk (born 2/3/1990) PT\n* Ida Voss (born 11/30/1984) OT\n",
        "1) Odo Falk, M, 02/03/1990\nback\n2) Ida Voss, F, 11/30/1984\nneck\n",
        "Odo Falk - DOB: Feb 3, 1990 - back pain\nIda Voss - DOB: Nov 30, 1984 - neck pain\n",
        "My son Odo Falk (2/3/2019) stutters.\nMy daughter Ida Voss (11/30/2021) has a lisp.\n",
        "First is Odo Falk, born February 3, 1990, for his back.\nThen Ida Voss, born November 30, 1984, for her neck.\n",
        "Odo Falk 02/03/1990\n4 Elm St\n\nIda Voss 11/30/1984\n9 Oak St\n",
        "Odo Falk, 3 Feb 1990, PT\nIda Voss, 30 Nov 1984, PT\n",
    ],
)
def test_two_people_with_their_birth_dates_are_two_patients(text: str) -> None:
    assert {each.patient for each in letters.passages(text) if each.text.strip()} >= {0, 1}


@pytest.mark.parametrize(
    "text",
    [
        "Odo Falk, M, 02/03/1990\nOrder signed: EV 4/6/26\n",
        "Odo Falk (DOB 2/3/1990). Surgery by Ida Voss on 4/2/2026.\n",
        "Re: Odo Falk DOB 2/3/1990\nI saw Odo Falk DOB 2/3/1990 today.\n",
    ],
)
def test_one_patient_stays_one(text: str) -> None:
    assert {each.patient for each in letters.passages(text)} == {None}


@pytest.mark.parametrize("nothing", ["(blank)", "-", "none", "N/A", "____"])
def test_a_row_that_is_left_blank_is_no_patient(nothing: str) -> None:
    made, _ = rows.cut(f"No.\tResident\tSex\tDOB\n1\tNora Vale\tF\t1938-02-25\n2\tIvo Rand\tM\t1935-06-03\n3\t{nothing}\t\t\n")
    assert {each.patient for each in made} == {0, 1}
