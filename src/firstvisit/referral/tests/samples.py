"""Invented referrals as JSON bodies, one for each way a practice is usually approached.

Each is already in the normalised form, so that reading and projecting one gives it back.
"""

from __future__ import annotations

from typing import Any

HAND_SURGEON: dict[str, Any] = {
    "channel": "fax",
    "lead_kind": "referral_partner",
    "discipline": ["OT"],
    "service": "evaluation_and_treatment",
    "program": "hand_therapy",
    "patient": {
        "first_name": "Rosa",
        "last_name": "de la Cruz",
        "date_of_birth": "1968-07-21",
        "age_years": 58,
        "sex": "female",
        "phone": "+16085550123",
        "email": "rosa@example.org",
        "street": "12 Oak Street",
        "city": "Madison",
        "state": "WI",
        "postal_code": "53703",
        "language": "Spanish",
    },
    "contact": {
        "name": "Luz Ortega",
        "relationship": "daughter",
        "phone": "+16085550124",
        "email": "luz@example.org",
        "preferred_method": "sms",
    },
    "referrer": {
        "name": "Daniel Ochoa",
        "credential": "MD",
        "organization": "Lakeshore Hand Surgery",
        "npi": "1234567893",
        "phone": "+16085550111",
        "fax": "+16085550112",
        "role": "physician",
    },
    "diagnoses": ["S66.021A", "Z47.89"],
    "concern": "Flexor tendon repair, right thumb;\ncannot grip.",
    "setting": "clinic",
    "timing": "asap",
    "event": {"kind": "surgery", "date": "2026-11-16"},
    "payer": {
        "kind": "commercial",
        "name": "Prairie Mutual",
        "member_id": "PM1234567",
        "group_number": "0088",
        "authorization_number": "A-559",
        "authorization_status": "approved",
    },
    "documents": ["order", "operative_note"],
    "order_signed": True,
    "frequency": {"visits_per_week": "2-3", "weeks": 8, "total_visits": 20},
    "availability": ["mon_am", "wed_pm"],
    "asks": "What is your first opening?",
    "not_a_referral": False,
    "escalate": False,
}
MOTHER_ON_THE_PHONE: dict[str, Any] = {
    "channel": "phone",
    "lead_kind": "caregiver",
    "discipline": ["SLP"],
    "program": "early_language",
    "patient": {"first_name": "Theo", "age_years": 2, "sex": "male"},
    "contact": {"name": "Mai Vang", "relationship": "mother", "phone": "+19065550144"},
    "concern": "Says three words",
    "frequency": {"visits_per_week": 1},
    "availability": "any day after the nap, which ends at two or so",
}
WRONG_NUMBER: dict[str, Any] = {"channel": "phone", "not_a_referral": True, "escalate": False}
SCHOOL: dict[str, Any] = {
    "channel": "web",
    "lead_kind": "organization",
    "program": "screening",
    "referrer": {"organization": "Maple Friends Preschool", "role": "school"},
    "event": {"kind": "iep"},
    "payer": {"kind": "school"},
}
CRISIS: dict[str, Any] = {
    "channel": "email",
    "lead_kind": "patient",
    "patient": {"first_name": "Ned", "email": "ned@example.org"},
    "contact": {"relationship": "self", "email": "ned@example.org", "preferred_method": "email"},
    "frequency": {"visits_per_week": 0.5, "weeks": "4-6"},
    "not_a_referral": False,
    "escalate": True,
    "escalate_reason": "Sudden loss of bladder control with back pain",
}
ALL: dict[str, dict[str, Any]] = {
    "hand surgeon": HAND_SURGEON,
    "mother on the phone": MOTHER_ON_THE_PHONE,
    "wrong number": WRONG_NUMBER,
    "school": SCHOOL,
    "crisis": CRISIS,
}
