"""What ships in the section "qualify", until a practice writes its own: factors, lines to read, clocks, next steps.

Sources are sections of the domain sheet this product is built on; each is practice custom unless it names a law.
"""

from __future__ import annotations

from typing import Any, Final

from firstvisit.scorecard.card import Band, Factor
from firstvisit.steps.qualify.terms import AgeClock, ApprovedLine, NextStep

PEOPLE: Final = ("patient", "caregiver", "referral_partner")


def _factor(slug: str, label: str, fact: str, question: str, *bands: tuple[Any, ...]) -> Factor:
    """Bands are (test, value, points, text)."""
    made = tuple(Band(test=test, value=value, points=points, text=text) for test, value, points, text in bands)
    return Factor(slug=slug, label=label, fact=fact, question=question, bands=made, applies_to=PEOPLE)


FACTORS: Final = (
    _factor(
        "service",
        "Service",
        "program_offered",
        "Which therapy is it for, and what should get better?",
        ("is", True, 25, "A therapy we offer"),
        ("otherwise", None, 0, "Not offered here"),
    ),
    _factor(
        "age_and_setting",
        "Age and setting",
        "age_and_setting_fit",
        "When was the patient born, and where should we see them?",
        ("is", True, 20, "Inside the program's age range and settings"),
        ("otherwise", None, 0, "Outside the program's age range or settings"),
    ),
    _factor(
        "date",
        "Date behind it",
        "days_left",
        "Is there a date behind it: a surgery, a discharge, an injury, a school meeting?",
        ("at_most", 3, 15, "First visit due within 3 days"),
        ("at_most", 7, 12, "First visit due within a week"),
        ("at_most", 14, 9, "First visit due within two weeks"),
        ("otherwise", None, 5, "First visit not due within two weeks"),
    ),
    _factor(
        "order",
        "Order and papers",
        "order_readiness",
        "Has a doctor written an order, and can you send it?",
        ("is", "ready", 10, "Signed order stated or here, or none known to be needed"),
        ("is", "on_file", 5, "Order stated or here, signature not seen"),
        ("is", "announced", 5, "Order announced, not here yet"),
        ("otherwise", None, 0, "Order needed and not there"),
    ),
    _factor(
        "times",
        "Times",
        "half_days",
        "Which half days could you come?",
        ("at_least", 4, 8, "Four or more half days"),
        ("at_least", 2, 6, "Two or three half days"),
        ("at_least", 1, 4, "One half day"),
        ("otherwise", None, 0, "No half day"),
    ),
    _factor(
        "ready",
        "Ready to begin",
        "ready_to_schedule",
        "When would they like to begin?",
        ("is", True, 7, "Wants to begin within a month or sooner"),
        ("otherwise", None, 0, "Wants to begin later"),
    ),
    _factor(
        "place",
        "Place",
        "in_area",
        "What is the home ZIP code?",
        ("is", True, 10, "Inside the area"),
        ("otherwise", None, 0, "Outside the area"),
    ),
    _factor(
        "reachable",
        "Reachable",
        "ways_to_reach",
        "What is the best phone number, and may we leave a message?",
        ("at_least", 2, 5, "Phone and e-mail"),
        ("at_least", 1, 3, "One way to reach them"),
        ("otherwise", None, 0, "No way to reach them"),
    ),
)
"""Service fit, age and setting, urgency, papers, likelihood of a visit (times, ready, reachable), place: 100 points."""

