"""Five forms more, put down with their truth after the reader had learned from the others. People and numbers are made up."""

from __future__ import annotations

from collections.abc import Callable

from firstvisit.steps.intake.understanding.tests.invented import Invented, home, patient, referrer
from firstvisit.steps.intake.understanding.tests.paper import Form


def pad() -> Invented:
    """A pad of prescriptions: the office, a name, and what is wanted in a few short lines."""
    form = Form().text(420, 80, "Bayou Bend Orthopedic Group", 40)
    form.text(380, 140, "410 Levee Road, Houma, LA 70360", 28).text(
        420, 180, "Tel 985-555-0111 Fax 985-555-0112", 28
    )
    form.text(160, 280, "Patient").text(320, 280, "Marguerite Thibodeaux").rule(310, 320, 1000, 320)
    form.text(1060, 280, "DOB").text(1160, 280, "9/2/64").rule(1150, 320, 1500, 320)
    form.text(160, 350, "Address").rule(310, 390, 1000, 390).text(1060, 350, "Date").text(1160, 350, "6/1/26")
    form.text(160, 460, "Rx", 60)
    form.text(320, 520, "PT eval and treat").text(320, 580, "2-3x/wk x 6 wks")
    form.text(320, 640, "Dx: M75.02 adhesive capsulitis L shoulder")
    form.rule(800, 860, 1500, 860).text(860, 812, "R. Guidry").text(1000, 870, "Remy Guidry, MD", 24)
    form.text(1000, 904, "NPI 1386749208", 24)
    record = patient("Marguerite", "Thibodeaux", "1964-09-02") | referrer(
        "Remy Guidry",
        "MD",
        "Bayou Bend Orthopedic Group",
        npi="1386749208",
        phone="+19855550111",
        fax="+19855550112",
    )
    record |= {
        "discipline": ["PT"],
        "service": "evaluation_and_treatment",
        "diagnoses": ["M75.02"],
        "frequency.visits_per_week": "2-3",
        "frequency.weeks": 6,
    }
    return Invented((form,), (record,), skew=-1.0)


def cells_beside() -> Invented:
    """A grid with labels in one cell and values in the next, two pairs a row, some values empty."""
    form = Form().text(430, 80, "Outpatient Therapy Referral", 42)
    rows = (
        (("Patient", "Quintero, Abel"), ("DOB", "12/24/1949")),
        (("Gender", "M"), ("Language", "")),
        (("Phone", "915-555-0141"), ("Alt phone", "")),
        (("Address", "6 Mesquite Ct, El Paso, TX 79901"), ("Contact", "Rosa Quintero (wife)")),
        (("Insurance", "Medicare"), ("ID #", "5FN2-QA7-WT33")),
        (("Secondary", "Lone Star Supplement"), ("ID #", "LS40981")),
        (("Diagnosis", "I69.354"), ("Onset", "04/18/2026")),
        (("Services", "OT, PT, ST"), ("Frequency", "3x/wk x 4 wks")),
        (("Referring MD", "Consuelo Baird, MD"), ("NPI", "1578439022")),
        (("Office phone", "915-555-0142"), ("Office fax", "915-555-0143")),
    )
    for n, row in enumerate(rows):
        for k, (label, value) in enumerate(row):
            left, top = 80 + 770 * k, 180 + 64 * n
            form.cell(left, top, left + 220, top + 64, "", "").cell(
                left + 220, top, left + 770, top + 64, "", ""
            )
            form.text(left + 12, top + 16, label, 26)
            form.text(left + 232, top + 16, value, 26)
    record = patient(
        "Abel",
        "Quintero",
        "1949-12-24",
        sex="male",
        phone="+19155550141",
        **home("6 Mesquite Ct", "El Paso", "TX", "79901"),
    ) | referrer("Consuelo Baird", "MD", npi="1578439022", phone="+19155550142", fax="+19155550143")
    record |= {
        "contact.name": "Rosa Quintero",
        "contact.relationship": "spouse",
        "payer.kind": "medicare",
        "payer.name": "Medicare",
        "payer.member_id": "5FN2-QA7-WT33",
        "diagnoses": ["I69.354"],
        "discipline": ["OT", "PT", "SLP"],
        "frequency.visits_per_week": 3,
        "frequency.weeks": 4,
        "event.kind": "other",
        "event.date": "2026-04-18",
    }
    return Invented((form,), (record,), skew=0.6)


