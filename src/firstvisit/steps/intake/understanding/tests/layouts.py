"""More forms nobody uses: of a hospital, a pediatric office, a case manager, a veterans' office, a school, a surgeon, a
chart system, a pad. Each was put down with its truth before the reader had seen it. People and numbers are made up.
"""

from __future__ import annotations

from collections.abc import Callable

from firstvisit.steps.intake.understanding.tests.invented import Invented, home, patient, referrer
from firstvisit.steps.intake.understanding.tests.paper import Form


def hospital_order() -> Invented:
    """Two columns without colons, groups of boxes under headings, codes in a table."""
    form = Form().text(160, 80, "Larkspur Regional Medical Center", 42)
    form.text(160, 140, "OUTPATIENT REHABILITATION SERVICES ORDER", 34)
    for n, (left, value, right, other) in enumerate(
        (
            ("Patient Name", "Delphine Okafor", "Date of Birth", "11/23/1958"),
            ("Home Phone", "(419) 555-0136", "Sex", "Female"),
            ("Primary Insurance", "Medicare", "Policy Number", "4TR9-GH2-KL61"),
        )
    ):
        form.text(160, 240 + 60 * n, left).text(460, 240 + 60 * n, value)
        form.text(900, 240 + 60 * n, right).text(1160, 240 + 60 * n, other)
    form.text(160, 460, "ICD-10 Code").text(460, 460, "Description")
    form.text(160, 510, "I63.511").text(460, 510, "Cerebral infarction, right middle cerebral artery")
    form.text(160, 560, "R13.12").text(460, 560, "Dysphagia, oropharyngeal phase")
    form.text(160, 650, "SERVICES REQUESTED (check all that apply)")
    form.tick(200, 710, "Physical Therapy", False).tick(640, 710, "Occupational Therapy", True)
    form.tick(1120, 710, "Speech Therapy", True)
    form.tick(200, 770, "Evaluate only", False).tick(640, 770, "Evaluate and treat", True)
    form.text(160, 850, "FREQUENCY / DURATION").text(640, 850, "2 times per week for 6 weeks")
    form.text(160, 930, "Ordering Provider").text(460, 930, "Ansel Whitcombe, MD")
    form.text(900, 930, "NPI").text(1160, 930, "1538274618")
    form.text(160, 990, "Office Phone").text(460, 990, "(419) 555-0137")
    form.text(900, 990, "Office Fax").text(1160, 990, "(419) 555-0138")
    form.text(160, 1120, "Signature").rule(330, 1160, 860, 1160).text(380, 1116, "Ansel Whitcombe MD")
    form.text(900, 1120, "Date / Time").text(1160, 1120, "06/01/2026 09:14")
    record = patient("Delphine", "Okafor", "1958-11-23", sex="female", phone="+14195550136")
    record |= referrer(
        "Ansel Whitcombe",
        "MD",
        "Larkspur Regional Medical Center",
        npi="1538274618",
        phone="+14195550137",
        fax="+14195550138",
    )
    record |= {
        "payer.kind": "medicare",
        "payer.name": "Medicare",
        "payer.member_id": "4TR9-GH2-KL61",
        "diagnoses": ["I63.511", "R13.12"],
        "discipline": ["OT", "SLP"],
        "service": "evaluation_and_treatment",
        "frequency.visits_per_week": 2,
        "frequency.weeks": 6,
        "order_signed": True,
    }
    return Invented((form,), (record,), skew=1.2)


