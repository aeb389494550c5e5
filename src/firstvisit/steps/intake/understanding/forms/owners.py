"""Whose field it is: what its label says, the part of the form it stands in, the label before it. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from firstvisit.steps.intake.pages.page import Box
from firstvisit.steps.intake.understanding.forms.field import Field
from firstvisit.steps.intake.understanding.forms.lines import Lines

_KEYS: Final = {
    "patient": "patient_name first_name last_name dob age sex dob_sex patient_phone",
    "contact": "contact contact_phone relationship",
    "referrer": "referrer organization npi from referrer_phone referrer_fax referrer_phone_fax signature signed_by",
    "payer": "insurance member member_group claim group authorization authorization_number",
    "other": "secondary subscriber_name pcp",
    "us": "to",
}
OWNERS: Final = {key: owner for owner, keys in _KEYS.items() for key in keys.split()}
"""Whose fields follow behind a label that says it."""

WHOEVER: Final = frozenset({"name", "phone", "fax", "phone_fax", "email", "address", "place", "state", "zip"})
"""Labels that do not say whose; the part of the form or the label before them does."""

_OF_THE_CARE: Final = frozenset(
    "diagnosis concern service setting timing frequency surgery injury onset discharge iep documents availability "
    "language precautions".split()
)
"""Labels that ask for the patient's care, whoever was spoken of before; only what the clinic fills in itself is not."""
_HAPPENED: Final = frozenset({"surgery", "injury"})
_NUMBER: Final = re.compile(r"\W*\d{3}\W{1,2}\d{3}\W\d{4}\b")
_NAMED_FOR: Final = re.compile(r"(?i)\W*(?:subscriber|insured|member|beneficiary|policy ?holder)\W*$")
"""Labels under which some forms want a number and others a name."""
_AT_HOME: Final = re.compile(r"(?i)\W*(?:home|residential|residence|mailing|lives)\b")
"""Only people have these."""


def owned(page: Lines, fields: list[Field]) -> list[Field]:
    """Each field with whose it is: what its label says, else the part of the form, else the label before it."""
    owned: list[Field] = []
    current = ""
    second = False
    named = any(each.key in ("patient_name", "last_name") for each in fields)
    for each in fields:
        if each.of is not None:
            owned.append(
                replace(each, key="patient_name" if each.key == "name" else each.key, owner="patient")
            )
            continue
        if each.key in _OF_THE_CARE:
            office = any(owner == "office" and _within(each.box, box) for owner, box in page.sections)
            owned.append(replace(each, owner="other" if office else "patient"))
            continue
        before = owned[-1] if owned else None
        if before is not None and abs(before.box.top - each.box.top) < 0.012:
            if each.key == "written" and before.key in _HAPPENED and not _has_digit(before.text):
                each = replace(each, key=before.key)  # "Surgery: left knee   Date: 05/28/2026"
            elif each.key == "insurance" and before.key == "insurance" and before.value:
                each = replace(each, key="plan")  # "Payor" and "Plan" side by side: the first names who pays
        if each.key == "member" and _NAMED_FOR.match(each.label) and each.value and not _has_digit(each.text):
            each = replace(each, key="subscriber_name")  # "Subscriber: Lars Dahl   DOB 1/2/1980"
        if each.key == "organization" and _NUMBER.match(each.text):
            each = replace(each, key="phone", owner="referrer")
        said = "referrer" if each.owner == "referrer" and each.key == "phone" else OWNERS.get(each.key)
        if each.key in ("secondary", "insurance"):
            second = each.key == "secondary" and bool(each.value)
        elif second and each.key in ("member", "group"):
            said = "other"
        section = next((owner for owner, box in reversed(page.sections) if _within(each.box, box)), "")
        section = "other" if section == "office" else section
        if each.key == "name" and section in ("", "none") and not current and not named:
            # A pad of prescriptions: the office above, then "Name".
            said = current = "patient"
        elif said is not None and each.key not in ("dob", "age", "sex", "dob_sex", "npi"):
            current = said
        elif each.key in ("dob", "age", "sex", "dob_sex"):
            said = (
                section if section in ("contact", "other") else ("other" if current == "other" else "patient")
            )
            current = current or "patient"
        elif each.key == "":
            current = "other" if not each.value else current
        owner = said or (section if section not in ("", "none") else current)
        if each.key in WHOEVER and section not in ("", "none") and not _nearer(each, owned, section):
            owner = section
        if owner in ("payer", "other", "us") and each.key in WHOEVER and _AT_HOME.match(each.label):
            owner = "patient"
        if each.key == "group" and (
            section == "referrer" or (current == "referrer" and not _has_digit(each.text))
        ):
            each = replace(each, key="organization")
            owner = "referrer"
        block = next((whose for whose, box in page.blocks if _within(each.box, box)), "")
        if block and (each.key in WHOEVER or each.key == "organization"):
            owner = block
        owned.append(replace(each, owner=owner or "sender"))
    return owned


def _has_digit(text: str) -> bool:
    return any(map(str.isdigit, text))


def _nearer(field: Field, before: Sequence[Field], section: str) -> bool:
    """Whether a label on the same line in front of this one says whose it is: "Parent: Ann Lee  Phone: ..."."""
    same = [each for each in before if abs(each.box.top - field.box.top) < 0.006 and OWNERS.get(each.key)]
    if not same:
        return False
    return OWNERS[same[-1].key] != section


def _within(box: Box, area: Box) -> bool:
    return area.left - 0.005 <= box.left < area.right and area.top < box.top < area.bottom
