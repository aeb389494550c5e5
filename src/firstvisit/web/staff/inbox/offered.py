"""What can be typed of a document where it was not read: everything that a referral carries. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, Final

from firstvisit.referral import fields
from firstvisit.referral.called import label

_OF_ALL: Final = (
    "disciplines", "service", "program", "concern", "asks", "timing", "not_before", "setting", "availability",
    "hours", "order_signed", "order", "documents", "cause", "returning", "home_health", "therapy_elsewhere",
    "access_needs", "withhold_from_plan",
)  # fmt: skip
_PARTS: Final[tuple[tuple[str, str, Mapping[str, Any]], ...]] = (
    ("Patient", "patient", fields.PATIENT),
    ("Whoever speaks for them", "contact", fields.CONTACT),
    ("Whoever refers", "referrer", fields.REFERRER),
    ("Whoever ordered", "ordering", fields.CLINICIAN),
    ("Organization", "organization", fields.ORGANIZATION),
)
_LISTS: Final[tuple[tuple[str, str, Mapping[str, Any]], ...]] = (
    ("Coverage", "payers", fields.PAYER),
    ("Diagnosis", "diagnoses", fields.DIAGNOSES),
    ("What happened, and when", "events", fields.EVENT),
    ("How often", "frequencies", fields.FREQUENCY),
)


def offered(known: Collection[str]) -> list[tuple[str, list[tuple[str, str]]]]:
    """(group, [(path, label)]) of all that is not among the `known` paths; of a list the entries that are there and
    the next one."""
    groups = [("What is wanted", [*_OF_ALL])]
    groups += [(title, [f"{part}.{leaf}" for leaf in leaves]) for title, part, leaves in _PARTS]
    for title, name, leaves in _LISTS:
        there = [int(path.split(".")[1]) for path in known if path.startswith(f"{name}.")]
        numbers = range(max(there, default=-1) + 2)
        groups.append((title, [f"{name}.{number}.{leaf}" for number in numbers for leaf in leaves]))
    left = [(title, [(path, label(path)) for path in paths if path not in known]) for title, paths in groups]
    return [(title, found) for title, found in left if found]
