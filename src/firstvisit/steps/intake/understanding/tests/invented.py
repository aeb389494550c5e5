"""Ten forms nobody uses, each laid out in another way that forms are, with what a careful reader would enter.

People, offices and numbers are made up.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from firstvisit.steps.intake.understanding.tests.paper import Form

Record = dict[str, Any]


@dataclass(frozen=True)
class Invented:
    """Pages with the records they hold ("patient.phone": ...) and how a fax line mistreats them."""

    pages: tuple[Form, ...]
    records: tuple[Record, ...]
    skew: float = 0.0
    turned: int = 0
    coarse: bool = False
    specks: int = 300
    extra: dict[str, Any] = field(default_factory=dict)


def patient(first: str, last: str, born: str, **more: object) -> Record:
    return {"patient.first_name": first, "patient.last_name": last, "patient.date_of_birth": born} | {
        f"patient.{name}": value for name, value in more.items()
    }


def referrer(name: str, credential: str | None, organization: str | None = None, **more: object) -> Record:
    stated = {"name": name, "credential": credential, "organization": organization, **more}
    return {f"referrer.{key}": value for key, value in stated.items() if value is not None}


def home(street: str, city: str, state: str, zip_: str) -> dict[str, str]:
    return {"street": street, "city": city, "state": state, "postal_code": zip_}


def grid() -> Invented:
    """Cells with small labels over their values, some empty."""
    form = Form().text(430, 90, "Outpatient Rehabilitation Intake", 44)
    rows = (
        (("Client (last, first)", "Okonkwo, Adaeze"), ("Date of birth", "11/02/1967"), ("Sex", "F")),
        (
            ("Street address", "417 Larch Street"),
            ("City, state, ZIP", "Billings, MT 59101"),
            ("Home phone", "406-555-0171"),
        ),
        (("Health plan", "Sagebrush Mutual Health"), ("Member ID", "SMH4471902"), ("Group", "")),
        (
            ("Dx codes", "M17.11, Z96.651"),
            ("Surgery date", "05/06/2026"),
            ("Frequency / duration", "3x/wk x 6 wks"),
        ),
        (("Therapy", "PT"), ("Requested", "Evaluate and treat"), ("Needed by", "ASAP")),
        (
            ("Ordering clinician", "Piers Halloran, PA-C"),
            ("Office fax", "406-555-0172"),
            ("NPI", "1093817462"),
        ),
    )
    for n, row in enumerate(rows):
        for k, (label, value) in enumerate(row):
            form.cell(100 + 500 * k, 200 + 110 * n, 600 + 500 * k, 310 + 110 * n, label, value)
    record = patient(
        "Adaeze",
        "Okonkwo",
        "1967-11-02",
        sex="female",
        phone="+14065550171",
        **home("417 Larch Street", "Billings", "MT", "59101"),
    )
    record |= referrer("Piers Halloran", "PA-C", fax="+14065550172", npi="1093817462")
    record |= {
        "payer.kind": "commercial",
        "payer.name": "Sagebrush Mutual Health",
        "payer.member_id": "SMH4471902",
        "diagnoses": ["M17.11", "Z96.651"],
        "event.kind": "surgery",
        "event.date": "2026-05-06",
        "service": "evaluation_and_treatment",
        "frequency.visits_per_week": 3,
        "frequency.weeks": 6,
        "discipline": ["PT"],
        "timing": "asap",
    }
    return Invented((form,), (record,), skew=-1.4)


def under_the_line() -> Invented:
    """Values on lines, with the label small below the line."""
    form = (
        Form()
        .text(160, 90, "Wren Hollow Spine Institute", 40)
        .text(160, 150, "P 505-555-0120   F 505-555-0121")
    )
    fields = (
        ((160, "Beatriz Zamora"), "Patient name", (1000, "08/30/1990"), "Date of birth"),
        ((160, "505-555-0166"), "Phone", (1000, "Presbyterian Choice"), "Insurance carrier"),
        ((160, "M54.16"), "ICD-10", (1000, "Physical Therapy"), "Service requested"),
        ((160, "Ulrich Sandoval, DO"), "Referring physician", (1000, "2x per week for 8 weeks"), "Frequency"),
    )
    for n, (left, label, right, other) in enumerate(fields):
        for (x, value), name in ((left, label), (right, other)):
            form.text(x, 260 + 130 * n, value).rule(x, 300 + 130 * n, x + 560, 300 + 130 * n).text(
                x, 306 + 130 * n, name, 20
            )
    record = patient("Beatriz", "Zamora", "1990-08-30", phone="+15055550166")
    record |= referrer(
        "Ulrich Sandoval", "DO", "Wren Hollow Spine Institute", phone="+15055550120", fax="+15055550121"
    )
    record |= {
        "payer.kind": "commercial",
        "payer.name": "Presbyterian Choice",
        "diagnoses": ["M54.16"],
        "discipline": ["PT"],
        "frequency.visits_per_week": 2,
        "frequency.weeks": 8,
    }
    return Invented((form,), (record,), skew=0.8)


def rows_of_patients() -> Invented:
    """Several patients, a row each."""
    form = Form().text(160, 90, "Marigold Charter School: therapy referrals", 38)
    form.text(160, 150, "Phone 541-555-0130   Fax 541-555-0131").text(
        160, 210, "Referred by: Noor Haddad, school psychologist"
    )
    columns = (160, 560, 860, 1080)
    for x, label in zip(columns, ("Student name", "Date of birth", "Service", "Concern"), strict=True):
        form.text(x, 320, label)
    rows = (
        ("Ivy Castellanos", "02/11/2018", "OT", "Cutting with scissors"),
        ("Dov Abramson", "07/04/2017", "Speech", "Says wabbit for rabbit"),
        ("Mei Tanaka", "12/19/2018", "OT", "Buttons and zippers"),
    )
    for n, row in enumerate(rows):
        for x, value in zip(columns, row, strict=True):
            form.text(x, 390 + 60 * n, value)
    shared = referrer(
        "Noor Haddad", None, "Marigold Charter School", phone="+15415550130", fax="+15415550131"
    )
    records = tuple(
        patient(first, last, born) | shared | {"discipline": [therapy]}
        for first, last, born, therapy in (
            ("Ivy", "Castellanos", "2018-02-11", "OT"),
            ("Dov", "Abramson", "2017-07-04", "SLP"),
            ("Mei", "Tanaka", "2018-12-19", "OT"),
        )
    )
    return Invented((form,), records)


def columns_of_patients() -> Invented:
    """Two patients side by side, a column each."""
    form = Form().text(160, 90, "Referral for two siblings", 40)
    rows = (
        ("Patient", "Elio Marchetti", "Gia Marchetti"),
        ("DOB", "06/21/2016", "03/09/2019"),
        ("Sex", "M", "F"),
        ("Diagnosis", "F82", "F80.1"),
        ("Therapy", "Occupational Therapy", "Speech Therapy"),
    )
    for n, (label, one, other) in enumerate(rows):
        form.text(160, 240 + 70 * n, label).text(520, 240 + 70 * n, one).text(1060, 240 + 70 * n, other)
    form.text(160, 640, "Parent: Lucia Marchetti (mother)   Phone: 207-555-0119")
    form.text(160, 700, "Referring provider: Amos Thibodeau, MD   Fax: 207-555-0118")
    shared = referrer("Amos Thibodeau", "MD", fax="+12075550118") | {
        "contact.name": "Lucia Marchetti",
        "contact.relationship": "mother",
        "contact.phone": "+12075550119",
    }
    records = (
        patient("Elio", "Marchetti", "2016-06-21", sex="male")
        | shared
        | {"diagnoses": ["F82"], "discipline": ["OT"]},
        patient("Gia", "Marchetti", "2019-03-09", sex="female")
        | shared
        | {"diagnoses": ["F80.1"], "discipline": ["SLP"]},
    )
    return Invented((form,), records, skew=0.5)


def cover_and_form() -> Invented:
    """A cover sheet before the form: to us, from them."""
    cover = Form(number=1).text(160, 120, "FAX COVER SHEET", 50)
    for n, line in enumerate(
        (
            "TO: Cedar Street Therapy, intake",
            "FAX: 608-555-0150",
            "FROM: Kestrel Ridge Family Medicine",
            "PHONE: 608-555-0188",
            "FAX: 608-555-0189",
            "PAGES: 2",
            "RE: new referral",
        )
    ):
        cover.text(160, 260 + 60 * n, line)
    form = Form(number=2)
    for n, line in enumerate(
        (
            "Patient Name: Walter Lindqvist",
            "DOB: 10/15/1944        Age: 81        Gender: Male",
            "Primary Insurance: Medicare",
            "Medicare #: 2HX7-MC4-PD19",
            "Reason for referral: two falls in the kitchen since winter",
            "Dx: R29.6, R26.89",
            "Please evaluate and treat: Physical Therapy",
            "Provider: Greta Osei, NP       NPI: 1720364854",
        )
    ):
        form.text(160, 160 + 70 * n, line)
    record = patient("Walter", "Lindqvist", "1944-10-15", sex="male", age_years=81)
    record |= referrer(
        "Greta Osei",
        "NP",
        "Kestrel Ridge Family Medicine",
        phone="+16085550188",
        fax="+16085550189",
        npi="1720364854",
    )
    record |= {
        "payer.kind": "medicare",
        "payer.name": "Medicare",
        "payer.member_id": "2HX7-MC4-PD19",
        "diagnoses": ["R29.6", "R26.89"],
        "discipline": ["PT"],
        "service": "evaluation_and_treatment",
    }
    return Invented((cover, form), (record,), skew=1.1)


def bracketed() -> Invented:
    """Boxes as brackets, with the therapy among them."""
    form = (
        Form()
        .text(160, 90, "Prairie Wind Pediatrics", 42)
        .text(160, 150, "Tel (605) 555-0141    Fax (605) 555-0142")
    )
    for n, line in enumerate(
        (
            "Child's name: Soren Whitebird",
            "Birth date: 4-18-2020",
            "Guardian: Delia Whitebird (grandmother)",
            "Guardian phone: 605.555.0143",
            "[ ] PT    [X] OT    [ ] ST",
            "[X] Evaluation only    [ ] Evaluate and treat",
            "Diagnosis: F84.0",
            "Payer: South Dakota Medicaid",
            "Medicaid ID: 600418273",
            "Ordering provider: Imke Dahl, MD",
            "Enclosed: office notes, signed order",
        )
    ):
        form.text(160, 260 + 62 * n, line)
    record = patient("Soren", "Whitebird", "2020-04-18")
    record |= referrer("Imke Dahl", "MD", "Prairie Wind Pediatrics", phone="+16055550141", fax="+16055550142")
    record |= {
        "contact.name": "Delia Whitebird",
        "contact.relationship": "grandmother",
        "contact.phone": "+16055550143",
        "discipline": ["OT"],
        "service": "evaluation",
        "diagnoses": ["F84.0"],
        "payer.kind": "medicaid",
        "payer.name": "South Dakota Medicaid",
        "payer.member_id": "600418273",
    }
    return Invented((form,), (record,), turned=180)


def printed_by_a_program() -> Invented:
    """A print-out with headings and lines of several fields."""
    form = Form()
    for n, line in enumerate(
        (
            "AMBULATORY REFERRAL TO OCCUPATIONAL THERAPY",
            "",
            "PATIENT DEMOGRAPHICS",
            "Name: PRZYBYLSKI, HENRYK J     MRN: 88213004",
            "DOB: 09/09/1951     Sex: Male     Preferred language: Polish",
            "Address: 3310 Foundry Lane, Erie, PA 16503",
            "Cell: (814) 555-0109",
            "",
            "REFERRING PROVIDER",
            "Name: Constance Abernathy, MD     NPI: 1356482095",
            "Dept: Erie Shore Neurology",
            "Phone: (814) 555-0107     Fax: (814) 555-0108",
            "",
            "ORDER DETAILS",
            "Diagnosis: I69.351 Hemiplegia following cerebral infarction",
            "Priority: Routine",
            "Visits requested: 12",
            "Order status: Signed electronically 05/18/2026",
        )
    ):
        if line:
            form.text(160, 140 + 56 * n, line)
    record = patient(
        "Henryk",
        "Przybylski",
        "1951-09-09",
        sex="male",
        language="Polish",
        phone="+18145550109",
        **home("3310 Foundry Lane", "Erie", "PA", "16503"),
    )
    record |= referrer(
        "Constance Abernathy",
        "MD",
        "Erie Shore Neurology",
        npi="1356482095",
        phone="+18145550107",
        fax="+18145550108",
    )
    record |= {
        "discipline": ["OT"],
        "timing": "within_month",
        "diagnoses": ["I69.351"],
        "order_signed": True,
        "frequency.total_visits": 12,
    }
    return Invented((form,), (record,), coarse=True, specks=120)


def corrected_by_hand() -> Invented:
    """Ticked boxes, a number struck out and another written beside it."""
    form = Form().text(160, 90, "THERAPY ORDER", 46)
    form.text(160, 220, "Patient:").text(320, 220, "Rosalind Achterberg").text(960, 220, "D.O.B.:").text(
        1100, 220, "01/27/1939"
    )
    form.text(160, 290, "Telephone:").struck(360, 290, "715-555-0160").text(640, 290, "715-555-0161")
    form.text(160, 360, "Therapy:").tick(340, 360, "Physical", True).tick(
        560, 360, "Occupational", True
    ).tick(860, 360, "Speech", False)
    form.text(160, 430, "Where:").tick(340, 430, "Clinic", False).tick(560, 430, "Home", True)
    form.text(160, 500, "Urgency:").tick(340, 500, "Routine", False).tick(560, 500, "Urgent", True)
    form.text(160, 570, "Diagnosis: S72.001D").text(160, 640, "Date of discharge: 05/26/2026")
    form.text(160, 710, "Physician: Leopold Vance, MD").text(960, 710, "NPI: 1467283903")
    form.text(160, 840, "Physician signature:").rule(460, 880, 1000, 880).text(480, 836, "L. Vance").text(
        1040, 840, "Date: 05/26/2026"
    )
    record = patient("Rosalind", "Achterberg", "1939-01-27", phone="+17155550161") | referrer(
        "Leopold Vance", "MD", npi="1467283903"
    )
    record |= {
        "discipline": ["OT", "PT"],
        "setting": "home",
        "timing": "asap",
        "diagnoses": ["S72.001D"],
        "event.kind": "discharge",
        "event.date": "2026-05-26",
        "order_signed": True,
    }
    return Invented((form,), (record,), skew=1.9)


def injured_at_work() -> Invented:
    """A carrier's form, numbered, unsigned."""
    form = Form().text(160, 90, "WORKERS' COMPENSATION THERAPY AUTHORIZATION", 36)
    for n, line in enumerate(
        (
            "1. Injured employee: Casimir Volkov",
            "2. Birth date: 05/05/1985",
            "3. Date of injury: 4/22/2026",
            "4. Claim #: WC-0093-5518",
            "5. Carrier: Ironwood Casualty",
            "6. Accepted body part: left shoulder",
            "7. ICD-10: S43.402A",
            "8. Treatment: PT, evaluate & treat",
            "9. Visits authorized: 12",
            "10. Auth #: 77120-A",
            "11. Treating physician: Yusuf Demir, MD",
            "12. Physician phone: 313-555-0114",
            "13. Physician fax: 313-555-0115",
        )
    ):
        form.text(160, 200 + 62 * n, line)
    form.text(160, 1060, "14. Physician signature: ").rule(520, 1100, 1100, 1100)
    record = patient("Casimir", "Volkov", "1985-05-05")
    record |= referrer("Yusuf Demir", "MD", phone="+13135550114", fax="+13135550115")
    record |= {
        "event.kind": "injury",
        "event.date": "2026-04-22",
        "payer.kind": "workers_comp",
        "payer.name": "Ironwood Casualty",
        "payer.member_id": "WC-0093-5518",
        "payer.authorization_number": "77120-A",
        "payer.authorization_status": "approved",
        "diagnoses": ["S43.402A"],
        "discipline": ["PT"],
        "service": "evaluation_and_treatment",
        "frequency.total_visits": 12,
        "order_signed": False,
    }
    return Invented((form,), (record,), turned=90, skew=0.6)