def pediatric_office() -> Invented:
    """Questions with Yes and No, ages beside births, kinds of cover to tick."""
    form = Form().text(500, 80, "Tumbleweed Children's Clinic", 42)
    form.text(420, 140, "88 Mesa Road, Yuma, AZ 85364   Ph 928-555-0151   Fx 928-555-0152", 26)
    form.text(160, 240, "Child: Rosario, Mateo").text(900, 240, "DOB: 7/9/21 (4 yrs)")
    form.text(160, 300, "Boy / Girl: Boy")
    form.text(160, 360, "Mother's name: Inez Rosario").text(900, 360, "Mom's cell: 928-555-0153")
    form.text(160, 420, "Lives at: 1204 Ocotillo Street, Yuma, AZ 85364")
    form.text(160, 480, "Interpreter needed?").tick(520, 480, "Yes", True).tick(660, 480, "No", False)
    form.text(900, 480, "Language: Spanish")
    form.text(160, 540, "Prior therapy?").tick(520, 540, "Yes", False).tick(660, 540, "No", True)
    form.text(160, 600, "Insurance:").tick(400, 600, "Commercial", False).tick(
        640, 600, "AHCCCS", True
    )
    form.tick(1040, 600, "Self-pay", False)
    form.text(160, 660, "AHCCCS ID: A48201937")
    form.text(160, 720, "Refer for:").tick(400, 720, "OT", False).tick(520, 720, "PT", False)
    form.tick(640, 720, "Speech", True)
    form.text(160, 780, "Why: only ten words, does not answer to his name")
    form.text(160, 840, "Dx: F80.2, R62.0")
    form.text(160, 900, "How soon:").tick(400, 900, "This week", False).tick(640, 900, "Within 30 days", True)
    form.text(160, 960, "Doctor: Fern Castellano, DO   NPI 1427385012")
    record = patient(
        "Mateo",
        "Rosario",
        "2021-07-09",
        sex="male",
        age_years=4,
        language="Spanish",
        **home("1204 Ocotillo Street", "Yuma", "AZ", "85364"),
    )
    record |= referrer(
        "Fern Castellano",
        "DO",
        "Tumbleweed Children's Clinic",
        npi="1427385012",
        phone="+19285550151",
        fax="+19285550152",
    )
    record |= {
        "contact.name": "Inez Rosario",
        "contact.relationship": "mother",
        "contact.phone": "+19285550153",
        "payer.kind": "medicaid",
        "payer.name": "AHCCCS",
        "payer.member_id": "A48201937",
        "diagnoses": ["F80.2", "R62.0"],
        "discipline": ["SLP"],
        "timing": "within_month",
    }
    return Invented((form,), (record,), skew=-0.7)


def case_manager() -> Invented:
    """A block of particulars under RE, the injured worker's employer and carrier apart. Of two numbers of hers a person takes one."""
    form = Form().text(160, 80, "Harborline Medical Case Management", 40)
    form.text(160, 140, "Tel: (206) 555-0121 | Fax: (206) 555-0122")
    for n, line in enumerate(
        (
            "Referral for Physical Therapy",
            "",
            "RE:",
            "Injured Worker:       Tobias Engstrom",
            "D.O.B.:               02-17-1979",
            "D.O.I.:               05-11-2026",
            "Employer:             Northgate Freight, Inc.",
            "Employer phone:       (206) 555-0123",
            "Claim No.:            SK-448120-7",
            "Insurer:              Evergreen State Fund",
            "Worker's phone:       (206) 555-0124",
            "Home address:         915 Bell Street, Seattle, WA 98121",
            "Accepted condition:   S83.241A Other tear of medial meniscus, right knee",
            "Authorized:           12 visits, authorization # PT-90218",
            "",
            "Nurse case manager:   Odette Marsh, RN, CCM",
            "Direct line:          (206) 555-0125",
        )
    ):
        label, colon, value = line.partition(":")
        if not line:
            continue
        form.text(160, 230 + 54 * n, label + colon)
        if value.strip():
            form.text(560, 230 + 54 * n, value.strip())
    record = patient(
        "Tobias",
        "Engstrom",
        "1979-02-17",
        phone="+12065550124",
        **home("915 Bell Street", "Seattle", "WA", "98121"),
    )
    record |= referrer(
        "Odette Marsh",
        "RN, CCM",
        "Harborline Medical Case Management",
        fax="+12065550122",
    )
    record |= {
        "event.kind": "injury",
        "event.date": "2026-05-11",
        "payer.kind": "workers_comp",
        "payer.name": "Evergreen State Fund",
        "payer.member_id": "SK-448120-7",
        "payer.authorization_number": "PT-90218",
        "payer.authorization_status": "approved",
        "diagnoses": ["S83.241A"],
        "discipline": ["PT"],
        "frequency.total_visits": 12,
    }
    return Invented((form,), (record,), skew=0.5, specks=500)


