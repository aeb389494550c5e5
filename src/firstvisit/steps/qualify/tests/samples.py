"""Cedar Street Therapy as a plain value, and facts of a lead that fits it. No database."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache
from typing import Any

from firstvisit.leads.facts import Facts
from firstvisit.practice.files import SAMPLE, read_folder
from firstvisit.practice.shape import Practice

NOW = datetime(2026, 11, 24, 16, 0, tzinfo=UTC)
"""Tuesday, ten in the morning in Madison."""

FITS = Facts(
    received_at=NOW,
    source="api",
    lead_kind="caregiver",
    site="madison",
    asked_program="early_language",
    program="early_language",
    disciplines=("SLP",),
    setting=None,
    age_months=38,
    icd_categories=(),
    timing=None,
    event_kind=None,
    event_on=None,
    order_state="signed",
    documents=("order",),
    payer_kind="commercial",
    payer="northfield_health",
    authorization=None,
    language=None,
    sex=None,
    miles=3,
    in_area=True,
    places_near=(),
    half_days=2,
    has_name=True,
    has_phone=True,
    has_email=True,
    says_why=True,
    complete_form=True,
    may_email=True,
    may_text=False,
    red_flags=(),
)


def facts(**changes: Any) -> Facts:
    """The family that fits, but for what is named."""
    return FITS._replace(**changes)


@cache
def cedar_street() -> Practice:
    """The sample practice."""
    return read_folder(SAMPLE).practice(1)


def changed(**programs: dict[str, Any]) -> Practice:
    """The sample practice with some programs changed, by slug."""
    practice = cedar_street()
    altered = {slug: practice.programs[slug].model_copy(update=new) for slug, new in programs.items()}
    return practice.model_copy(update={"programs": {**practice.programs, **altered}})
