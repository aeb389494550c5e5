"""The people of the stories: invented, reachable at 555-01xx numbers and at example.org, with names that
occur nowhere else, so that a name found in a dump can only have come from here."""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from datetime import date, datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

Body = dict[str, Any]

MADISON: Final = ZoneInfo("America/Chicago")
MARQUETTE: Final = ZoneInfo("America/Detroit")
TUESDAY: Final = datetime(2026, 11, 24, 10, 0, tzinfo=MADISON)
"""A working Tuesday, ten o'clock in Madison and eleven in Marquette; Thanksgiving is two days later."""

MAY_EMAIL: Final = [{"channel": "email", "given": True, "wording": "email-receipt:1"}]

FAMILY: Final[Body] = {
    "lead_kind": "caregiver",
    "discipline": ["SLP"],
    "program": "early_language",
    "patient": {
        "first_name": "Mirabelle",
        "last_name": "Quisenberry",
        "date_of_birth": "2023-09-14",
        "postal_code": "53713",
    },
    "contact": {
        "name": "Odalys Quisenberry",
        "relationship": "mother",
        "phone": "+16085550101",
        "email": "odalys.quisenberry@example.org",
    },
    "concern": "Only twenty words so far and never two of them together",
    "availability": ["tue_am", "thu_am"],
    "payers": [{"name": "Northfield Health", "member_id": "NHQ-7731-55"}],
    "documents": ["order"],
    "order_signed": True,
    "consents": MAY_EMAIL,
}
"""A mother who says everything: fits, complete, may be e-mailed."""

RED_FLAG: Final[Body] = {
    "lead_kind": "patient",
    "discipline": ["PT"],
    "program": "orthopedic",
    "patient": {"first_name": "Augustin", "last_name": "Zablocki", "date_of_birth": "1958-03-14"},
    "contact": {
        "name": "Augustin Zablocki",
        "relationship": "self",
        "phone": "+16085550103",
        "email": "augustin.zablocki@example.org",
    },
    "concern": "My shoulder hurts and since this morning I have chest pain on the stairs",
    "consents": MAY_EMAIL,
}
"""A man who must be looked at before anything else."""

UNSURE: Final[Body] = {
    "lead_kind": "patient",
    "patient": {"first_name": "Philippa", "last_name": "Tweedsmuir"},
    "contact": {
        "name": "Philippa Tweedsmuir",
        "relationship": "self",
        "phone": "+16085550104",
        "email": "philippa.tweedsmuir@example.org",
    },
    "concern": "It aches when I lift things",
    "consents": MAY_EMAIL,
}
"""A woman of whom nearly everything is still unknown."""

FAR_AWAY: Final[Body] = {
    "lead_kind": "patient",
    "discipline": ["PT"],
    "program": "orthopedic",
    "patient": {
        "first_name": "Sigvard",
        "last_name": "Halloran",
        "date_of_birth": "1967-11-02",
        "postal_code": "55802",
    },
    "contact": {"name": "Sigvard Halloran", "relationship": "self", "phone": "+12185550105"},
    "concern": "Low back trouble for six weeks, worse when sitting",
}
"""A man in Duluth, far outside the area of either site."""

MARQUETTE_MAN: Final[Body] = {
    "lead_kind": "patient",
    "discipline": ["PT"],
    "program": "orthopedic",
    "patient": {
        "first_name": "Waldemar",
        "last_name": "Pikkarainen",
        "date_of_birth": "1972-08-16",
        "postal_code": "49855",
    },
    "contact": {
        "name": "Waldemar Pikkarainen",
        "relationship": "self",
        "phone": "+19065550106",
        "email": "waldemar.pikkarainen@example.org",
    },
    "concern": "The knee gives way on the ski trail",
    "availability": ["mon_am", "tue_am", "tue_pm", "thu_pm"],
    "consents": MAY_EMAIL,
}
"""A man beside the second site, in another time zone and another state."""

ORGANIZATION: Final[Body] = {
    "lead_kind": "organization",
    "discipline": ["PT", "OT"],
    "contact": {
        "name": "Henrike Oppenshaw",
        "phone": "+16085550107",
        "email": "henrike.oppenshaw@example.org",
    },
    "referrer": {"organization": "Frostbelt Cold Storage", "role": "other"},
    "asks": "A quote for an ergonomic look at forty warehouse places",
}
"""A warehouse that asks for a service and sends no patient."""


