"""What a telephone talk is by both who speak: patients in care, papers about them, and callers who wanted another house."""

import pytest

from firstvisit.steps.intake.understanding.answered_by_us import sort_of

GREETING = "Therapy clinic, this is Lou.\n"


@pytest.mark.parametrize(
    ("caller", "ours", "sort"),
    [
        ("My wife's got physical therapy with Kim on Thursday at ten. Could she do Friday?", "Friday at 9:30.", "patient_in_care"),
        ("He's got PT with Gwen on Thursday?", "Yes, I see him.", "patient_in_care"),
        ("He's been coming to Miss Alyssa since March. Can we do video this week?", "Sure, I'll switch him.", "patient_in_care"),
        ("I come to you Thursdays for my shoulder. I got a second statement and I paid that.", "", "patient_in_care"),
        ("I'm a patient of Heather's. I had a question about the exercises.", "", "patient_in_care"),
        ("Her Tuesday three-thirty with Miss Kelly, can we move just next week's?", "Kelly has Thursday.", "patient_in_care"),
        ("The doctor signed it, the plan of care, and I faxed it back to you.", "", "patient_in_care"),
        ("Calling to schedule an MRI for one of ours. This isn't Tri-County Imaging?", "We don't do imaging here.", "misdirected"),
        ("I wanted the tire place.", "You're looking for the shop next door, we're a therapy office.", "misdirected"),
        ("I need physical therapy for my knee. Could I come Friday?", "Friday at ten.", None),
        ("She's got an appointment with Dr. Lim on Thursday. He wants her in therapy.", "Okay.", None),
        ("My son sees Miss Abby every Tuesday, and now I have a new referral for his hand.", "Yes, I see him.", None),
        ("I want to refer a patient of ours, she fell.", "Go ahead.", None),
        ("My daughter needs speech therapy. Can she come Tuesday?", "I can put her on Tuesday.", None),
        ("I hurt my back and need therapy. I had an MRI.", "This is the therapy clinic, yes.", None),
    ],
)  # fmt: skip
def test_what_a_talk_is(caller: str, ours: str, sort: str | None) -> None:
    assert sort_of(caller, GREETING + ours) == sort
