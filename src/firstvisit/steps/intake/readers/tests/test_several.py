"""Several people in one form, however the form counts them."""

from __future__ import annotations

import datetime as dt

import pytest

from firstvisit.steps.intake import readers
from firstvisit.steps.intake.readers import Document


def patients(text: str) -> list[tuple[str | None, str | None]]:
    done = readers.read(Document("note.txt", "text/plain", text.encode(), dt.date(2026, 8, 20)))
    return [
        (each.referral.patient.first_name, str(each.referral.patient.date_of_birth))
        for each in done.understood.patients
    ]


@pytest.mark.parametrize(
    "text",
    [
        "Parent: Ada Falk\nPhone: 608-555-0101\n\nChild 1\nName: Odo Falk\nBorn: 02/03/2019\nTherapy: OT\n\nChild 2\nName: Ida Falk\nBorn: 11/30/2021\nTherapy: speech\n",
        "PATIENT #1\nName: Odo Falk\nDOB: 02/03/2019\nPATIENT #2\nName: Ida Falk\nDOB: 11/30/2021\n\nComments: same day please\n",
        "== Student 1 ==\nStudent name: Odo Falk\nDOB: 02/03/2019\n== Student 2 ==\nStudent name: Ida Falk\nDOB: 11/30/2021\n",
        "child1_first=Odo\nchild1_last=Falk\nchild1_dob=2019-02-03\nchild2_first=Ida\nchild2_last=Falk\nchild2_dob=2021-11-30\n",
        "child1_first=Odo&child1_last=Falk&child1_dob=2019-02-03&child2_first=Ida&child2_last=Falk&child2_dob=2021-11-30&parent=Ada+Falk",
        '{"parent": {"name": "Ada Falk"}, "children": [{"name": "Odo Falk", "dob": "2019-02-03"}, {"name": "Ida Falk", "dob": "2021-11-30"}]}',
        '{"patients": [{"first": "Odo", "last": "Falk", "dob": "2019-02-03"}, {"first": "Ida", "last": "Falk", "dob": "2021-11-30"}], "phone": "608-555-0101"}',
        '{"patient_1_name": "Odo Falk", "patient_1_dob": "2019-02-03", "patient_2_name": "Ida Falk", "patient_2_dob": "2021-11-30", "phone": "608-555-0101"}',
        "Name,DOB,Phone,Insurance\nOdo Falk,2019-02-03,608-555-0101,Aetna\nIda Falk,2021-11-30,608-555-0101,Aetna\n",
        "Patient | DOB | Phone\nOdo Falk | 02/03/2019 | 608-555-0101\nIda Falk | 11/30/2021 | 608-555-0101\n",
        "Twin 1:\nFull name: Odo Falk\nBirthday: 02/03/2019\nTwin 2:\nFull name: Ida Falk\nBirthday: 11/30/2021\n",
    ],
)
def test_each_person_is_a_patient(text: str) -> None:
    assert patients(text) == [("Odo", "2019-02-03"), ("Ida", "2021-11-30")]


@pytest.mark.parametrize(
    "text",
    [
        "child1_first=Odo\nchild1_last=Falk\nchild1_dob=2019-02-03\nphone=608-555-0101\n",
        "Child 1\nName: Odo Falk\nDOB: 02/03/2019\nPhone: 608-555-0101\n",
        '{"patients": [{"first": "Odo", "last": "Falk", "dob": "2019-02-03"}]}',
    ],
)
def test_one_person_is_one_patient(text: str) -> None:
    assert patients(text) == [("Odo", "2019-02-03")]