def surgeon(today: date) -> Body:
    """A surgeon's office three days after a knee replacement, with a signed order."""
    return {
        "lead_kind": "referral_partner",
        "discipline": ["PT"],
        "service": "evaluation_and_treatment",
        "program": "joint_replacement",
        "patient": {
            "first_name": "Leopold",
            "last_name": "Nykvistberg",
            "date_of_birth": "1954-06-19",
            "phone": "+16085550108",
            "postal_code": "53705",
        },
        "referrer": {
            "name": "Lenore Castellanos",
            "credential": "MD",
            "organization": "Mendota Joint Surgeons",
            "role": "physician",
            "npi": "1780000133",
            "phone": "+16085550109",
        },
        "diagnoses": ["Z96.651"],
        "concern": "Right total knee replacement, begin outpatient therapy",
        "events": [{"kind": "surgery", "date": (today - timedelta(days=3)).isoformat()}],
        "payers": [{"name": "Medicare", "member_id": "1EG4-TE5-MK73"}],
        "documents": ["order", "operative_note"],
        "order_signed": True,
        "availability": ["mon_am", "tue_am", "wed_am", "thu_am"],
    }


FIRST_STEP: Final[Mapping[str, str]] = {
    "who": "child",
    "name": "Rosalind Thistlewood",
    "phone": "(608) 555-0110",
    "email": "rosalind.thistlewood@example.org",
    "may_email": "yes",
    "may_text": "yes",
}
"""What a mother types on the first page of the form."""

SECOND_STEP: Final[Mapping[str, str | list[str]]] = {
    "patient_first_name": "Cosima",
    "patient_last_name": "Thistlewood",
    "birth_date": "02/08/2024",
    "concern": "She points and cries instead of talking",
    "therapy": "speech",
    "program": "early_language",
    "times": ["tue_am", "thu_am"],
    "zip": "53713",
    "insurance": "Northfield Health",
    "member_id": "NH-4471-20",
}
"""And on the second."""


def but(body: Body, **changes: Any) -> Body:
    """The same request with other values; "patient__first_name" reaches into a part, None takes it out."""
    changed = deepcopy(body)
    for path, value in changes.items():
        *parts, last = path.split("__")
        inner = changed
        for part in parts:
            inner = inner[part]
        if value is None:
            inner.pop(last, None)
        else:
            inner[last] = value
    return changed


_GIVEN: Final = (
    "Mirabelle", "Thaddeus", "Ottoline", "Casimir", "Yolanda", "Benedikt", "Henrike", "Lorenzo", "Saoirse", "Wolfgang",
    "Imogen", "Percival", "Xenia",
)  # fmt: skip
_SOUNDS: Final = "bar dell fin gost hume kirk lund moss nair pell quist rand sol tweed vance wick yarrow zell".split()


def family(number: int) -> Body:
    """One complete family of many; every number another child, mother, phone and address, and nobody whom a slip of
    the pen would make another."""
    rest, one = divmod(number, len(_SOUNDS))
    rest, two = divmod(rest, len(_SOUNDS))
    sounds = (one, two * 7 + one, rest * 5 + one)
    surname = "".join(_SOUNDS[sound % len(_SOUNDS)] for sound in sounds).title()
    return but(
        FAMILY,
        patient__first_name=_GIVEN[number % len(_GIVEN)],
        patient__last_name=surname,
        patient__date_of_birth=(date(2022, 1, 3) + timedelta(days=number * 389 % 1000)).isoformat(),
        contact__name=f"Odalys {surname}",
        contact__phone=f"+1608555{number % 10_000:04d}",
        contact__email=f"odalys{number}@example.org",
        payers=[{"name": "Northfield Health", "member_id": f"NHQ{number:08d}"}],
    )

COURT_ORDER: Final = {
    "do": "restrict", "kind": "court_order", "person": "another", "first_name": "Bertram",
    "last_name": "Quisenberry", "relation": "father", "reason": "The order",
}  # fmt: skip
"""What the form of a restriction is sent about the father of the family's child, who never wrote."""