def veterans_office() -> Invented:
    """Cells with the label over the value, in the words of a public office."""
    form = Form().text(300, 80, "COMMUNITY CARE - APPROVED REFERRAL", 40)
    rows = (
        (("Veteran's name", "LINDGREN, HAROLD T"), ("Date of birth", "03/30/1947"), ("Sex", "M")),
        (
            ("Veteran's phone", "906-555-0144"),
            ("Street", "77 Pine Ridge Lane"),
            ("City, State ZIP", "Marquette, MI 49855"),
        ),
        (
            ("Referral number", "VA0044718290"),
            ("Referral issue date", "05/20/2026"),
            ("Expiration date", "11/16/2026"),
        ),
        (
            ("Category of care", "Occupational therapy"),
            ("Number of visits", "15"),
            ("Priority", "Routine"),
        ),
        (
            ("Provisional diagnosis", "H54.3 Visual loss, both eyes"),
            ("Referring provider", "Signe Ahlquist, NP"),
            ("Provider NPI", "1649201732"),
        ),
        (
            ("Referring facility", "Upper Lakes VA Clinic"),
            ("Facility phone", "906-555-0145"),
            ("Facility fax", "906-555-0146"),
        ),
    )
    for n, row in enumerate(rows):
        for k, (label, value) in enumerate(row):
            form.cell(100 + 500 * k, 180 + 110 * n, 600 + 500 * k, 290 + 110 * n, label, value)
    record = patient(
        "Harold",
        "Lindgren",
        "1947-03-30",
        sex="male",
        phone="+19065550144",
        **home("77 Pine Ridge Lane", "Marquette", "MI", "49855"),
    )
    record |= referrer(
        "Signe Ahlquist",
        "NP",
        "Upper Lakes VA Clinic",
        npi="1649201732",
        phone="+19065550145",
        fax="+19065550146",
    )
    record |= {
        "diagnoses": ["H54.3"],
        "discipline": ["OT"],
        "timing": "within_month",
        "frequency.total_visits": 15,
        "payer.authorization_number": "VA0044718290",
        "payer.authorization_status": "approved",
    }
    return Invented((form,), (record,), skew=-1.8, coarse=True, specks=150)


def school_packet() -> Invented:
    """Combed boxes for a birth, labels with hints in brackets, lines that run on. District and school: a person says which."""
    form = Form().text(160, 80, "Cottonwood Unified School District", 40)
    form.text(160, 140, "Special Services Office   Phone (575) 555-0171   Fax (575) 555-0172", 28)
    form.text(160, 240, "Student (first, last):").text(520, 240, "Priya Venkataraman")
    form.text(160, 300, "Date of birth (mm/dd/yyyy):")
    for k, digit in enumerate("04152017"):
        left = 600 + 52 * k + (20 if k > 1 else 0) + (20 if k > 3 else 0)
        for edge in (
            (left, 292, left + 46, 292),
            (left, 338, left + 46, 338),
            (left, 292, left, 338),
            (left + 46, 292, left + 46, 338),
        ):
            form.rule(*edge)
        form.text(left + 13, 298, digit)
    form.text(160, 370, "Grade:").text(300, 370, "3").text(480, 370, "School:").text(
        620, 370, "Rio Vista Elementary"
    )
    form.text(160, 430, "Parent(s)/Guardian(s):").text(520, 430, "Anand Venkataraman (father)")
    form.text(160, 490, "Phone(s):").text(520, 490, "(575) 555-0173")
    form.text(160, 550, "Service(s):").text(520, 550, "Occupational Therapy evaluation")
    form.text(160, 610, "Reason(s):").text(520, 610, "Holds the pencil in her fist, tires after two lines of")
    form.text(520, 660, "writing, and avoids scissors and glue")
    form.text(160, 730, "Setting:").text(520, 730, "at school")
    form.text(160, 790, "IEP meeting:").text(520, 790, "June 24, 2026")
    form.text(160, 850, "Requested by:").text(520, 850, "Lorena Quist, special education coordinator")
    record = patient("Priya", "Venkataraman", "2017-04-15")
    record |= referrer(
        "Lorena Quist",
        None,
        phone="+15755550171",
        fax="+15755550172",
    )
    record |= {
        "contact.name": "Anand Venkataraman",
        "contact.relationship": "father",
        "contact.phone": "+15755550173",
        "discipline": ["OT"],
        "service": "evaluation",
        "setting": "school",
        "event.kind": "iep",
        "event.date": "2026-06-24",
    }
    return Invented((form,), (record,), skew=0.9)