def three_a_row() -> Invented:
    """Labels over their values without cells, three in a row, boxes in columns below."""
    form = Form().text(160, 80, "Cascade Kids Therapy Network", 40).text(160, 136, "Referral Request", 32)
    rows = (
        (("Child's First Name", "Juniper"), ("Child's Last Name", "Osei-Lund"), ("Birthdate", "02/19/2022")),
        (("Parent/Guardian", "Signe Lund"), ("Relationship", "Mother"), ("Parent Phone", "360-555-0125")),
        (("Insurance Plan", "Apple Health"), ("Plan ID", "200118834WA"), ("Preferred Language", "English")),
        (
            ("Referring Provider", "Tam Brightwater, ARNP"),
            ("Clinic", "Skagit Family Care"),
            ("Clinic Fax", "360-555-0126"),
        ),
    )
    for n, row in enumerate(rows):
        for k, (label, value) in enumerate(row):
            form.text(160 + 500 * k, 220 + 120 * n, label, 22).text(160 + 500 * k, 254 + 120 * n, value, 30)
    form.text(160, 730, "Reason for Referral", 22)
    for n, (left, middle, right) in enumerate(
        (("Speech delay", "Fine motor", "Feeding"), ("Articulation", "Sensory", "Toe walking"))
    ):
        form.tick(160, 770 + 56 * n, left, n == 0).tick(660, 770 + 56 * n, middle, False).tick(
            1160, 770 + 56 * n, right, False
        )
    form.text(160, 910, "Services", 22)
    form.tick(160, 950, "Speech Therapy", True).tick(660, 950, "Occupational Therapy", False).tick(
        1160, 950, "Physical Therapy", False
    )
    form.text(160, 1030, "ICD-10", 22).text(160, 1064, "F80.9")
    form.text(660, 1030, "Urgency", 22).tick(660, 1064, "Routine", True).tick(900, 1064, "Urgent", False)
    record = patient("Juniper", "Osei-Lund", "2022-02-19") | referrer(
        "Tam Brightwater", "ARNP", "Skagit Family Care", fax="+13605550126"
    )
    record |= {
        "contact.name": "Signe Lund",
        "contact.relationship": "mother",
        "contact.phone": "+13605550125",
        "payer.kind": "medicaid",
        "payer.name": "Apple Health",
        "payer.member_id": "200118834WA",
        "diagnoses": ["F80.9"],
        "discipline": ["SLP"],
        "timing": "within_month",
    }
    return Invented((form,), (record,), skew=1.3)


def printed_boxes() -> Invented:
    """Boxes as characters, a run of several fields on a line, days in words."""
    form = Form().text(160, 80, "PHYSICIAN ORDER FOR THERAPY SERVICES", 38)
    for n, line in enumerate(
        (
            "Facility: Granger Internal Medicine   Ph: (662) 555-0131   Fx: (662) 555-0132",
            "Pt: Leopold Farrow   DOB: 14-Jul-1955   Tel: (662) 555-0133",
            "Ins: Magnolia Mutual HMO   Policy #: MMH-550172   Grp #: 88-210",
            "[x] Physical Therapy   [ ] Occupational Therapy   [ ] Speech Therapy",
            "[ ] Evaluate only   [x] Evaluate and Treat",
            "ICD-10: M48.061, M54.16      Surgery: L4-5 laminectomy 5/12/26",
            "Freq: 2 x wk   Duration: 8 wks",
            "Auth #: 5520-7781   Visits approved: 16",
            "Goals: walk to the mailbox without a cane",
            "Physician name (print): Augusta Penhallow, D.O.     NPI: 1639205842",
            "Physician signature: ______________________   Date: ___________",
        )
    ):
        form.text(120, 190 + 66 * n, line, 28)
    record = patient("Leopold", "Farrow", "1955-07-14", phone="+16625550133") | referrer(
        "Augusta Penhallow",
        "DO",
        "Granger Internal Medicine",
        npi="1639205842",
        phone="+16625550131",
        fax="+16625550132",
    )
    record |= {
        "payer.kind": "commercial",
        "payer.name": "Magnolia Mutual HMO",
        "payer.member_id": "MMH-550172",
        "payer.group_number": "88-210",
        "payer.authorization_number": "5520-7781",
        "payer.authorization_status": "approved",
        "diagnoses": ["M48.061", "M54.16"],
        "event.kind": "surgery",
        "event.date": "2026-05-12",
        "discipline": ["PT"],
        "service": "evaluation_and_treatment",
        "frequency.visits_per_week": 2,
        "frequency.weeks": 8,
        "frequency.total_visits": 16,
        "order_signed": False,
    }
    return Invented((form,), (record,), turned=270, skew=0.4)


def two_of_a_family() -> Invented:
    """A cover sheet and a form for each of two children, pages numbered at the foot."""
    cover = Form(number=1).text(160, 100, "FACSIMILE TRANSMITTAL", 46)
    for n, line in enumerate(
        ("TO: Pediatric therapy intake", "FROM: Dunes Pediatrics, referral desk", "PAGES: 3 with cover")
    ):
        cover.text(160, 240 + 64 * n, line)
    pages = [cover]
    records = []
    for number, (first, born, code, therapy) in enumerate(
        (("Oskar", "10/05/2018", "F82", "OT"), ("Freya", "01/22/2021", "F80.1", "Speech")), 2
    ):
        form = Form(number=number).text(160, 90, "Dunes Pediatrics", 40)
        form.text(160, 144, "Phone 219-555-0151   Fax 219-555-0152", 28)
        for n, line in enumerate(
            (
                f"Patient: {first} Halloran        DOB: {born}",
                "Guardian: Nadia Halloran (aunt)     Cell: 219-555-0153",
                f"Dx: {code}       Refer to: {therapy}",
                "Provider: Ramona Eastman, PNP",
            )
        ):
            form.text(160, 250 + 70 * n, line)
        form.text(760, 2080, f"Page {number} of 3", 24)
        pages.append(form)
        month, day, year = born.split("/")
        records.append(
            patient(first, "Halloran", f"{year}-{month}-{day}")
            | referrer("Ramona Eastman", "PNP", "Dunes Pediatrics", phone="+12195550151", fax="+12195550152")
            | {
                "contact.name": "Nadia Halloran",
                "contact.relationship": "aunt",
                "contact.phone": "+12195550153",
                "diagnoses": [code],
                "discipline": ["OT" if therapy == "OT" else "SLP"],
            }
        )
    return Invented(tuple(pages), tuple(records), skew=-0.5)


HARDER: dict[str, Callable[[], Invented]] = {
    each.__name__: each
    for each in (pad, cells_beside, three_a_row, printed_boxes, two_of_a_family)
}
