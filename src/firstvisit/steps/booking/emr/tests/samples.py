"""A booked child with everything stated, and a grown-up of whom little is known."""

from __future__ import annotations

import datetime as dt
from typing import Any, Final
from zoneinfo import ZoneInfo

from firstvisit.practice.shape import Site
from firstvisit.referral.record import Diagnosis
from firstvisit.steps.booking.emr.hl7_messages import Envelope
from firstvisit.steps.booking.emr.registration import Cover, Doctor, Name, Registration, Relative, Visit
from firstvisit.steps.booking.emr.rules import Emr

ZONE: Final = ZoneInfo("America/Chicago")
NOW: Final = dt.datetime(2026, 11, 24, 16, 0, tzinfo=dt.UTC)
SITE: Final = Site.model_validate(
    {
        "slug": "madison", "name": "Madison", "street": "12 Cedar Street", "city": "Madison", "state": "WI",
        "postal_code": "53703", "phone": "+16085550100", "zone": "America/Chicago", "latitude": 43.07,
        "longitude": -89.4, "area_miles": 25, "hours": {"mon": [{"opens": "08:00", "closes": "17:00"}]},
    }
)  # fmt: skip
VISIT: Final = Visit(
    id="01939b1e-0000-7000-8000-000000000001", starts=dt.datetime(2026, 11, 30, 15, 0, tzinfo=dt.UTC),
    ends=dt.datetime(2026, 11, 30, 15, 45, tzinfo=dt.UTC), status="booked", kind="evaluation",
    kind_name="Evaluation", site="madison", clinician="imani_osei", clinician_name=Name("Osei", "Imani"),
    rooms=(("room_2", "Room 2"),), devices=(("mirror", "Speech mirror"),),
)  # fmt: skip
CHILD: Final = Registration(
    code="L-2641", number="P-2641", practice="Cedar Street Therapy", site=SITE,
    patient=Name("Quisenberry", "Mirabelle", "Ann"), born=dt.date(2023, 9, 14), sex="female",
    phone="+16085550101", extension="12", email="odalys.quisenberry@example.org", street="3 Elm | Oak Street",
    city="Madison", state="WI", postal_code="53713", language="Spanish", interpreter=True, preferred_name="Mira",
    relatives=(Relative(Name("Quisenberry", "Odalys"), "mother", "+16085550101", guardian=True),),
    covers=(
        Cover("NFH1", "Northfield Health", "commercial", "NHQ-7731-55", "G&12", "AU^88", dt.date(2026, 11, 1),
              dt.date(2027, 1, 31), Name("Quisenberry", "Odalys"), dt.date(1990, 2, 3)),
        Cover("", "BadgerCare", "medicaid", "123~9", own=True),
        Cover("", "Liberty Auto", "auto", claim="C-77", adjuster=Name("Poe", "Ann"), adjuster_phone="+16085550177"),
    ),
    referrer=Doctor(Name("Brandt", "Elke", credential="MD"), "Lakeside Pediatrics", "1234567893", "+16085550150",
                    "+16085550151"),
    orderer=Doctor(Name("Okafor", "Ngozi", credential="MD"), "Lakeside Pediatrics"),
    diagnoses=(Diagnosis(code="F80.1", words="Expressive language disorder"), Diagnosis(words="late talker")),
    discipline="SLP", program="early_language", program_name="Early language",
    reason="Only twenty words so far,\nand never two of them together | she points", order="signed order on file",
    frequency="2 a week for 8 weeks", cause="auto", events=(("injury", dt.date(2026, 10, 2)),), visit=VISIT,
)  # fmt: skip
LITTLE: Final = Registration(
    code="L-7", number="P-7", practice="Cedar Street Therapy", site=SITE, patient=Name("Núñez-O’Neill", "Zoë")
)


def envelope(control: str = "FV0123456789ABCDEF01", **rules: Any) -> Envelope:
    """Under these rules, at ten in the morning in Madison."""
    return Envelope(Emr(**rules), control, NOW, ZONE)