def letter() -> Invented:
    """A letter under an office's head."""
    form = (
        Form()
        .text(160, 90, "Copper Canyon Orthopedics", 42)
        .text(160, 150, "Tel 602-555-0181   Fax 602-555-0182")
    )
    for n, line in enumerate(
        (
            "May 21, 2026",
            "",
            "Dear colleagues,",
            "",
            "Thank you for seeing Ms. Paloma Arce, DOB 09/12/1979. She had a right carpal",
            "tunnel release on May 7, 2026 and would benefit from occupational therapy,",
            "evaluate and treat, twice a week for four weeks (G56.01).",
            "",
            "She can be reached at 602-555-0183. She has Saguaro Health Plan, member ID",
            "SHP5520917.",
            "",
            "Sincerely,",
            "Bertrand Keogh, MD",
        )
    ):
        if line:
            form.text(160, 260 + 56 * n, line)
    record = patient("Paloma", "Arce", "1979-09-12", sex="female", phone="+16025550183")
    record |= referrer(
        "Bertrand Keogh", "MD", "Copper Canyon Orthopedics", phone="+16025550181", fax="+16025550182"
    )
    record |= {
        "discipline": ["OT"],
        "service": "evaluation_and_treatment",
        "diagnoses": ["G56.01"],
        "event.kind": "surgery",
        "event.date": "2026-05-07",
        "frequency.visits_per_week": 2,
        "frequency.weeks": 4,
        "payer.kind": "commercial",
        "payer.name": "Saguaro Health Plan",
        "payer.member_id": "SHP5520917",
    }
    return Invented((form,), (record,), skew=-0.9)


INVENTED: dict[str, Callable[[], Invented]] = {
    each.__name__: each
    for each in (
        grid,
        under_the_line,
        rows_of_patients,
        columns_of_patients,
        cover_and_form,
        bracketed,
        printed_by_a_program,
        corrected_by_hand,
        injured_at_work,
        letter,
    )
}


def flat(record: Record) -> Record:
    """A printed record by paths; fields that a reader infers or words freely are left to the corpus."""
    left = {
        "channel",
        "lead_kind",
        "program",
        "concern",
        "asks",
        "documents",
        "not_a_referral",
        "escalate",
        "escalate_reason",
    }
    out: Record = {}
    for name, value in record.items():
        if name in left:
            continue
        if isinstance(value, dict):
            out |= {
                f"{name}.{inner}": each
                for inner, each in value.items()
                if (name, inner) != ("referrer", "role")
            }
        else:
            out[name] = sorted(value) if isinstance(value, list) else value
    return out