LINES: Final = (
    ApprovedLine(flag="chest_pain", say="Please call 911 now. Do not wait for us to call back."),
    ApprovedLine(flag="stroke_signs", say="Please call 911 now. Do not wait for us to call back."),
    ApprovedLine(flag="cauda_equina", say="Please go to the nearest emergency room now, or call 911."),
    ApprovedLine(flag="clot_signs", say="Please go to the nearest emergency room now, or call 911."),
    ApprovedLine(
        flag="infection_signs",
        say="Please call the office that referred you, now. If nobody answers, go to the nearest emergency room.",
    ),
    ApprovedLine(flag="head_injury", say="Please call 911 now, or go to the nearest emergency room."),
    ApprovedLine(
        flag="tendon_rupture",
        say="Please call the office that referred you, today. If nobody answers, go to the nearest emergency room.",
    ),
    ApprovedLine(
        flag="choking",
        say="If it is happening now, call 911. If not, please call the office that referred you, today.",
    ),
    ApprovedLine(
        flag="suicidal", say="Please call or text 988 now, day or night. In danger right now, call 911."
    ),
    ApprovedLine(
        flag="abuse",
        say="If anybody is in danger now, call 911. If not, the local protective services can be called today.",
    ),
    ApprovedLine(flag="fall_injury", say="Please call 911 now, or go to the nearest emergency room."),
    ApprovedLine(flag="emergency", say="Please call 911 now. Do not wait for us to call back."),
    ApprovedLine(flag="danger", say="If anybody is in danger now, call 911, or go to the nearest emergency room."),
)
"""Whom to call follows the domain sheet, section 1.4."""

AGE_CLOCKS: Final = (
    AgeClock(
        slug="third_birthday",
        text="Early intervention ends at the third birthday",
        at_months=36,
        notice_days=180,
        urgent_days=90,
    ),
)
"""34 CFR 303.209: notice, conference and plan not fewer than 90 days before the third birthday; domain sheet, 1.5."""

NEXT_STEPS: Final = (
    NextStep(
        code="not_offered",
        text="Ask the doctor who sees them for a practice with this therapy; we send what we have when they ask.",
    ),
    NextStep(
        code="age",
        text="Ask the doctor who sees them for a practice that takes this age; call us again at any time.",
    ),
    NextStep(
        code="setting", text="Ask whether a visit at the clinic would do; if not, ask the doctor who sees them."
    ),
    NextStep(
        code="at_school",
        text="Ask the school in writing for an evaluation; what the clinic does for medical need runs beside it.",
    ),
    NextStep(
        code="area", text="Call the place named; if it has no time, call us and we look for another one."
    ),
    NextStep(code="payer", text="Ask the plan for a practice in its network, or ask us what paying oneself costs."),
    NextStep(
        code="not_authorized",
        text="Ask the plan in writing why and until when to appeal; whoever ordered can speak with its reviewer. We "
        "say what paying oneself costs.",
    ),
    NextStep(
        code="instead",
        text="Take the program or site of ours that fits; if it does not suit them, call us and we name another place.",
    ),
    NextStep(
        code="far_site",
        text="Say whether they would come to our other site; if it is too far, ask the doctor who sees them for a "
        "practice nearer to home.",
    ),
    NextStep(
        code="far_place",
        text="Ask the doctor who sees them for a practice nearer to home; we send what we have when they ask.",
    ),
    NextStep(code="other", text="Call us again when something changes; we keep what was said."),
)
"""Ineligible: tell the referral source and give alternatives; a next step always (domain sheet, sections 4.3 and 8)."""

ORDER_BY_PAYER_KIND: Final = {
    "medicare": "no",
    "private_pay": "no",
    "workers_comp": "yes",
    "auto": "yes",
    "va": "yes",
}
"""Where the payer itself is not on our list. Medicare needs no order, workers' compensation and auto normally do
(domain sheet, section 1.1); care paid by the VA begins with the VA's own referral (section 8)."""

AUTHORIZATION_BY_PAYER_KIND: Final = {"workers_comp": "yes", "va": "yes", "vocational_rehabilitation": "yes"}
"""The adjuster approves first (domain sheet, section 1.4, work injury); the VA authorizes community care; a state's
vocational rehabilitation pays for what its counselor authorized before (34 CFR 361.50(e), general knowledge). Of an
employer that pays itself nothing is known: what whoever refers states counts."""
