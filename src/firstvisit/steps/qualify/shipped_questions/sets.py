"""What each kind of lead is asked, in the order of the call."""

from __future__ import annotations

from typing import Final

from firstvisit.steps.qualify.questions import Asks, QuestionSet

_PEOPLE: Final = ("patient", "caregiver", "referral_partner")
_FAMILY: Final = ("patient", "caregiver")
_START: Final = ("red_flags", "caller", "callback", "may_text")
_PLAN: Final = ("cause", "claim", "order", "referrer", "payer", "authorization", "member_id")
_PLACE: Final = ("zip", "home_place", "setting", "times", "timing", "not_before", "interests", "language", "email")

SETS: Final = (
    QuestionSet(
        slug="post_surgical",
        label="After surgery",
        lead_kinds=_PEOPLE,
        when=(Asks(fact="after_surgery", test="is", value=True),),
        questions=("red_flags", "surgery_date", "surgery_day", "surgeon", "order", "protocol", "brace"),
    ),
    QuestionSet(
        slug="pediatric",
        label="Children",
        lead_kinds=_FAMILY,
        when=(Asks(fact="life_stage", test="is", value="child"),),
        questions=(
            *_START,
            "relationship",
            "patient_name",
            "returning",
            "concern",
            "therapy",
            "date_of_birth",
            "date",
            "school_plan",
            *_PLAN,
            "subscriber",
            "custody",
            *_PLACE,
        ),
    ),
    QuestionSet(
        slug="adult",
        label="Adults",
        lead_kinds=_FAMILY,
        when=(Asks(fact="life_stage", test="is", value="adult"),),
        questions=(
            *_START,
            "patient_name",
            "returning",
            "concern",
            "therapy",
            "date_of_birth",
            "date",
            *_PLAN,
            "second_payer",
            "home_health",
            "therapy_elsewhere",
            *_PLACE,
            "access",
        ),
    ),
    QuestionSet(
        slug="everyone",
        label="Before the age is known",
        lead_kinds=_FAMILY,
        questions=(*_START, "date_of_birth", "patient_name", "concern", "therapy", "date", *_PLAN, *_PLACE),
    ),
    QuestionSet(
        slug="referral_partner",
        label="Referral partners",
        lead_kinds=("referral_partner",),
        questions=(
            "red_flags",
            "therapy",
            "date_of_birth",
            "date",
            "send_order",
            "patient_knows",
            "zip",
            "home_place",
            "setting",
            "timing",
            "payer",
            "authorization",
            "updates",
            "partner_capacity",
        ),
    ),
    QuestionSet(
        slug="organization",
        label="Organizations",
        lead_kinds=("organization",),
        questions=(
            "decision_path",
            "organization_name",
            "needs",
            "size",
            "timeline",
            "budget",
            "decision_maker",
            "caller",
            "callback",
        ),
    ),
)