def after_an_operation() -> Invented:
    """A line of labels over one line of values, an operation with its day in one field, signed by a machine."""
    form = Form().text(160, 80, "Granite Peak Orthopaedics & Sports Medicine", 38)
    form.text(160, 140, "t 406.555.0181   f 406.555.0182")
    form.text(160, 200, "POST-OPERATIVE THERAPY PRESCRIPTION", 32)
    columns = (160, 620, 900, 1240)
    for x, label, value in zip(
        columns,
        ("Patient", "DOB", "MRN", "Phone"),
        ("Hannelore Pruitt", "08/02/1971", "00418827", "406.555.0183"),
        strict=True,
    ):
        form.text(x, 290, label).text(x, 340, value)
    form.text(160, 430, "Diagnosis").text(520, 430, "S52.501A, s/p ORIF right distal radius")
    form.text(160, 490, "Date of surgery").text(520, 490, "27 May 2026")
    form.text(160, 550, "Insurance").text(
        520, 550, "Big Sky Benefit Trust    ID# BSB 7719 4420    Grp# 10-558"
    )
    form.text(160, 610, "Therapy").text(520, 610, "Certified hand therapist - OT: eval & treat")
    form.text(160, 670, "Frequency").text(520, 670, "2-3 x week x 8 weeks")
    form.text(160, 730, "Start").text(520, 730, "ASAP, first visit within 3 days")
    form.text(160, 790, "Precautions").text(520, 790, "non weight bearing, no lifting over 1 lb")
    form.text(160, 900, "Electronically signed by: Royce Tanager, MD on 05/28/2026 16:40   NPI: 1902837461")
    record = patient("Hannelore", "Pruitt", "1971-08-02", phone="+14065550183")
    record |= referrer(
        "Royce Tanager",
        "MD",
        "Granite Peak Orthopaedics & Sports Medicine",
        npi="1902837461",
        phone="+14065550181",
        fax="+14065550182",
    )
    record |= {
        "diagnoses": ["S52.501A"],
        "event.kind": "surgery",
        "event.date": "2026-05-27",
        "payer.kind": "commercial",
        "payer.name": "Big Sky Benefit Trust",
        "payer.member_id": "BSB 7719 4420",
        "payer.group_number": "10-558",
        "discipline": ["OT"],
        "service": "evaluation_and_treatment",
        "frequency.visits_per_week": "2-3",
        "frequency.weeks": 8,
        "timing": "asap",
        "order_signed": True,
    }
    return Invented((form,), (record,), turned=180, skew=1.0)


def chart_print_out() -> Invented:
    """Labels to the right of their column, values beside; referred to and referred by in two columns."""
    form = Form().text(160, 80, "Referral Order - External", 40)
    form.text(160, 150, "Printed 05/29/2026 11:02")

    def beside(top: int, label: str, value: str, right: int = 460) -> None:
        wide = int(len(label) * 15.2)
        form.text(right - wide, top, label).text(right + 40, top, value)

    beside(230, "Patient", "Ferrante, Giulia M.")
    beside(280, "Birth date", "Dec 3, 1990")
    beside(330, "Legal sex", "Female")
    beside(380, "Mobile", "617-555-0194")
    beside(430, "Email", "giulia.f@example.org")
    beside(480, "Address", "42 Cobble Hill Rd, Somerville MA 02143")
    form.text(160, 570, "Referred By").text(900, 570, "Referred To")
    form.text(160, 620, "Maxine Oduya, MD").text(900, 620, "Cedar Street Therapy")
    form.text(160, 670, "Charles Basin Women's Health").text(900, 670, "1 Cedar Street")
    form.text(160, 720, "Phone: 617-555-0195").text(900, 720, "Phone: 608-555-0150")
    form.text(160, 770, "Fax: 617-555-0196").text(900, 770, "Fax: 608-555-0151")
    beside(860, "Order", "Ambulatory referral to Physical Therapy")
    beside(910, "Diagnoses", "N81.10 Cystocele, unspecified")
    form.text(500, 960, "N39.3 Stress incontinence")
    beside(1010, "Priority", "Routine")
    beside(1060, "Visits", "8")
    beside(1110, "Coverage", "Beacon Hill Health Plan HMO")
    beside(1160, "Subscriber ID", "BHH0093412")
    beside(1210, "Auth status", "Pending")
    beside(1260, "Order status", "Signed")
    record = patient(
        "Giulia",
        "Ferrante",
        "1990-12-03",
        sex="female",
        phone="+16175550194",
        email="giulia.f@example.org",
        **home("42 Cobble Hill Rd", "Somerville", "MA", "02143"),
    )
    record |= referrer(
        "Maxine Oduya",
        "MD",
        "Charles Basin Women's Health",
        phone="+16175550195",
        fax="+16175550196",
    )
    record |= {
        "discipline": ["PT"],
        "diagnoses": ["N81.10", "N39.3"],
        "timing": "within_month",
        "frequency.total_visits": 8,
        "payer.kind": "commercial",
        "payer.name": "Beacon Hill Health Plan HMO",
        "payer.member_id": "BHH0093412",
        "payer.authorization_status": "pending",
        "order_signed": True,
    }
    return Invented((form,), (record,), specks=200)


def dotted_lines() -> Invented:
    """A cover sheet with totals, and a form whose labels lead to their values by dots."""
    cover = Form(number=1).text(160, 100, "Fax", 70)
    for n, (left, right) in enumerate(
        (
            ("To: Therapy Intake", "From: Sandhill Neurology"),
            ("Fax: 608-555-0150", "Fax: 308-555-0162"),
            ("Phone: 608-555-0149", "Phone: 308-555-0161"),
            ("Date: 6/1/2026", "Pages (incl. cover): 2"),
            ("Re: Referral", "CC: chart"),
        )
    ):
        cover.text(160, 260 + 64 * n, left).text(900, 260 + 64 * n, right)
    cover.text(160, 680, "The information in this fax is confidential. If you received it by", 26)
    cover.text(160, 720, "mistake, call the sender at once and destroy all copies.", 26)
    form = Form(number=2).text(160, 100, "Therapy Referral", 40)
    for n, (label, value) in enumerate(
        (
            ("Name", "Crispin Halvorsen"),
            ("Born", "10.21.1952"),
            ("Gender", "male"),
            ("Telephone", "308 555 0163"),
            ("Spouse", "Marit Halvorsen, 308 555 0164"),
            ("Insurance", "Platte Valley Medicare Advantage"),
            ("Member no.", "PVM-20037781"),
            ("Diagnosis", "G20.A1 Parkinson's disease"),
            ("Therapies", "PT and Speech, evaluate and treat"),
            ("Where", "at home, cannot drive"),
            ("How often", "twice a week for four weeks"),
            ("Neurologist", "Ottilie Brandt, MD, NPI 1785930243"),
        )
    ):
        dots = "." * max(4, (420 - int(len(label) * 15)) // 9)
        form.text(160, 200 + 62 * n, f"{label} {dots}").text(620, 200 + 62 * n, value)
    record = patient("Crispin", "Halvorsen", "1952-10-21", sex="male", phone="+13085550163")
    record |= referrer(
        "Ottilie Brandt",
        "MD",
        "Sandhill Neurology",
        npi="1785930243",
        phone="+13085550161",
        fax="+13085550162",
    )
    record |= {
        "contact.name": "Marit Halvorsen",
        "contact.relationship": "spouse",
        "contact.phone": "+13085550164",
        "payer.kind": "medicare",
        "payer.name": "Platte Valley Medicare Advantage",
        "payer.member_id": "PVM-20037781",
        "diagnoses": ["G20.A1"],
        "discipline": ["PT", "SLP"],
        "service": "evaluation_and_treatment",
        "setting": "home",
        "frequency.visits_per_week": 2,
        "frequency.weeks": 4,
    }
    return Invented((cover, form), (record,), skew=0.4, coarse=True, specks=100)


def boxes_behind() -> Invented:
    """Boxes behind their words, a name in two cells, a number struck out, a line left empty."""
    form = Form().text(160, 80, "OUTPATIENT THERAPY REFERRAL FORM", 40)
    form.text(160, 180, "Last Name").text(360, 180, "Yellowhorse").text(860, 180, "First Name").text(
        1060, 180, "Wyatt"
    )
    form.text(160, 240, "Birthdate").text(360, 240, "1/6/1986").text(860, 240, "Sex").text(1060, 240, "Male")
    form.text(160, 300, "Phone").struck(360, 300, "605-555-0126").text(600, 300, "605-555-0127")
    form.text(160, 360, "Email").text(360, 360, "wyatt.y@example.org")
    form.text(160, 420, "Plan").text(360, 420, "none - will pay cash")
    for left, word, ticked in ((160, "PT", True), (360, "OT", False), (560, "SLP", False)):
        form.text(left, 500, word)
        form.boxes.append((left + 80, 504, ticked))
    for left, word, ticked in ((160, "Evaluate", False), (460, "Evaluate & treat", True)):
        form.text(left, 560, word)
        form.boxes.append((left + (160 if left < 200 else 270), 564, ticked))
    form.text(160, 640, "Diagnosis / ICD-10").text(520, 640, "Low back pain M54.50")
    form.text(160, 700, "Date of onset").text(520, 700, "4/2026")
    form.text(160, 760, "Visits").text(520, 760, "10")
    form.text(160, 840, "Referring provider").text(520, 840, "Juniper Solberg PA-C")
    form.text(160, 900, "Practice").text(520, 900, "Badlands Walk-In Clinic")
    form.text(160, 960, "Tel/Fax").text(520, 960, "605-555-0128 / 605-555-0129")
    form.text(160, 1060, "Provider signature").rule(520, 1100, 1100, 1100)
    form.text(1140, 1060, "Date").rule(1220, 1100, 1500, 1100)
    record = patient(
        "Wyatt", "Yellowhorse", "1986-01-06", sex="male", phone="+16055550127", email="wyatt.y@example.org"
    )
    record |= referrer(
        "Juniper Solberg",
        "PA-C",
        "Badlands Walk-In Clinic",
        phone="+16055550128",
        fax="+16055550129",
    )
    record |= {
        "payer.kind": "private_pay",
        "diagnoses": ["M54.50"],
        "discipline": ["PT"],
        "service": "evaluation_and_treatment",
        "frequency.total_visits": 10,
        "order_signed": False,
    }
    return Invented((form,), (record,), turned=90, skew=-1.1)


def columns_under_headings() -> Invented:
    """Three blocks under shaded headings beside each other, the day of birth in words, an answer for each line."""
    form = Form().text(160, 80, "Therapy Request", 44)
    form.text(120, 190, "CLIENT").text(640, 190, "CONTACT").text(1160, 190, "PHYSICIAN")
    for n, (client, contact, physician) in enumerate(
        (
            ("Full name", "Name", "Name"),
            ("Ottoline Vasquez-Reyes", "Bram Vasquez", "Idris Falconer, M.D."),
            ("Birth date", "Relationship", "Group"),
            ("March 14, 1936", "Son", "Silver Maple Geriatrics"),
            ("Lives", "Phone", "Phone"),
            ("alone, at home", "802-555-0133", "802-555-0134"),
            ("Phone", "Best time", "Fax"),
            ("802-555-0132", "mornings", "802-555-0135"),
        )
    ):
        size = 22 if n % 2 == 0 else 30
        top = 250 + 62 * n - (10 if n % 2 else 0)
        form.text(120, top, client, size).text(640, top, contact, size).text(1160, top, physician, size)
    form.text(120, 800, "NEED").text(120, 850, "Three falls since April; wants to stay in her house")
    form.text(120, 920, "ICD-10: R29.6; Z91.81").text(120, 980, "Order: OT and PT home evaluation")
    form.text(120, 1040, "Payer: Green Mountain Medicaid     Recipient number: 0482-7719-3")
    record = patient("Ottoline", "Vasquez-Reyes", "1936-03-14", phone="+18025550132")
    record |= referrer(
        "Idris Falconer", "MD", "Silver Maple Geriatrics", phone="+18025550134", fax="+18025550135"
    )
    record |= {
        "contact.name": "Bram Vasquez",
        "contact.relationship": "child",
        "contact.phone": "+18025550133",
        "diagnoses": ["R29.6", "Z91.81"],
        "discipline": ["OT", "PT"],
        "service": "evaluation",
        "setting": "home",
        "availability": ["mon_am", "tue_am", "wed_am", "thu_am", "fri_am"],
        "payer.kind": "medicaid",
        "payer.name": "Green Mountain Medicaid",
        "payer.member_id": "0482-7719-3",
    }
    return Invented((form,), (record,), skew=-0.3)


LAYOUTS: dict[str, Callable[[], Invented]] = {
    each.__name__: each
    for each in (
    hospital_order,
    pediatric_office,
    case_manager,
    veterans_office,
    school_packet,
    after_an_operation,
    chart_print_out,
    dotted_lines,
    boxes_behind,
    columns_under_headings,
)
}
